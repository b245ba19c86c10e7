"""What every chart is: data with one title and one finding, and three ways to show it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from django.utils.safestring import SafeString

from submissions.charts.palette import Look
from submissions.charts.svg import element

Figure: TypeAlias = dict[str, Any]
"""A Plotly figure as plain JSON: `data` and `layout`."""


@dataclass(frozen=True, slots=True)
class Table:
    """A chart's numbers; the first cell of each row names it, the others are right-aligned."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A line of a legend: what is drawn, the class that colours it, and the path of its sign."""

    label: str
    css: str
    sign: str = ""
    # A line goes through the sign where the series is drawn as a line.
    has_line: bool = False


class Chart(ABC):
    """One source of data.  Scores are fractions in it, and percent wherever it is shown."""

    __slots__ = ()

    # What the chart is called in addresses and in the ids of a page.
    name: ClassVar[str]

    @property
    @abstractmethod
    def title(self) -> str:
        """What is drawn, in a few words."""

    @property
    @abstractmethod
    def finding(self) -> str:
        """What a reader should see in it, in a sentence or two."""

    @property
    def note(self) -> str:
        """How to read it, where that is not plain."""
        return ""

    @property
    def keys(self) -> Sequence[Key]:
        """The legend; empty where the drawing itself says what is what."""
        return ()

    @property
    def has_links(self) -> bool:
        """Whether parts of the drawing lead elsewhere: then it is more than an image."""
        return False

    @abstractmethod
    def table(self) -> Table:
        """Every number that is drawn."""

    @abstractmethod
    def draw(self) -> tuple[float, float, list[SafeString]]:
        """Width and height in pixels, and the marks."""

    @abstractmethod
    def figure(self, look: Look) -> Figure:
        """The same marks for Plotly."""

    def svg(self) -> SafeString:
        """The drawing as an element that stands in a page."""
        width, height, marks = self.draw()
        ids = f"chart-{self.name}-title chart-{self.name}-desc"
        return element(
            "svg",
            element("title", self.title, id=f"chart-{self.name}-title"),
            element("desc", self.finding, id=f"chart-{self.name}-desc"),
            *marks,
            role="group" if self.has_links else "img",
            aria_labelledby=ids,
            viewBox=f"0 0 {width:g} {height:g}",
            width=width,
            height=height,
        )
