"""Coverage as a picture: who wrote when. Matplotlib, which draws it, is loaded with the first chart."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

# In units of which a phone shows the card some 270 wide: letters of 22 are 9 pixels there. Each is two pixels.
_WIDTH = 640
_ROW = 52
_ABOVE, _BELOW = 96, 58
_LETTERS, _SMALL = 22, 19
_SCALE = 2

# One picture for light and dark chats: a card of its own, contrast 12:1 for words and 8:1 for dots.
_CARD, _WORDS, _QUIET, _LINE, _DOT, _ON_DOT = "#232831", "#f1f3f7", "#b6bdca", "#3a4150", "#8fc1ff", "#10151d"
# All that is drawn are blends of those: a palette takes a third of the bytes, and of the time to pack them.
_COLOURS = 256
_PACKING = 3

_FONT = "DejaVu Sans"
# Half the height of its capitals and digits, as a share of the size.
_HALF_CAPITAL = 0.364

# Left and right of all, and between the rows and what stands around them.
_MARGIN, _GAP = 22, 15
_WIDEST = _WIDTH - 2 * _MARGIN
_WIDEST_NAME = 232
_MOST_TICKS = 4
_STROKE = 2
# In narrower columns no number can be read.
_LEAST_ROOM = 28

_Place = tuple[float, float]
_Line = tuple[_Place, _Place]

_LEFT, _MIDDLE, _RIGHT = 0.0, 0.5, 1.0
"""Where in its width a text is held."""


def draw(title: str, below: str, ticks: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> bytes:
    """Return a PNG of how many there are in each row and column: at least one, somewhere.

    `below` stands below the title, `ticks` are the columns' names, of which as many are printed as there is room for.
    """
    card = _Card(_ABOVE + _BELOW + len(rows) * _ROW)
    card.write(_fitting(title, _LETTERS, _WIDEST, bold=True), _MARGIN, 34, _LETTERS, _WORDS, bold=True)
    card.write(_fitting(below, _SMALL, _WIDEST), _MARGIN, 68, _SMALL, _QUIET)
    names = [_fitting(_shown(name, number), _LETTERS, _WIDEST_NAME) for number, (name, _) in enumerate(rows, start=1)]
    sums = [f"{sum(counts):,}" for _, counts in rows]
    field = _Field(_MARGIN + _widest(names) + _GAP, _WIDTH - _MARGIN - _widest(sums) - _GAP, len(ticks))
    _frame(card, field, names, ticks, sums)
    if field.room < _LEAST_ROOM:
        _bars(card, field, rows)
    else:
        _dots(card, field, rows)
    return card.packed()


@dataclass(frozen=True, slots=True)
class _Field:
    """Where the rows and columns lie on the card."""

    left: float
    right: float
    columns: int

    @property
    def room(self) -> float:
        """Return how wide a column is."""
        return (self.right - self.left) / self.columns

    def across(self, column: int) -> float:
        """Return where the middle of a column is."""
        return self.left + (column + 0.5) * self.room

    def down(self, row: float) -> float:
        """Return where the middle of a row is."""
        return _ABOVE + (row + 0.5) * _ROW


class _Card:
    """What is drawn on: places and sizes are in units, from the top left corner.

    Matplotlib's own axes and texts take ten times as long as the strokes that come of them.
    """

    def __init__(self, height: int) -> None:
        _prepare()
        from matplotlib.backends.backend_agg import RendererAgg  # noqa: PLC0415  half a second that only charts take
        from matplotlib.path import Path  # noqa: PLC0415
        from matplotlib.transforms import Affine2D  # noqa: PLC0415

        # 72 points are an inch: a point is a pixel.
        size = (_WIDTH * _SCALE, height * _SCALE)
        self._renderer: Any = RendererAgg(*size, dpi=72)  # type: ignore[no-untyped-call]
        self._to_pixels = Affine2D().scale(_SCALE, -_SCALE).translate(0, height * _SCALE)
        self._fill(Path([(0, 0), (_WIDTH, 0), (_WIDTH, height), (0, height), (0, 0)]), _CARD)

    def write(
        self, text: str, x: float, y: float, size: int, colour: str, *, held: float = _LEFT, bold: bool = False
    ) -> None:
        """Write a line whose capitals' middle is at `y`, with `held` of its width left of `x`."""
        from matplotlib.transforms import Affine2D  # noqa: PLC0415

        letters, width, full = _letters(text, bold=bold)
        scale = size / full
        place = Affine2D().scale(scale, -scale).translate(x - held * width * scale, y + _HALF_CAPITAL * size)
        self._fill(letters, colour, place)

    def strokes(self, lines: Sequence[_Line], wide: float, colour: str) -> None:
        """Draw straight lines from end to end."""
        from matplotlib.path import Path  # noqa: PLC0415

        path = Path([place for line in lines for place in line], [Path.MOVETO, Path.LINETO] * len(lines))
        pen = self._renderer.new_gc()
        pen.set_foreground(colour)
        pen.set_linewidth(wide * _SCALE)
        pen.set_capstyle("butt")
        self._renderer.draw_path(pen, path, self._to_pixels)

    def dots(self, places: Sequence[tuple[float, float, float]], colour: str) -> None:
        """Draw filled circles: the middle of each, and its radius."""
        from matplotlib.path import Path  # noqa: PLC0415

        circles = [Path.circle((x, y), radius) for x, y, radius in places]
        self._fill(Path.make_compound_path(*circles), colour)

    def packed(self) -> bytes:
        """Return the picture as a PNG."""
        from PIL import Image  # noqa: PLC0415

        size = self._renderer.get_canvas_width_height()
        drawn = Image.frombuffer("RGBA", size, self._renderer.buffer_rgba()).convert("RGB")
        few = drawn.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        packed = BytesIO()
        few.save(packed, "png", compress_level=_PACKING)
        return packed.getvalue()

    def _fill(self, path: "Path", colour: str, place: "Affine2D | None" = None) -> None:
        from matplotlib.colors import to_rgba  # noqa: PLC0415

        pen = self._renderer.new_gc()
        pen.set_linewidth(0)
        self._renderer.draw_path(pen, path, place + self._to_pixels if place else self._to_pixels, to_rgba(colour))


@cache
def _prepare() -> None:
    """Load matplotlib without the machine's fonts and settings, which would make each machine's chart another.

    It insists on a directory for what it knows of fonts; a worker may write nowhere, and needs none.
    """
    spec = find_spec("matplotlib")
    if spec and spec.origin:
        os.environ["MATPLOTLIBRC"] = str(FilePath(spec.origin).parent / "mpl-data" / "matplotlibrc")
    os.environ["MPL_IGNORE_SYSTEM_FONTS"] = "1"
    import matplotlib as mpl  # noqa: PLC0415

    mpl.set_loglevel("ERROR")
    mpl.get_cachedir = lambda: os.devnull


@lru_cache(maxsize=256)
def _letters(text: str, *, bold: bool) -> tuple["Path", float, float]:
    """Return the outlines of a text, how wide they are, and the size that both are in.

    A name from an article may hold a $, which is no formula.
    """
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415
    from matplotlib.path import Path  # noqa: PLC0415
    from matplotlib.textpath import text_to_path  # noqa: PLC0415

    size = text_to_path.FONT_SCALE
    font = FontProperties(family=_FONT, weight="bold" if bold else "normal", size=size)
    places, codes = text_to_path.get_text_path(font, text, ismath=False)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return Path(places, codes), width, size


def _fitting(text: str, size: int, room: float, *, bold: bool = False) -> str:
    """Return as much of a text as there is room for."""
    most, shown = len(text), text
    while (width := _width(shown, size, bold=bold)) > room:
        most = min(most - 1, int(most * room / width) + 1)
        shown = f"{text[:most].rstrip()}…"
    return shown


def _width(text: str, size: int, *, bold: bool = False) -> float:
    _, width, full = _letters(text, bold=bold)
    return width * size / full


def _widest(texts: Sequence[str]) -> float:
    """Return how wide the widest name or sum is."""
    return max(_width(text, _LETTERS) for text in texts)


def _shown(name: str, number: int) -> str:
    """Return a name as far as the font has its letters; where it lacks one, the number of the row."""
    from matplotlib import font_manager  # noqa: PLC0415

    font = font_manager.get_font(font_manager.findfont(_FONT))
    has_all = all(char.isspace() or font.get_char_index(ord(char)) for char in name)
    return name if has_all else f"Source {number}"


def _frame(card: _Card, field: _Field, names: Sequence[str], ticks: Sequence[str], sums: Sequence[str]) -> None:
    """Draw the names at the left, the sums at the right, the columns' names below."""
    for row, (name, total) in enumerate(zip(names, sums, strict=True)):
        card.write(name, field.left - _GAP, field.down(row), _LETTERS, _WORDS, held=_RIGHT)
        card.write(total, field.right + _GAP, field.down(row), _LETTERS, _QUIET)
    for column in _spread(len(ticks)):
        foot = field.down(len(names) - 0.5) + _GAP + _SMALL / 2
        card.write(ticks[column], field.across(column), foot, _SMALL, _QUIET, held=_MIDDLE)


def _spread(columns: int) -> list[int]:
    """Return which columns are named: the first, the last, and some between, at even distances where that can be."""
    parts = range(min(_MOST_TICKS, columns) - 1, 0, -1)
    even = next((part for part in parts if part > 1 and not (columns - 1) % part), max(parts, default=1))
    return sorted({round(step * (columns - 1) / even) for step in range(even + 1)})


def _dots(card: _Card, field: _Field, rows: Sequence[tuple[str, Sequence[int]]]) -> None:
    """Draw a dot for each row and column that is not 0, its area by its number, which stands in it."""
    dots = _counted(rows)
    most = max(count for _, _, count in dots)
    widest = min(field.room * 0.92, _ROW * 0.78)
    card.strokes([_line(field, row) for row in range(len(rows))], _STROKE, _LINE)
    across = (max(_LETTERS * 1.25, widest * (count / most) ** 0.5) for _, _, count in dots)
    places = [(field.across(column), field.down(row)) for column, row, _ in dots]
    card.dots([(*place, size / 2) for place, size in zip(places, across, strict=True)], _DOT)
    for (x, y), (_, _, count) in zip(places, dots, strict=True):
        card.write(str(count), x, y, _SMALL, _ON_DOT, held=_MIDDLE, bold=True)


def _bars(card: _Card, field: _Field, rows: Sequence[tuple[str, Sequence[int]]]) -> None:
    """Draw a bar for each row and column that is not 0: what columns have room for that are too narrow for numbers."""
    bars = _counted(rows)
    most = max(count for _, _, count in bars)
    foot, tallest = 0.34, 0.72
    card.strokes([_line(field, row + foot) for row in range(len(rows))], _STROKE, _LINE)
    feet = [(field.across(column), field.down(row + foot)) for column, row, _ in bars]
    tall = [tallest * _ROW * count / most for _, _, count in bars]
    card.strokes([((x, y), (x, y - up)) for (x, y), up in zip(feet, tall, strict=True)], 0.74 * field.room, _DOT)


def _line(field: _Field, row: float) -> _Line:
    return (field.left, field.down(row)), (field.right, field.down(row))


def _counted(rows: Sequence[tuple[str, Sequence[int]]]) -> list[tuple[int, int, int]]:
    """Return column, row and number of what is not 0."""
    return [
        (column, row, count) for row, (_, counts) in enumerate(rows) for column, count in enumerate(counts) if count
    ]
