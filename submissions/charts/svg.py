"""Writes SVG elements: escaped, without a style attribute, with the value on every mark."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

# Circle, square, diamond, triangles, plus: told apart without their colour.
SHAPES: Final = (
    "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    "m-4-4h8v8h-8z",
    "m0-5.5l5.5 5.5l-5.5 5.5l-5.5-5.5z",
    "m0-5l5 9h-10z",
    "m0 5l5-9h-10z",
    "m-1.8-5h3.6v3.2h3.2v3.6h-3.2v3.2h-3.6v-3.2h-3.2v-3.6h3.2z",
)

# From one line of a text to the next.
LINE: Final = 13.0


def element(name: str, *children: str, **attributes: str | float | None) -> SafeString:
    """An element; an underscore in an attribute's name is a dash, one at its end falls away."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if not children:
        return mark_safe(f"<{name}{written}/>")  # noqa: S308  Both parts are escaped above.
    inner = "".join(conditional_escape(child) for child in children)
    return mark_safe(f"<{name}{written}>{inner}</{name}>")  # noqa: S308  So are these.


def mark(
    name: str, *, at: tuple[str, str], value: str, unit: str = "%", **attributes: str | float | None
) -> SafeString:
    """A mark that says what it is and how much: `at` names series and place."""
    said = " · ".join(part for part in at if part)
    shown = f"{said}: {value} {unit}".rstrip()
    return element(
        name, element("title", shown), data_at="|".join(at), data_value=value, **attributes
    )


def text(x: float, y: float, words: str, **attributes: str | float | None) -> SafeString:
    """A piece of text."""
    return element("text", words, x=x, y=y, **attributes)


def text_lines(x: float, y: float, words: Sequence[str], **attributes: str | None) -> SafeString:
    """A piece of text on several lines; their middle is at `y`."""
    if len(words) == 1:
        return text(x, y, words[0], **attributes)
    first = y - LINE * (len(words) - 1) / 2
    lines = (element("tspan", line, x=x, y=first + LINE * at) for at, line in enumerate(words))
    return element("text", *lines, **attributes)


def path(points: Iterable[tuple[float, float]], *, is_closed: bool = False) -> str:
    """Straight lines from point to point."""
    steps = "L".join(f"{place(x)} {place(y)}" for x, y in points)
    return f"M{steps}{'z' if is_closed else ''}"


def shape(series: int, x: float, y: float) -> str:
    """The path of a series' own sign around a point; series count from 1."""
    return f"M{place(x)} {place(y)}{SHAPES[(series - 1) % len(SHAPES)]}"


def place(pixel: float) -> str:
    """A pixel with one decimal, as short as it can be written."""
    return f"{round(pixel, 1):g}"


def _text(value: str | float) -> str:
    return place(value) if isinstance(value, float) else str(value)
