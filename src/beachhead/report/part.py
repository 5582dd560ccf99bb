"""What every part of the published shape is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Points = Annotated[float, Field(ge=0, le=100)]
Probability = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]
Iso3 = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Quarter = Annotated[str, Field(pattern=r"^\d{4}Q[1-4]$")]
Known = float | None  # null where a figure is not known, or has no end


class Part(BaseModel):
    """Base: no unknown keys."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
