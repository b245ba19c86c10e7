"""Draws the top of the board as a PNG, 1200 by 630 pixels."""

import io
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from submissions.rows import Board, BoardRow

_SIZE: Final = (1200, 630)
_INK, _MUTED, _PAPER, _RULE, _BAR = "#14181f", "#56606b", "#fbfcfd", "#e3e6ec", "#2f7fd6"
_LEFT: Final = 72
_BARS: Final = (520, 1010)


def draw_board(board: Board) -> bytes:
    """The best rows, at most five, each with its average as a bar and the interval on it."""
    image = Image.new("RGB", _SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    _draw_loop(draw, _LEFT, 70)
    draw.text((_LEFT + 124, 56), "Bench", fill=_INK, font=_font(60))
    draw.text(
        (_LEFT, 140),
        f"{board.total:,} rows on twelve tasks beyond 100,000 tokens, by {board.scorer}",
        fill=_MUTED,
        font=_font(28),
    )
    ranked = board.ranked[:5] or board.rows[:5]
    for number, row in enumerate(ranked):
        _draw_row(draw, row, 220 + number * 78)
    buffer = io.BytesIO()
    image.quantize(64).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font that comes with Pillow: no file of ours, and the same on every machine."""
    return ImageFont.load_default(size)


def _draw_loop(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    draw.ellipse((x, y, x + 58, y + 46), outline=_BAR, width=10)
    draw.ellipse((x + 48, y, x + 106, y + 46), outline=_BAR, width=10)


def _draw_row(draw: ImageDraw.ImageDraw, row: BoardRow, y: int) -> None:
    draw.line((_LEFT, y - 14, _SIZE[0] - _LEFT, y - 14), fill=_RULE, width=2)
    if row.rank is not None:
        draw.text((_LEFT, y), str(row.rank), fill=_MUTED, font=_font(36))
    name = _known(row.model_name)
    while draw.textlength(name, font=_font(36)) > _BARS[0] - _LEFT - 80:
        name = name[:-2].rstrip("…") + "…"
    draw.text((_LEFT + 56, y), name, fill=_INK, font=_font(36))
    if row.average is None:
        return
    start, end = _BARS
    at = start + row.average * (end - start)
    draw.rounded_rectangle((start, y + 8, max(at, start + 12), y + 38), 6, fill=_BAR)
    if row.low is not None and row.high is not None:
        low, high = (start + one * (end - start) for one in (row.low, row.high))
        draw.line((low, y + 23, high, y + 23), fill=_INK, width=4)
    draw.text((end + 24, y), f"{row.average * 100:.1f}", fill=_INK, font=_font(36))


def _known(text: str) -> str:
    """A text in the letters that the font has; others would be boxes."""
    return "".join(one if one.isascii() and one.isprintable() else "·" for one in text)
