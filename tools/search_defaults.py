"""Search for the defaults of plan-and-learn on simulated firms, and record every try.

    python tools/search_defaults.py [--worlds 60] [--confirm 120] [--processes 2] [--write]

Trains on the worlds of one seed, confirms on those of another. ``--write`` puts the record into the package
(``skill/policies/search.csv``); the defaults themselves are changed by hand, in ``skill/policies/ours.py``.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from beachhead.skill.policies import search
from beachhead.skill.policies.firms import kinds
from beachhead.skill.policies.land import Land, land_of

TARGET = Path(search.__file__).with_name("search.csv")
TRAIN, FRESH = 101, 202


def prepared(index: int) -> Land:
    """The land of one kind of firm, without the rollout's plan, which the search does not need."""
    from beachhead import flow

    kind = kinds()[index]
    return land_of(kind.firm, flow.load_evidence(), kind=kind.id, label=kind.label, seed=1, planned=False)


def spread(pool: ProcessPoolExecutor, jobs: Sequence[search.Job]) -> Iterator[search.Outcome]:
    """Play jobs in the pool, in order."""
    return pool.map(search.outcome, jobs)


def main() -> None:
    """Search, print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=60)
    parser.add_argument("--confirm", type=int, default=120)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
        lands = list(pool.map(prepared, range(len(kinds()))))
        found, rows = search.searched(
            lands, partial(spread, pool), seed=TRAIN, fresh=FRESH, worlds=given.worlds, confirmed=given.confirm
        )
    records = [search.as_record(one) for one in rows]
    files = [sys.stdout] + ([TARGET.open("w", newline="", encoding="utf-8")] if given.write else [])
    for file in files:
        writer = csv.DictWriter(file, records[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    print(found)


if __name__ == "__main__":
    main()
