"""Cut a stream of bytes into blocks of whole lines, whatever the stream holds, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

BLOCK = 8 << 20  # bytes read at a time
LONGEST = 1 << 20  # bytes of the longest line that is read


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file: ``first`` is the number of the first one, from 1.

    With ``overlong`` the block stands for one line beyond ``LONGEST`` that was skipped unread; ``data`` is empty.
    """

    first: int
    data: bytes
    overlong: bool = False

    @property
    def lines(self) -> int:
        """How many lines the block holds."""
        return self.data.count(b"\n") + (not self.data.endswith(b"\n"))


def blocks(stream: BinaryIO, carry: bytes = b"", first: int = 1) -> Iterator[Block]:
    """The blocks of ``carry`` followed by ``stream``; ``first`` is the number of the first line."""
    while chunk := stream.read(BLOCK):
        body, carry = _cut(carry + chunk)
        if body:
            yield Block(first, body)
            first += body.count(b"\n")
        if len(carry) > LONGEST:
            yield Block(first, b"", overlong=True)
            first, carry = first + 1, _skip_line(stream)
    if carry:
        yield Block(first, carry)


def _cut(data: bytes) -> tuple[bytes, bytes]:
    end = data.rfind(b"\n") + 1
    return data[:end], data[end:]


def _skip_line(stream: BinaryIO) -> bytes:
    """Read on to the end of the line, keeping nothing of it; returns what was read beyond."""
    while chunk := stream.read(BLOCK):
        end = chunk.find(b"\n")
        if end >= 0:
            return chunk[end + 1 :]
    return b""
