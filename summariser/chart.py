"""Coverage as a picture: who wrote when. Matplotlib, which draws it, is loaded with the first chart."""

import os
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# In units of which a phone shows the card some 270 wide: letters of 22 are 9 pixels there. Each is two pixels.
_WIDTH = 640
_ROW = 52
_ABOVE, _BELOW = 96, 58
_LETTERS, _SMALL = 22, 19
_DPI = 100
_POINTS = 72 / _DPI

# One picture for light and dark chats: a card of its own, contrast 12:1 for words and 8:1 for dots.
_CARD, _WORDS, _QUIET, _LINE, _DOT, _ON_DOT = "#232831", "#f1f3f7", "#b6bdca", "#3a4150", "#8fc1ff", "#10151d"

# Letters of a name that fit beside the dots, and how much of the width they take at most.
_LONGEST_NAME = 22
_WIDEST_NAMES = 0.42
_MOST_TICKS = 4
# Where the card's words begin and where its rows end, as shares of the width.
_MARGIN, _RIGHT = 0.035, 0.9
# In narrower columns no number can be read.
_LEAST_ROOM = 28


def draw(title: str, below: str, ticks: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> bytes:
    """Return a PNG of how many there are in each row and column: at least one, somewhere.

    `below` stands below the title, `ticks` are the columns' names, of which as many are printed as there is room for.
    """
    height = _height(len(rows))
    figure, axes = _figure(len(rows))
    names = [_shown(name, number) for number, (name, _) in enumerate(rows, start=1)]
    _frame(axes, names, ticks, [sum(counts) for _, counts in rows])
    figure.text(_MARGIN, 1 - 34 / height, _shorten(title, 42), va="center", **_font(_LETTERS, _WORDS, "bold"))
    figure.text(_MARGIN, 1 - 68 / height, _shorten(below, 58), va="center", **_font(_SMALL, _QUIET))
    left = _widest(figure, names)
    figure.subplots_adjust(left=left, right=_RIGHT, top=1 - _ABOVE / height, bottom=_BELOW / height)
    room = (_RIGHT - left) * _WIDTH / len(ticks)
    if room < _LEAST_ROOM:
        _bars(axes, rows, room=room)
    else:
        _dots(axes, rows, room=room)
    drawn = BytesIO()
    figure.savefig(drawn, format="png", dpi=2 * _DPI, facecolor=_CARD, metadata={"Software": None})
    return drawn.getvalue()


def _height(rows: int) -> int:
    return _ABOVE + _BELOW + rows * _ROW


def _figure(rows: int) -> tuple[Any, "Axes"]:
    _prepare()
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  half a second that only charts take
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(_WIDTH / _DPI, _height(rows) / _DPI), dpi=_DPI, facecolor=_CARD)
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot(facecolor=_CARD)


@cache
def _prepare() -> None:
    """Load matplotlib without the machine's fonts and settings, which would make each machine's chart another.

    It insists on a directory for what it knows of fonts; a worker may write nowhere, and needs none.
    """
    spec = find_spec("matplotlib")
    if spec and spec.origin:
        os.environ["MATPLOTLIBRC"] = str(Path(spec.origin).parent / "mpl-data" / "matplotlibrc")
    os.environ["MPL_IGNORE_SYSTEM_FONTS"] = "1"
    import matplotlib as mpl  # noqa: PLC0415

    mpl.set_loglevel("ERROR")
    mpl.get_cachedir = lambda: os.devnull


def _font(size: int, colour: str, weight: str = "normal") -> dict[str, Any]:
    # A name from an article may hold a $, which is no formula.
    return {"fontsize": size * _POINTS, "color": colour, "weight": weight, "parse_math": False}


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _shown(name: str, number: int) -> str:
    """Return a name as far as the font has its letters; where it lacks one, the number of the row."""
    from matplotlib import font_manager  # noqa: PLC0415

    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    has_all = all(char.isspace() or font.get_char_index(ord(char)) for char in name)
    return _shorten(name, _LONGEST_NAME) if has_all else f"Source {number}"


def _frame(axes: "Axes", names: Sequence[str], ticks: Sequence[str], totals: Sequence[int]) -> None:
    """Draw the names at the left, the sums at the right, the columns' names below."""
    axes.set_xlim(-0.5, len(ticks) - 0.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names, **_font(_LETTERS, _WORDS))
    places = _spread(len(ticks))
    axes.set_xticks(places, [ticks[place] for place in places], **_font(_SMALL, _QUIET))
    axes.tick_params(length=0, pad=10)
    for row, total in enumerate(totals):
        beside = {"xytext": (12, 0), "textcoords": "offset points", **_font(_LETTERS, _QUIET)}
        axes.annotate(f"{total:,}", (1, row), xycoords=("axes fraction", "data"), va="center", **beside)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _spread(columns: int) -> list[int]:
    """Return which columns are named: the first, the last, and some between, at even distances where that can be."""
    parts = range(min(_MOST_TICKS, columns) - 1, 0, -1)
    even = next((part for part in parts if part > 1 and not (columns - 1) % part), max(parts, default=1))
    return sorted({round(step * (columns - 1) / even) for step in range(even + 1)})


def _widest(figure: Any, names: Sequence[str]) -> float:  # noqa: ANN401  matplotlib is not loaded where types are read
    """Return where the dots begin, as a share of the width: right of the longest name."""
    widths = []
    for name in names:
        drawn = figure.text(0, 0, name, **_font(_LETTERS, _WORDS))
        widths.append(drawn.get_window_extent().width)
        drawn.remove()
    return float(min(_WIDEST_NAMES, (max(widths, default=0) + 44) / _WIDTH))


def _dots(axes: "Axes", rows: Sequence[tuple[str, Sequence[int]]], *, room: float) -> None:
    """Draw a dot for each row and column that is not 0, its area by its number, which stands in it."""
    dots = _counted(rows)
    most = max(count for _, _, count in dots)
    widest = min(room * 0.92, _ROW * 0.78)
    across = [max(_LETTERS * 1.25, widest * (count / most) ** 0.5) for _, _, count in dots]
    columns, lines, _ = zip(*dots, strict=True)
    axes.hlines(range(len(rows)), -0.5, len(rows[0][1]) - 0.5, colors=_LINE, linewidth=1.5, zorder=1)
    axes.scatter(columns, lines, s=[(size * _POINTS) ** 2 for size in across], color=_DOT, linewidths=0, zorder=2)
    for column, row, count in dots:
        axes.text(column, row, str(count), ha="center", va="center_baseline", **_font(_SMALL, _ON_DOT, "bold"))


def _bars(axes: "Axes", rows: Sequence[tuple[str, Sequence[int]]], *, room: float) -> None:
    """Draw a bar for each row and column that is not 0: what columns have room for that are too narrow for numbers.

    They are broad lines, of which hundreds are drawn at once: each of Matplotlib's own bars takes a millisecond.
    """
    bars = _counted(rows)
    most = max(count for _, _, count in bars)
    foot, tallest = 0.34, 0.72
    axes.hlines([row + foot for row in range(len(rows))], -0.5, len(rows[0][1]) - 0.5, colors=_LINE, linewidth=1.5)
    feet = [row + foot for _, row, _ in bars]
    tops = [row + foot - tallest * count / most for _, row, count in bars]
    columns = [column for column, _, _ in bars]
    axes.vlines(columns, feet, tops, colors=_DOT, linewidth=0.74 * room * _POINTS, capstyle="butt")


def _counted(rows: Sequence[tuple[str, Sequence[int]]]) -> list[tuple[int, int, int]]:
    """Return column, row and number of what is not 0."""
    return [
        (column, row, count) for row, (_, counts) in enumerate(rows) for column, count in enumerate(counts) if count
    ]
