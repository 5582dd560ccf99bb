"""How to enter: the seven modes of the entry spectrum, their fit, cost, worth and stages."""

from beachhead.enter.choose import choose_modes
from beachhead.enter.modes import MODE_NAMES, MODES, reach
from beachhead.enter.result import ModeChoice, Stage

__all__ = ["MODES", "MODE_NAMES", "ModeChoice", "Stage", "choose_modes", "reach"]
