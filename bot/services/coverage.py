"""Who wrote when: articles counted by day and source, for a chart and for those who cannot see it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.services.replies import Bold, Words
from bot.services.wording import count, month, whole_day
from storage.base import ArticleHead, Seen

# Columns that can be told apart on a phone; longer times are counted by week, month or year.
MOST_COLUMNS = 31
# Rows; what is left over is one row.
MOST_SOURCES = 8

NO_SOURCE = "No source printed"

_STEPS = ("day", "week", "month", "year")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many articles each source has in each step of time."""

    step: str
    """day, week, month or year."""
    columns: tuple[date, ...]
    """The first day of each, without gaps."""
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    """Sources with their numbers, those with most first."""
    undated: int
    first: date
    last: date
    """The days of the first and the last article."""
    thing: str = "article"
    """What is counted."""

    @property
    def total(self) -> int:
        """How many articles are counted."""
        return sum(sum(counts) for _, counts in self.rows)

    @property
    def ticks(self) -> tuple[str, ...]:
        """Return short names of the columns."""
        return tuple(_tick(self.step, column) for column in self.columns)

    @property
    def time(self) -> str:
        """Return the time that it covers."""
        first, last = whole_day(self.first), whole_day(self.last)
        return first if first == last else f"{first} to {last}"

    def figures(self) -> tuple[Words, ...]:
        """Return the same numbers in words: a line for each column that is not empty."""
        lines: list[Words] = []
        for place, column in enumerate(self.columns):
            said = [f"{name} {counts[place]:,}" for name, counts in self.rows if counts[place]]
            if said:
                lines.append((Bold(f"{_long(self.step, column)}: "), ", ".join(said)))
        return tuple(lines)

    def alt(self, title: str, longest: int = 900) -> str:
        """Return what the chart shows, for those who cannot see it."""
        sums = "; ".join(f"{name}: {sum(counts):,}" for name, counts in self.rows)
        told = f"Chart: {title}, {self.time}. {count(self.total, self.thing)} by {self.step} and source. {sums}."
        return told if len(told) <= longest else told[: longest - 1] + "…"


def cover(heads: Iterable[ArticleHead]) -> Coverage | None:
    """Count articles by the day they print and by their source; None where none of them prints a day."""
    heads = list(heads)
    dated = Counter((head.source or NO_SOURCE, head.published.date()) for head in heads if head.published)
    return _cover(dated, _STEPS, undated=len(heads) - sum(dated.values()))


def cover_mentions(seen: Seen) -> Coverage | None:
    """Count mentions by the month or year of their articles and by source; None where none has a date."""
    dated: Counter[tuple[str, date]] = Counter()
    undated = 0
    for one in seen.by_month:
        if one.month is None:
            undated += one.mentions
        else:
            dated[one.source or NO_SOURCE, one.month] += one.mentions
    coverage = _cover(dated, _STEPS[2:], undated=undated)
    if coverage is None:
        return None
    days = [head.published.date() for head in (seen.first, seen.last) if head and head.published]
    return replace(
        coverage, thing="mention", first=min(days, default=coverage.first), last=max(days, default=coverage.last)
    )


def _cover(dated: Mapping[tuple[str, date], int], steps: Sequence[str], *, undated: int) -> Coverage | None:
    if not dated:
        return None
    first, last = min(day for _, day in dated), max(day for _, day in dated)
    # A step that needs too many columns gives way to the next; years always do, whatever their number.
    step = next((step for step in steps if len(_columns(step, first, last)) <= MOST_COLUMNS), _STEPS[-1])
    columns = _columns(step, first, last)
    counted: Counter[tuple[str, date]] = Counter()
    sums: Counter[str] = Counter()
    for (source, day), number in dated.items():
        counted[source, _begin(step, day)] += number
        sums[source] += number
    ranked = sorted(sums, key=lambda source: (source == NO_SOURCE, -sums[source], source))
    shown = ranked if len(ranked) <= MOST_SOURCES else ranked[: MOST_SOURCES - 1]
    rows = [(source, tuple(counted[source, column] for column in columns)) for source in shown]
    if others := ranked[len(shown) :]:
        together = tuple(sum(counted[source, column] for source in others) for column in columns)
        rows.append((f"{len(others)} other sources", together))
    return Coverage(step, columns, tuple(rows), undated, first, last)


def _begin(step: str, day: date) -> date:
    """Return the first day of the step that a day is in."""
    match step:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case _:
            return day.replace(month=1, day=1)


def _columns(step: str, first: date, last: date) -> tuple[date, ...]:
    """Return the first days of all steps from the first to the last day, no more than one too many for a chart."""
    columns: list[date] = []
    for column in _steps(step, _begin(step, first)):
        if column > last or (len(columns) > MOST_COLUMNS and step != _STEPS[-1]):
            break
        columns.append(column)
    return tuple(columns)


def _steps(step: str, column: date) -> Iterator[date]:
    while True:
        yield column
        days = {"day": 1, "week": 7, "month": 31, "year": 366}[step]
        try:
            column = _begin(step, column + timedelta(days=days))
        except OverflowError:
            return


def _tick(step: str, column: date) -> str:
    if step == "year":
        return str(column.year)
    if step == "month":
        return f"{column:%b} {column.year}"
    return f"{column.day} {column:%b}"


def _long(step: str, column: date) -> str:
    match step:
        case "day":
            return whole_day(column)
        case "week":
            return f"week of {whole_day(column)}"
        case "month":
            return month(column)
        case _:
            return str(column.year)
