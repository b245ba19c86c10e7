"""The colours of charts in light and dark, for figures; static/css/charts.css has the same.

Series are told apart by dash and sign too, never by colour alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Look:
    """One theme's colours."""

    name: str
    text: str
    muted: str
    border: str
    surface: str
    accent: str
    series: tuple[str, ...]
    families: Mapping[str, str]
    outcomes: Mapping[str, str]
    # A cell of full marks: the style sheet's tint over the surface.
    heat: str


OUTCOMES: Final = (
    "right",
    "partial",
    "wrong",
    "refused",
    "truncated",
    "empty",
    "unscorable",
    "missing",
)
# Between the dashes of a line, in pixels; empty is a whole line.
DASHES: Final = ("", "5 2", "2 2", "7 2 2 2", "9 3", "12 3 3 3")
SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross")

LIGHT: Final = Look(
    name="light",
    text="#14181f",
    muted="#56606b",
    border="#e3e6ec",
    surface="#ffffff",
    accent="#1d4ed8",
    series=("#3540da", "#87503a", "#0e8fb3", "#561700", "#8a7327", "#1f0d7b"),
    families={
        "En": "#3334c9",
        "Zh": "#42144a",
        "Code": "#2e98c9",
        "Math": "#d97126",
        "Retrieve": "#903300",
    },
    outcomes=dict(
        zip(
            OUTCOMES,
            (
                "#1f7a4a",
                "#7d9a1c",
                "#c2492f",
                "#7b3fa0",
                "#1f6fb2",
                "#6b7280",
                "#3d3d3d",
                "#8d949e",
            ),
            strict=True,
        )
    ),
    heat="#acccef",
)
DARK: Final = Look(
    name="dark",
    text="#ecedf2",
    muted="#b7bdc8",
    border="#2d313a",
    surface="#161c23",
    accent="#88c2ff",
    series=("#8b9afc", "#d58f6c", "#6ffcf5", "#c98a79", "#e1e136", "#5f64e6"),
    families={
        "En": "#466ae8",
        "Zh": "#bd9a28",
        "Code": "#6dcefd",
        "Math": "#f6ea6f",
        "Retrieve": "#a53c5f",
    },
    outcomes=dict(
        zip(
            OUTCOMES,
            (
                "#4fbf83",
                "#b9d154",
                "#f0826a",
                "#c08be0",
                "#6cb2ee",
                "#9aa3af",
                "#d8d8d8",
                "#6f7782",
            ),
            strict=True,
        )
    ),
    heat="#20446b",
)
LOOKS: Final[Mapping[str, Look]] = {look.name: look for look in (LIGHT, DARK)}


def layout(look: Look, **more: Any) -> dict[str, Any]:
    """A figure's layout in this look, on the page's own ground."""
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": look.text, "family": "system-ui, sans-serif", "size": 13},
        "margin": {"l": 56, "r": 24, "t": 24, "b": 48},
        "hoverlabel": {"bgcolor": look.surface, "font": {"color": look.text}},
        # Above the drawing: below it are the names of axes.
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        "modebar": {
            "bgcolor": "rgba(0,0,0,0)",
            "color": look.muted,
            "activecolor": look.text,
        },
        "dragmode": False,
        **more,
    }


def round_layout(look: Look, **more: Any) -> dict[str, Any]:
    """A polar figure's layout, with room around the circle for what stands at its angles."""
    found = layout(look, margin={"l": 72, "r": 72, "t": 48, "b": 48}, height=480, **more)
    return {**found, "legend": {"orientation": "h", "x": 0, "y": -0.12, "yanchor": "top"}}


def axis(look: Look, title: str = "", **more: Any) -> dict[str, Any]:
    """One straight axis of a figure."""
    named = {"title": {"text": title, "font": {"size": 13}}} if title else {}
    own = {"gridcolor": look.border, "zerolinecolor": look.muted, "automargin": True}
    return {**own, **named, **more}


def round_axis(look: Look, **more: Any) -> dict[str, Any]:
    """One axis of a polar figure: the angle, or the radius."""
    return {"gridcolor": look.border, "linecolor": look.border, **more}


def line(look: Look, series: int, **more: Any) -> dict[str, Any]:
    """The line of a series, which counts from 1."""
    dash = DASHES[(series - 1) % len(DASHES)]
    return {
        "color": look.series[(series - 1) % len(look.series)],
        "width": 2,
        "dash": ",".join(f"{pixels}px" for pixels in dash.split()) or "solid",
        **more,
    }


def marker(look: Look, series: int, **more: Any) -> dict[str, Any]:
    """The sign of a series, which counts from 1."""
    return {
        "color": look.series[(series - 1) % len(look.series)],
        "symbol": SYMBOLS[(series - 1) % len(SYMBOLS)],
        "size": 8,
        **more,
    }
