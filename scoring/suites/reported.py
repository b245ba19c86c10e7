"""The shape of a table that a benchmark's authors printed."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportedModel:
    """What is known of a model in the table; None where nothing is."""

    name: str
    organization: str
    weights: str
    parameters: int | None
    context_tokens: int | None


@dataclass(frozen=True, slots=True)
class ReportedFigure:
    """A printed score as a fraction, or the bound that it was only said to stay below."""

    value: float | None
    below: float | None


@dataclass(frozen=True, slots=True)
class ReportedTable:
    """Where figures were printed, the scorer that made them, and the figures by model and task."""

    source: str
    scorer: str
    models: Mapping[str, ReportedModel]
    scores: Mapping[str, Mapping[str, ReportedFigure]]
