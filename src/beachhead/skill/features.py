"""What the model looks at: for every pair of countries and product, some hundred figures known at the base year.

Families follow what research has found to go with entry: size and openness of the market, what the exporter sells and
where (Hausmann & Hidalgo 2009), its links to the market in other products, likeness of the market to those it sells to
(extended gravity: Morales, Sheu & Zahler 2019), what like exporters do, trade before (Eaton et al. 2007), distance and
agreements. Low-rank parts of the matrices of trade fill in what a pair would trade if it did as the pairs it is like.

``features.csv`` says what each figure is. C = countries, P = products of a block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.skill.panel import Panel
from beachhead.skill.past import FACTS, Past, Singles, World, blocks, logs, world
from beachhead.skill.result import Cases

Named = dict[str, Singles]
BIG = 50_000.0  # USD over three years: a flow that counts
NEAR_KM, FAR_KM, SHARE_KM = 1000.0, 3000.0, 1500.0  # over which nearness of other partners fades
FAR = 1e6  # km to a country whose place is not known
LEAST_KM = 50.0
ALIKE = 1.0  # sd of ln sales within which two exporters count as of one size
NOTHING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """``values`` (N, F) of the candidates, by ``names`` (F,); nan where unknown."""

    names: tuple[str, ...]
    values: Singles


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """A block's past with what is shared by its products.

    ``has``, ``had``, ``big`` (P, C, C): trade in the last three years, in the three before, of at least ``BIG``;
    ``log`` (P, C, C): ln recent; ``fixed``: features that are the same for all products; ``near`` and ``far`` (C, C):
    nearness of countries; ``like``: name -> (C, C) likeness of countries in all products; ``axes``: name -> (C, r)
    main axes of exporters or importers; ``mixed``: name -> (P, C, C); ``kin`` (P, P): how often products go together.
    """

    past: Past
    world: World
    has: Singles
    had: Singles
    big: Singles
    log: Singles
    advantage: Singles
    density: Singles
    near: Singles
    far: Singles
    like: Named
    axes: Named
    mixed: Named
    kin: Singles
    fixed: Named


def features(known: Panel, cases: Cases) -> Features:
    """The figures of every candidate as of the base year; nothing later is looked at.

    Products are worked through in blocks of neighbours, so that memory does not grow with their number.
    """
    around = world(known, cases.base_year)
    names: tuple[str, ...] = ()
    values = np.empty((len(cases), 0), np.float32)
    for block in blocks(known, np.unique(cases.product), cases.base_year):
        shared = _shared(block, around)
        for p in range(len(block.products)):
            rows = np.flatnonzero(cases.product == block.first + p)
            if not len(rows):
                continue
            found = _of_product(shared, p)
            if not names:
                names, values = tuple(found), np.empty((len(cases), len(found)), np.float32)
            for k, name in enumerate(names):
                values[rows, k] = _at(found[name], cases.exporter[rows], cases.importer[rows])
    return Features(names, values)


def _at(one: Singles, exporter: NDArray[np.int64], importer: NDArray[np.int64]) -> Singles:
    """Entries of a (C, C), (C, 1), (1, C) or (1, 1) array."""
    return np.asarray(one[exporter if one.shape[0] > 1 else 0, importer if one.shape[1] > 1 else 0])


def _of_product(b: _Block, p: int) -> Named:
    out: Named = {}
    for family in FAMILIES:
        out |= family(b, p)
    return out


# --- what products share ---------------------------------------------------------------------------------------------


def cosine(together: Singles) -> Singles:
    """Likeness of the rows behind a matrix of inner products (n, n), 0 with oneself."""
    size = np.sqrt(np.maximum(np.diag(together), NOTHING))
    out = (together / size[:, None] / size[None]).astype(np.float32)
    np.fill_diagonal(out, 0)
    return out


def axes(inner: Singles, rank: int) -> Singles:
    """The ``rank`` main axes (n, r) of a symmetric matrix of inner products."""
    _, vectors = np.linalg.eigh(inner.astype(np.float64))
    return vectors[:, -rank:].astype(np.float32)


def _over(x: Singles, side: str) -> Singles:
    """Inner products of importers (``m``) or exporters (``x``) over all products and partners, (C, C)."""
    flat = x.reshape(-1, x.shape[2]) if side == "m" else x.transpose(0, 2, 1).reshape(-1, x.shape[1])
    return np.asarray(flat.T @ flat)


def _through_products(x: Singles, rank: int) -> Singles:
    """Each pair's flows (P, C, C) as far as ``rank`` mixes of products explain them."""
    flat = x.reshape(len(x), -1)
    main = axes(flat @ flat.T, min(rank, len(x)))
    return np.asarray((main @ (main.T @ flat)).reshape(x.shape))


def _shared(past: Past, around: World) -> _Block:
    has, had = ((x > 0).astype(np.float32) for x in (past.recent, past.earlier))
    big, log = (past.recent >= BIG).astype(np.float32), logs(past.recent)
    km = np.nan_to_num(around.pair["distance"], nan=FAR)
    near, far = (_fading(km, over) for over in (NEAR_KM, FAR_KM))
    advantage, density = _space(past)
    return _Block(
        past, around, has, had, big, log, advantage, density, near, far,
        like={"x": cosine(_over(has, "x")), "m": cosine(_over(has, "m")), "bx": cosine(_over(big, "x")),
              "bm": cosine(_over(big, "m"))},
        axes={"m8": axes(_over(log, "m"), 8), "m20": axes(_over(log, "m"), 20), "m40": axes(_over(log, "m"), 40),
              "hm8": axes(_over(past.memory, "m"), 8), "hm30": axes(_over(past.memory, "m"), 30),
              "hx8": axes(_over(past.memory, "x"), 8), "hx30": axes(_over(past.memory, "x"), 30)},
        mixed={"now": _through_products(log, 6), "memory": _through_products(past.memory, 12)},
        kin=cosine(has.reshape(len(has), -1) @ has.reshape(len(has), -1).T),
        fixed=_links(past, has, had, big) | _between(around) | _countries(around),
    )  # fmt: skip


def _fading(km: Singles, over: float) -> Singles:
    out: Singles = np.exp(-km / over).astype(np.float32)
    np.fill_diagonal(out, 0)
    return out


def _space(past: Past) -> tuple[Singles, Singles]:
    """Revealed advantage (P, C) and the density of the product space around each product (P, C), in the block."""
    from beachhead.skill.space import advantage, density, proximity

    sold = past.recent.sum(axis=2).astype(np.float64).T
    have = advantage(sold)
    strong = have >= 1
    return have.T.astype(np.float32), density(strong, proximity(strong)).T.astype(np.float32)


def _links(past: Past, has: Singles, had: Singles, big: Singles) -> Named:
    """Trade of a pair in all products of the block."""
    links, new = has.sum(0), (has * (1 - had)).sum(0)
    value = logs(past.recent.sum(0))
    return {
        "links": links,
        "big_links": big.sum(0),
        "links_this_year": (past.this_year > 0).sum(0).astype(np.float32),
        "new_links": new,
        "link_value": value,
        "greatest_link": logs(past.recent.max(0)),
        "links_remembered": past.memory.sum(0),
        "links_back": links.T,
        "value_back": value.T,
        "exporter_links": links.sum(1)[:, None],
        "importer_links": links.sum(0)[None],
        "exporter_new_links": new.sum(1)[:, None],
        "importer_new_links": new.sum(0)[None],
    }


def _between(around: World) -> Named:
    ties = {k: v for k, v in around.pair.items() if k != "distance"}
    return {"ln_distance": np.log(np.maximum(around.pair["distance"], 1)), **ties}


def _countries(around: World) -> Named:
    out: Named = {}
    for name in FACTS:
        out[f"exporter_{name}"], out[f"importer_{name}"] = around.fact[name][:, None], around.fact[name][None]
    (bought, sold), (bought_before, sold_before) = around.trade
    return out | {
        "exporter_all_goods": sold[:, None],
        "importer_all_goods": bought[None],
        "exporter_all_goods_growth": (sold - sold_before)[:, None],
        "importer_all_goods_growth": (bought - bought_before)[None],
    }


# --- families: (block, number of the product in it) -> figures, (C, C) or what broadcasts to it -----------------------


def _fixed(b: _Block, p: int) -> Named:
    return b.fixed


def _market(b: _Block, p: int) -> Named:
    """How big the market is, and how open to new suppliers."""
    has, now, before = b.has[p], b.past.recent[p].sum(0), b.past.earlier[p].sum(0)
    share = b.past.recent[p] / np.maximum(now, 1)
    count = np.maximum(has.sum(0), 1)
    return {
        "imports": logs(now)[None],
        "imports_growth": (logs(now) - logs(before))[None],
        "suppliers": has.sum(0)[None],
        "big_suppliers": b.big[p].sum(0)[None],
        "concentration": (share**2).sum(0)[None],
        "typical_supply": (b.log[p].sum(0) / count)[None],
        "importer_sells": logs(b.past.recent[p].sum(1))[None],
        "importer_balance": (logs(now) - logs(b.past.recent[p].sum(1)))[None],
        "back": b.log[p].T,
    }


def _exporter(b: _Block, p: int) -> Named:
    """How much the exporter sells of the product, to how many, and how it spreads."""
    has, had, now = b.has[p], b.had[p], b.past.recent[p]
    sold, before = now.sum(1), b.past.earlier[p].sum(1)
    started = b.big[p] * (b.past.earlier[p] < BIG)
    return {
        "exports": logs(sold)[:, None],
        "exports_growth": (logs(sold) - logs(before))[:, None],
        "markets": has.sum(1)[:, None],
        "big_markets": b.big[p].sum(1)[:, None],
        "markets_this_year": (b.past.this_year[p] > 0).sum(1).astype(np.float32)[:, None],
        "new_markets": (has * (1 - had)).sum(1)[:, None],
        "new_big_markets": started.sum(1)[:, None],
        "top_market_share": (now.max(1) / np.maximum(sold, 1))[:, None],
        "typical_sale": (b.log[p].sum(1) / np.maximum(has.sum(1), 1))[:, None],
        "exporter_buys": logs(now.sum(0))[:, None],
        "advantage": np.log1p(b.advantage[p])[:, None],
        "density": b.density[p][:, None],
        "world_trade": logs(now.sum())[None, None],
        "pairs": has.sum()[None, None],
        "starting_rate": (started.sum() / np.maximum(has.sum(), 1))[None, None],
    }


def _chapter(b: _Block, p: int) -> Named:
    """What both sides trade in the product's chapter, all goods of it and those of the block."""
    hs2 = b.past.products[p][:2]
    unknown = np.full((2, b.has.shape[1]), np.nan, np.float32)
    bought, sold = b.world.chapter.get(hs2, unknown)
    others = [q for q, code in enumerate(b.past.products) if q != p and code[:2] == hs2]
    return {
        "exporter_chapter_sells": sold[:, None],
        "exporter_chapter_buys": bought[:, None],
        "importer_chapter_sells": sold[None],
        "importer_chapter_buys": bought[None],
        "chapter_link_value": logs(b.past.recent[others].sum(0)),
        "kin_links": np.tensordot(b.kin[p], b.has, 1),
        "kin_big_links": np.tensordot(b.kin[p], b.big, 1),
    }


def _before(b: _Block, p: int) -> Named:
    """What the pair traded of the product before the last three years."""
    return {
        "earlier": logs(b.past.earlier[p]),
        "most_before": logs(b.past.most_before[p]),
        "since": b.past.since[p],
    }


def _company(b: _Block, p: int) -> Named:
    """What exporters that are like this one do, and what the markets are like that it sells to."""
    has, big = b.has[p], b.big[p]
    likeness = cosine(has @ has.T)
    sold, bought = logs(b.past.recent[p].sum(1)), logs(b.past.recent[p].sum(0))
    sellers, buyers = _same_size(sold), _same_size(bought)
    smallest = np.where(has > 0, sold[:, None], np.inf).min(0)
    return {
        "like_exporters": likeness @ has / np.maximum(likeness.sum(1, keepdims=True), NOTHING),
        "like_exporters_sum": likeness @ has,
        "like_markets": has @ cosine(has.T @ has),
        "like_exporters_all": b.like["x"] @ has / np.maximum(b.like["x"].sum(1, keepdims=True), NOTHING),
        "like_markets_all": has @ b.like["m"] / np.maximum(has.sum(1, keepdims=True), 1),
        "like_exporters_big": b.like["bx"] @ big,
        "like_markets_big": big @ b.like["bm"] / np.maximum(big.sum(1, keepdims=True), 1),
        "exporters_of_its_size": sellers @ has / np.maximum(sellers.sum(1, keepdims=True), NOTHING),
        "markets_of_its_size": has @ buyers / np.maximum(buyers.sum(1)[None], NOTHING),
        "above_smallest": np.where(np.isfinite(smallest)[None], sold[:, None] - smallest[None], np.nan),
    }


def _same_size(size: Singles) -> Singles:
    near = np.exp(-0.5 * ((size[:, None] - size[None]) / ALIKE) ** 2)
    out: Singles = (near * (size > 0)[None]).astype(np.float32)
    np.fill_diagonal(out, 0)
    return out


def _low_rank(b: _Block, p: int) -> Named:
    """What a pair would trade by the main patterns of trade: of this product, of either side, of mixes of products."""
    log, memory, a = b.log[p], b.past.memory[p], b.axes
    out = {f"pattern_{r}": x for r, x in _patterns(log, (1, 2, 3, 5)).items()}
    out |= {f"pattern_remembered_{r}": x for r, x in _patterns(memory, (1, 2, 5, 12)).items()}
    out |= {f"pattern_big_{r}": x for r, x in _patterns(b.big[p], (2, 4)).items()}
    out |= {f"importers_{r}": (log @ a[f"m{r}"]) @ a[f"m{r}"].T for r in (8, 20, 40)}
    out |= {f"importers_remembered_{r}": (memory @ a[f"hm{r}"]) @ a[f"hm{r}"].T for r in (8, 30)}
    out |= {f"exporters_remembered_{r}": a[f"hx{r}"] @ (a[f"hx{r}"].T @ memory) for r in (8, 30)}
    out["both_remembered_8"] = a["hx8"] @ (a["hx8"].T @ memory @ a["hm8"]) @ a["hm8"].T
    return out | {"products_6": b.mixed["now"][p], "products_remembered_12": b.mixed["memory"][p]}


def _patterns(x: Singles, ranks: tuple[int, ...]) -> dict[int, Singles]:
    """The best approximations of a matrix by so many patterns (Eckart & Young 1936)."""
    u, s, v = np.linalg.svd(x, full_matrices=False)
    return {r: (u[:, :r] * s[:r]) @ v[:r] for r in ranks}


def _neighbours(b: _Block, p: int) -> Named:
    """Extended gravity: the exporter's markets near the candidate, and the market's suppliers near the exporter."""
    has, big = b.has[p], b.big[p]
    border, tongue = (np.nan_to_num(b.world.pair[k]) for k in ("contiguous", "common_official_language"))
    km: Singles = np.nan_to_num(b.world.pair["distance"], nan=np.inf)
    share = b.past.recent[p] / np.maximum(b.past.recent[p].sum(0), 1)
    return {
        "markets_next_door": has @ border,
        "big_markets_next_door": big @ border,
        "markets_near": big @ b.near,
        "markets_around": has @ b.far,
        "nearest_market": _nearest(has, km),
        "suppliers_of_its_language": tongue @ has,
        "suppliers_near": b.near @ big,
        "supply_around": b.far @ share,
        "supply_near": np.exp(-np.nan_to_num(b.world.pair["distance"], nan=FAR) / SHARE_KM) @ share,
        "nearest_supplier": _nearest(has.T, km.T).T,
    }


def _nearest(has: Singles, km: Singles) -> Singles:
    """ln km from each candidate (columns) to the nearest partner of each row; nan without a partner, (C, C)."""
    out = np.full(has.shape, np.nan, np.float32)
    for i in np.flatnonzero(has.any(axis=1)):
        out[i] = np.log(np.maximum(km[has[i] > 0].min(axis=0), 1))
    out[~np.isfinite(out)] = np.nan
    return out


def _expected(b: _Block, p: int) -> Named:
    """What the pair would trade if markets bought from all in proportion to what these sell, and so over distance."""
    sold, bought = (logs(b.past.recent[p].sum(side)) for side in (1, 0))
    naive = sold[:, None] + bought[None] - logs(b.past.recent[p].sum())
    return {"proportional": naive, "proportional_near": naive - np.log(np.maximum(b.world.pair["distance"], LEAST_KM))}


def _own(b: _Block, p: int) -> Named:
    """What the pair trades of the product itself: nothing, where entry is asked."""
    now = b.log[p]
    return {
        "own_recent": now,
        "own_growth": now - logs(b.past.earlier[p]),
        "own_this_year": logs(b.past.this_year[p]),
        "own_momentum": logs(b.past.this_year[p]) - logs(b.past.two_years_ago[p]),
        "own_memory": b.past.memory[p],
        "own_share": b.past.recent[p] / np.maximum(b.past.recent[p].sum(0), 1),
    }


Family = Callable[[_Block, int], Named]
FAMILIES: tuple[Family, ...] = (
    _fixed, _market, _exporter, _chapter, _before, _company, _low_rank, _neighbours, _expected, _own,
)  # fmt: skip
