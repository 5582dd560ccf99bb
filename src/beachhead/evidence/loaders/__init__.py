"""Readers of files that the user brings: own tables, and those that people download from statistical offices.

A file passes through here in blocks of whole lines, so memory does not grow with its length:
``files`` opens it, ``formats`` recognises it from its header, ``lines`` cuts it, ``cells`` parses a block, and the
query ``sql/load_*.sql`` of its format turns cells into rows, or into a reason why not.
"""

from __future__ import annotations

from beachhead.evidence.loaders.cells import Rejected
from beachhead.evidence.loaders.read import Chunk, Opened, open_file, read

__all__ = ["Chunk", "Opened", "Rejected", "open_file", "read"]
