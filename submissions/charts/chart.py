"""What every chart is: data with one title and one finding, and three ways to show it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeAlias

from django.utils.safestring import SafeString

from submissions.charts.palette import Look
from submissions.charts.svg import element

# What a card is wide on a phone, in a column, and on a page of its own, in pixels: each chart is
# drawn anew for each, so that no text of it is made smaller than it is meant to be.
NARROW: Final = 340
MIDDLE: Final = 560
WIDE: Final = 900

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
    def draw(self, width: int) -> tuple[float, float, list[SafeString]]:
        """Width and height in pixels, and the marks, in a card that is so wide."""

    @abstractmethod
    def figure(self, look: Look) -> Figure:
        """The same marks for Plotly."""

    def drawings(self, *, is_wide: bool = False) -> list[SafeString]:
        """The drawings that stand in a page, from narrow to wide; its style sheet shows one."""
        widths = (NARROW, MIDDLE, WIDE) if is_wide else (NARROW, MIDDLE)
        return [self.svg(width) for width in widths]

    def svg(self, room: int) -> SafeString:
        """The drawing for a card that is so wide."""
        width, height, marks = self.draw(room)
        title, desc = (f"chart-{self.name}-{part}-{room}" for part in ("title", "desc"))
        return element(
            "svg",
            element("title", self.title, id=title),
            element("desc", self.finding, id=desc),
            *marks,
            role="group" if self.has_links else "img",
            aria_labelledby=f"{title} {desc}",
            class_=f"chart__at--{room}",
            viewBox=f"0 0 {width:g} {height:g}",
            width=width,
            height=height,
        )
