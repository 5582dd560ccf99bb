"""How figures are written for people. Every text, table and chart label takes its numbers from here."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beachhead.evidence.model import Indicator

UNKNOWN = "–"
MINUS = "−"
_STEPS = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"), (1.0, ""))
_SCALE = re.compile(r"(\d+)-(\d\d+|[2-9])")  # units such as 1-5 and 0-100
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


def _signed(x: float, text: str) -> str:
    """Put a true minus before ``text`` when x is negative and the text is not a zero."""
    return MINUS + text if x < 0 and text.strip("0.,") else text


def plain(x: float, decimals: int = 0) -> str:
    """Thousands with commas, a true minus, never a negative zero: ``12,345.6``."""
    if not math.isfinite(x):
        return UNKNOWN
    return _signed(x, f"{abs(x):,.{decimals}f}")


def short(x: float) -> str:
    """Two or three figures and a scale: ``840``, ``1.3k``, ``12k``, ``340k``, ``1.3m``, ``2.1tn``."""
    if not math.isfinite(x):
        return UNKNOWN
    size = abs(x)
    if 0 < size < 1:
        return _signed(x, "<1") if x > 0 else "0"
    # 999,600 must read 1.0m, not 1000k: a number belongs to the largest step that it reaches after rounding.
    step, letter = next(((s, a) for s, a in _STEPS if size >= s * (0.9995 if s > 1 else 1)), (1.0, ""))
    scaled = size / step
    decimals = 1 if scaled < 9.95 and letter else 0
    return _signed(x, f"{scaled:.{decimals}f}") + letter


def usd(x: float) -> str:
    """US dollars: ``USD 12k``."""
    return UNKNOWN if not math.isfinite(x) else f"USD {short(x)}"


def usd_signed(x: float) -> str:
    """US dollars that may be a loss: ``USD 12k``, ``−USD 3.0k``."""
    return _signed(x, usd(abs(x))) if abs(x) >= 0.5 else "USD 0"


def span(low: float, middle: float, high: float) -> str:
    """Tenth, fiftieth and ninetieth percentile: ``2.1k – 12k – 60k``."""
    return f"{short(low)} – {short(middle)} – {short(high)}"


def pct(share: float) -> str:
    """A share as a percentage; tiny and nearly certain ones say so: ``81 %``, ``<1 %``, ``>99 %``."""
    if not math.isfinite(share):
        return UNKNOWN
    if 0 < share < 0.01:
        return "<1 %"
    if 0.99 < share < 1:
        return ">99 %"
    return _signed(share, f"{abs(share) * 100:.0f}") + " %"


def change(share: float) -> str:
    """A change as a percentage with its sign: ``+3 %``, ``−12 %``, ``0 %``."""
    text = f"{plain(100 * share)} %" if math.isfinite(share) else UNKNOWN
    return f"+{text}" if share >= 0.005 else text


def odds(share: float) -> str:
    """A simulated probability within a sentence. What never came up may still happen: ``less than 1 %``."""
    return chance(share) if share > 0 else "less than 1 %"


def chance(share: float) -> str:
    """A probability within a sentence: ``81 %``, ``less than 1 %``, ``more than 99 %``."""
    return pct(share).replace("<", "less than ").replace(">", "more than ")


def points(mean: float, sd: float | None = None) -> str:
    """Points of 100, with the sd if given: ``63 ±4``."""
    if sd is None or not math.isfinite(sd):
        return plain(mean)
    return f"{plain(mean)} ±{plain(sd)}"


def times(log: float) -> str:
    """A factor from its logarithm, two figures: ``×0.12``, ``×3.4``, ``×120``."""
    if not math.isfinite(log):
        return UNKNOWN
    factor = math.exp(log)
    if factor < 0.001:
        return "×<0.001"
    decimals = max(0, 1 - math.floor(math.log10(factor)))
    return f"×{factor:,.{decimals}f}" if factor < 10_000 else f"×{short(factor)}"


def ordinal(n: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``11th``."""
    return f"{n}{'th' if 10 <= n % 100 <= 20 else _ORDINALS.get(n % 10, 'th')}"


def quantity(value: float, indicator: Indicator) -> str:
    """A value of an indicator with its unit, in a form fit for a sentence."""
    unit = indicator.unit
    if not math.isfinite(value):
        return "unknown"
    if unit == "0 or 1":
        return "yes" if value >= 0.5 else "no"
    if unit.startswith("USD"):
        return f"USD {short(value)}{unit.removeprefix('USD')}"
    if "USD" in unit or unit == "people":
        return f"{short(value)} {unit}"
    number = plain(value, indicator.decimals)
    if unit.startswith("%"):
        return f"{number} {unit}".strip()
    if scale := _SCALE.fullmatch(unit):
        return f"{number} (scale {scale[1]} to {scale[2]})"
    return number if unit in ("0-1", "ratio", "") else f"{number} {unit}"


def with_sd(value: float, sd: float, indicator: Indicator) -> str:
    """A value and its sd in the same form, without the unit: ``1.2tn ±40bn``."""
    if not math.isfinite(value):
        return UNKNOWN
    big = "USD" in indicator.unit or indicator.unit == "people"
    if indicator.unit == "0 or 1":
        return "yes" if value >= 0.5 else "no"
    write = short if big else lambda x: plain(x, indicator.decimals)
    return write(value) if not sd > 0 else f"{write(value)} ±{write(sd)}"


def listed(words: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
