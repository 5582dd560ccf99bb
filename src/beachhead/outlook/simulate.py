"""Many paths: in chunks that fit the cache, on two threads, with the same result on any number of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np

from beachhead.outlook.draws import draw
from beachhead.outlook.ledger import MEANS, Ledger
from beachhead.outlook.paths import follow
from beachhead.outlook.schedule import Case, Ints

CHUNK = 2500  # paths: an array of 60 markets has 600 kB; smaller ones lose time to the change between threads
THREADS = 2  # NumPy lets go of the interpreter's lock while it reckons


def simulate(case: Case, seed: int, paths: int, *, episode: Ints | None = None, threads: int = THREADS) -> Ledger:
    """``paths`` futures of a case. ``episode``: rows of the history played on every path from the first year on."""

    def chunk(number: int, size: int) -> Ledger:
        return follow(case, draw(case, seed, number, size, episode))

    sizes = [min(CHUNK, paths - done) for done in range(0, paths, CHUNK)]
    with ThreadPoolExecutor(max_workers=threads) as pool:
        done = list(pool.map(chunk, range(len(sizes)), sizes))
    return gathered(done, sizes)


def gathered(parts: list[Ledger], sizes: list[int]) -> Ledger:
    """Ledgers of chunks as one: paths side by side, means weighed by the number of paths."""
    found = {}
    for name in (field.name for field in fields(Ledger)):
        each = [getattr(part, name) for part in parts]
        if name in MEANS:
            found[name] = sum(x * size for x, size in zip(each, sizes, strict=True)) / sum(sizes)
        else:
            found[name] = np.concatenate(each, axis=-1)
    return Ledger(**found)
