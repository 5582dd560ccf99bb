"""Columns of figures: made from numbers that share a ground, and put together market by market."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from beachhead.evidence.model import Floats
from beachhead.select.result import IMPUTED, OBSERVED, Column

PREDICTED = "beachhead-imputation"


def column(value: ArrayLike, sd: ArrayLike, year: ArrayLike, status: ArrayLike, source: ArrayLike) -> Column:
    """A column over M markets; whatever is the same for all may be given once."""
    v = np.asarray(value, np.float64)
    return Column(
        v,
        np.broadcast_to(np.asarray(sd, np.float64), v.shape).copy(),
        np.broadcast_to(np.asarray(year, np.int16), v.shape).copy(),
        np.broadcast_to(np.asarray(status, np.int8), v.shape).copy(),
        np.broadcast_to(np.asarray(source, object), v.shape).copy(),
    )


def known_or_predicted(value: Floats, sd: Floats, year: int, known: NDArray[np.bool_], source: str) -> Column:
    """A column whose figures are observed where ``known`` (M,) and predicted elsewhere."""
    return column(
        value, sd, year, np.where(known, OBSERVED, IMPUTED), np.where(known, source, PREDICTED).astype(object)
    )


def choose(first: NDArray[np.bool_], one: Column, other: Column) -> Column:
    """Figures of ``one`` where ``first`` (M,) is true, of ``other`` elsewhere."""
    return Column(*(np.where(first, getattr(one, f.name), getattr(other, f.name)) for f in fields(Column)))


def weighed(columns: list[Column], shares: Floats) -> Column:
    """Share-weighted figures of several offers; the ground is that of the largest."""
    main = columns[int(np.argmax(shares))]
    value, sd = (np.tensordot(shares, np.stack([getattr(c, f) for c in columns]), 1) for f in ("value", "sd"))
    return Column(value, sd, main.year, main.status, main.source)
