"""Readers of files that the user brings: own tables, and those that people download from statistical offices.

A file passes through here in blocks of whole lines, so memory does not grow with its length: ``files`` opens it,
``formats`` and ``opening`` recognise it from its header, ``lines`` cuts it, ``cells`` parses a block, and ``read`` puts
the block to the query ``sql/load_*.sql`` of its format, which turns cells into rows, or into a reason why not.
"""

from __future__ import annotations

from beachhead.evidence.loaders.cells import Rejected
from beachhead.evidence.loaders.opening import Opened, open_file
from beachhead.evidence.loaders.read import Chunk, read

__all__ = ["Chunk", "Opened", "Rejected", "open_file", "read"]
