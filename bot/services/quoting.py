"""Numbered quotes from several articles: where each is from, who else carries it, what opens it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.services.replies import Bold, Choice, Menu, Quoted, Request, Words, join
from bot.services.topics import Shelf, names
from bot.services.wording import address, dated_head, shorten, title_of, whole_day
from storage.base import ArticleHead, Scope, Storage
from summariser.model import Quote, Span

# Names beside one quote; the menus lead to all.
_MOST_ALSO = 4


@dataclass(frozen=True, slots=True)
class Placed:
    """A quote, and the article that it was cut from."""

    number: int
    quote: Quote
    head: ArticleHead
    also: tuple[ArticleHead, ...]
    """The other articles that carry it."""
    url: str | None
    marked: tuple[Span, ...] = ()

    @property
    def day(self) -> date | None:
        """The day on which its article appeared."""
        return self.head.published.date() if self.head.published else None

    def block(self, *, dated: bool = True) -> Quoted:
        """Return it as it is shown, with the day of its article or without."""
        parts: list[Words] = [(Bold(self.head.source or shorten(title_of(self.head), 60)),)]
        parts += [(dated_head(self.head),)] if dated else []
        if self.also:
            others = self._others()
            parts.append(("also: ", names(others, _MOST_ALSO)) if others else (f"in {len(self.also) + 1} articles",))
        return Quoted(self.number, self.quote.text, join(parts), self.url, self.marked)

    def _others(self) -> list[str]:
        """Return who else carries it; a source that carries it twice is no other."""
        others = dict.fromkeys(head.source or shorten(title_of(head), 60) for head in self.also)
        return [name for name in others if name != self.head.source]

    def passage(self) -> Choice:
        """Return the line of a menu that opens it."""
        options = {
            "article": self.head.article_id,
            "start": self.quote.start,
            "end": self.quote.end,
            "number": self.number,
        }
        label = f"[{self.number}] {shorten(' '.join(self.quote.text.split()), 90)}"
        return Choice(label, Request("corpus.passage", options))


async def place(
    storage: Storage,
    scope: Scope,
    shelf: Shelf,
    quotes: Sequence[tuple[Quote, tuple[Span, ...]]],
    *,
    first: int = 1,
) -> list[Placed]:
    """Return quotes of what was read under their numbers; one whose article is removed meanwhile is left out."""
    wanted = {shelf.head_at(index).article_id for quote, _ in quotes for index in (quote.article, *quote.also)}
    origins = await storage.origins_of(scope, list(wanted)) if wanted else {}
    placed: list[Placed] = []
    for quote, marked in quotes:
        head = shelf.head_at(quote.article)
        if head.article_id in origins:
            also = tuple(one for one in map(shelf.head_at, quote.also) if one.article_id in origins)
            url = address(scope.desk_id, origins[head.article_id], quote.text)
            placed.append(Placed(first + len(placed), quote, head, also, url, marked))
    return placed


def menus(placed: Sequence[Placed]) -> tuple[Menu, ...]:
    """Return what opens the quotes, and what sums their articles up."""
    heads = {one.head.article_id: one.head for one in placed}
    summaries = tuple(
        Choice(
            title_of(head),
            Request("summaries.summarise", {"article": str(head.article_id)}),
            " · ".join(filter(None, (head.source, dated_head(head)))),
        )
        for head in heads.values()
    )
    by_number = {one.number: one.passage() for one in placed}
    opened = Menu("Open a passage where it stands", tuple(by_number.values()))
    return (opened, Menu("Summarise one of these articles", summaries, private=False, anew=True)) if placed else ()


def day_line(when: date | None) -> str:
    """Say a day above quotes, or that there is none."""
    return whole_day(when) if when else "No date printed"
