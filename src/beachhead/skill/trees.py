"""Boosted trees as plain arrays: read from an open file and run with NumPy alone.

The file is Parquet with a row for every node: ``tree``, ``feature`` (number, −1 for a leaf), ``threshold``, ``left``
and ``right`` (rows of the children), ``missing_left`` (where an unknown figure goes) and ``value`` (of a leaf). A
figure goes left if it is at most the threshold. The sum of the leaves is the answer; of a chance, its log-odds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats

Ints = NDArray[np.int32]
FEW = 2_000  # candidates up to which all trees are walked down at once
CHUNK = 100_000  # candidates beyond that are sorted through the trees at a time
LEAF = -1


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """``names``: of the features; arrays (nodes,) as in the file; ``roots`` (T,): the first node of each tree."""

    names: tuple[str, ...]
    roots: Ints
    feature: Ints
    threshold: NDArray[np.float32]
    left: Ints
    right: Ints
    missing_left: NDArray[np.bool_]
    value: Floats

    def sums(self, values: NDArray[np.float32]) -> Floats:
        """The sum of the leaves that each candidate falls into, (N,), of features ``values`` (N, F)."""
        if len(values) <= FEW:
            return self._walk(values)
        return np.concatenate([self._sort(values[at : at + CHUNK]) for at in range(0, len(values), CHUNK)])

    def _walk(self, values: NDArray[np.float32]) -> Floats:
        """All trees at once: one step down for every (candidate, tree) that is not yet at a leaf."""
        n, t = len(values), len(self.roots)
        node, row = np.tile(self.roots, n), np.repeat(np.arange(n), t)
        going = np.flatnonzero(self.feature[node] != LEAF)
        while len(going):
            here = node[going]
            x = values[row[going], self.feature[here]]
            to_left = (x <= self.threshold[here]) | (np.isnan(x) & self.missing_left[here])
            node[going] = np.where(to_left, self.left[here], self.right[here])
            going = going[self.feature[node[going]] != LEAF]
        return np.asarray(self.value[node].reshape(n, t).sum(axis=1))

    def _sort(self, values: NDArray[np.float32]) -> Floats:
        """One tree after the other: all candidates at a node are split between its children."""
        columns = np.ascontiguousarray(values.T)
        gaps: NDArray[np.bool_] = np.asarray(np.isnan(columns).any(axis=1))
        total = np.zeros(len(values))
        for root in self.roots.tolist():
            rest = [(root, np.arange(len(values), dtype=np.int32))]
            while rest:
                node, rows = rest.pop()
                feature = self.feature[node]
                if feature == LEAF:
                    total[rows] += self.value[node]
                    continue
                x = columns[feature][rows]
                to_left = np.asarray(x <= self.threshold[node])
                if gaps[feature] and self.missing_left[node]:
                    to_left |= np.isnan(x)
                rest += [(self.left[node], rows[to_left]), (self.right[node], rows[~to_left])]
        return total


def rounded_down(x: Floats) -> NDArray[np.float32]:
    """The largest single-precision numbers that are not above ``x``: singles compare with them as with ``x``."""
    with np.errstate(over="ignore"):  # beyond the range: infinite, and so it stays
        near = x.astype(np.float32)
    return np.asarray(np.where(near > x, np.nextafter(near, np.float32(-np.inf)), near), np.float32)


def of_nested(trees: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Trees:
    """Trees from the nested form in which LightGBM dumps them (``dump_model()["tree_info"]``)."""
    rows: list[list[float]] = []
    roots = []
    for tree in trees:
        roots.append(len(rows))
        _lay(tree["tree_structure"], rows)
    cells = np.array(rows)
    ints = (cells[:, k].astype(np.int32) for k in (0, 2, 3))
    feature, left, right = ints
    return Trees(
        tuple(names), np.array(roots, np.int32), feature, rounded_down(cells[:, 1]), left, right, cells[:, 4] > 0,
        cells[:, 5],
    )  # fmt: skip


def _lay(node: Mapping[str, Any], rows: list[list[float]]) -> int:
    """Write a node and all below it; returns its row. A figure that is never missing in training counts as 0."""
    at = len(rows)
    if "leaf_value" in node:
        rows.append([LEAF, 0.0, at, at, 0.0, node["leaf_value"]])
        return at
    threshold = float(node["threshold"])
    missing = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0
    rows.append([node["split_feature"], threshold, 0, 0, float(missing), 0.0])
    rows[at][2] = _lay(node["left_child"], rows)
    rows[at][3] = _lay(node["right_child"], rows)
    return at


def write_trees(trees: Trees, path: Path) -> None:
    """The file, the same bytes for the same trees."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    tree = np.zeros(len(trees.feature), np.int16)
    tree[trees.roots[1:]] = 1
    table = pa.table(
        {
            "tree": np.cumsum(tree, dtype=np.int16),
            "feature": trees.feature.astype(np.int16),
            "threshold": trees.threshold,
            "left": trees.left,
            "right": trees.right,
            "missing_left": trees.missing_left,
            "value": trees.value.astype(np.float32),
        },
        metadata={"features": ",".join(trees.names)},
    )
    pq.write_table(table, path, compression="zstd", compression_level=19, use_dictionary=["feature", "tree"])


def read_trees(path: Path) -> Trees:
    """The trees of a file."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    column = {name: table[name].to_numpy() for name in table.column_names}
    names = table.schema.metadata[b"features"].decode().split(",")
    roots = np.flatnonzero(np.diff(column["tree"], prepend=-1)).astype(np.int32)
    return Trees(
        tuple(names), roots, column["feature"].astype(np.int32), column["threshold"], column["left"], column["right"],
        column["missing_left"], column["value"].astype(np.float64),
    )  # fmt: skip
