"""Curves of cost on logarithmic axes, as an SVG that reads in light and in dark."""

import math
from collections.abc import Mapping
from html import escape

WIDTH, HEIGHT, MARGIN, COLUMNS = 300, 210, 46, 3
STYLE = (
    "text{font:11px system-ui,sans-serif;fill:#57606a}.title{font-weight:600;fill:#24292f}"
    ".axis{stroke:#8c959f}.curve{stroke:#0969da;stroke-width:2;fill:none}.point{fill:#0969da}"
    "@media(prefers-color-scheme:dark){text{fill:#9198a1}.title{fill:#e6edf3}"
    ".curve{stroke:#58a6ff}.point{fill:#58a6ff}}"
)


def plot(curves: Mapping[str, Mapping[int, float]]) -> str:
    """One small panel a curve: sizes to the right, processor seconds upwards."""
    rows = math.ceil(len(curves) / COLUMNS)
    width, height = COLUMNS * WIDTH, rows * HEIGHT
    panels = [
        f'<g transform="translate({number % COLUMNS * WIDTH},{number // COLUMNS * HEIGHT})">'
        f"{_panel(name, points)}</g>"
        for number, (name, points) in enumerate(curves.items())
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}">'
        "<title>How cost grows</title><desc>Processor seconds at three sizes each, on "
        "logarithmic axes; the same figures stand in the table beside.</desc>"
        f"<style>{STYLE}</style>{''.join(panels)}</svg>\n"
    )


def _panel(name: str, points: Mapping[int, float]) -> str:
    low = math.floor(min(map(math.log10, points.values())))
    high = max(low + 1, math.ceil(max(map(math.log10, points.values()))))
    first, last = math.log10(min(points)), math.log10(max(points))
    bottom, right = HEIGHT - MARGIN, WIDTH - 24

    def place(size: int, seconds: float) -> tuple[float, float]:
        x = MARGIN + (right - MARGIN) * (math.log10(size) - first) / (last - first)
        y = bottom - (bottom - 34) * (math.log10(seconds) - low) / (high - low)
        return round(x, 1), round(y, 1)

    placed = {size: place(size, seconds) for size, seconds in sorted(points.items())}
    path = " ".join(f"{x},{y}" for x, y in placed.values())
    marks = "".join(
        f'<circle class="point" cx="{x}" cy="{y}" r="3"/>'
        f'<text x="{x}" y="{y - 7}" text-anchor="middle">{points[size]:.3g}</text>'
        f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{size:,}</text>'
        for size, (x, y) in placed.items()
    )
    scale = "".join(
        f'<text x="{MARGIN - 8}" y="{place(min(points), 10.0**power)[1] + 4}" '
        f'text-anchor="end">{10.0**power:g}</text>'
        for power in range(low, high + 1)
    )
    return (
        f'<text class="title" x="{MARGIN}" y="18">{escape(name)}</text>'
        f'<path class="axis" fill="none" d="M{MARGIN},34V{bottom}H{right}"/>'
        f'{scale}<polyline class="curve" points="{path}"/>{marks}'
    )
