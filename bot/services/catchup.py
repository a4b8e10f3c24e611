"""Catching up: what came in since somebody last looked, story by story, for that person alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.errors import UnknownRequestError
from bot.services.filters import read_filters
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Choice,
    Command,
    Line,
    Look,
    Looked,
    Menu,
    Moment,
    Quoted,
    Reply,
    Request,
    Tone,
    Words,
    join,
)
from bot.services.topics import names
from bot.services.wording import address, count, dated_head, shorten, title_of
from storage.base import ArticleHead, Scope, Storage, StoredText
from summariser.model import Passage, Summary

USUAL = timedelta(days=7)
"""So far somebody looks back who never looked before."""

# What was brought earlier and is still being read comes into sight with the time at which it was brought: what came in
# so shortly before a look is rather told twice than not at all.
SLACK = timedelta(minutes=2)

PAGE = 5

MOST = 400
"""So many of the newest articles are sorted into stories."""


@dataclass(frozen=True, slots=True)
class _Story:
    """What articles tell of one event."""

    heads: tuple[ArticleHead, ...]
    """The one that came in first, first."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Return who told it, each once."""
        return tuple(dict.fromkeys(one.source for one in self.heads if one.source))

    @property
    def rank(self) -> tuple[int, int, datetime]:
        """Return what puts it before others: how many tell it, then how new it is."""
        return len(self.sources), len(self.heads), max(one.created_at for one in self.heads)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A story under its number, with the sentence that says most of it."""

    number: int
    story: _Story
    passage: Passage | None
    url: str | None

    @property
    def text(self) -> str:
        return self.passage.text if self.passage else self.story.heads[0].opening


@dataclass(frozen=True, slots=True)
class _Window:
    """The time that is told of, and what is known of earlier looks."""

    since: datetime
    until: datetime
    mark: datetime | None
    turned: bool
    """It is a further page of an answer that was given before."""
    asked: bool
    """The asker named the day from which on it is wanted."""

    def page(self, number: int) -> Request:
        """Return what shows a page of the same answer."""
        bounds = {"begin": self.since.isoformat(), "ended": self.until.isoformat(), "before": self.before}
        return Request("catchup.catchup", {**bounds, "page": number})

    @property
    def seen(self) -> datetime:
        """Return up to when all that there is has been told of."""
        return max(self.until - SLACK, self.mark or self.since)

    @property
    def before(self) -> str | None:
        """Return the look before this one, as a request names it."""
        return self.mark.isoformat() if self.mark else None


class CatchupService:
    """Tells what is new, and remembers how far it has told."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._compute = compute

    async def catchup(
        self,
        call: Call,
        *,
        since: str | None = None,
        page: int = 1,
        begin: str | None = None,
        ended: str | None = None,
        before: str | None = None,
    ) -> Reply:
        """Show what came into the asker's sight since the last look, those stories first that most sources tell.

        `begin` and `ended` are the bounds of an answer whose pages are turned, `before` the look before it.

        Raises:
            DayError: `since` is no day.
        """
        window = _turned(begin, ended, before) if begin and ended else await self._window(call, since)
        heads = await self._storage.arrived(call.scope, window.since, window.until, limit=MOST + 1)
        looked = None if window.turned else Looked(window.mark, window.seen)
        if not heads:
            return _nothing(window, looked)
        await call.progress(f"Sorting {count(min(len(heads), MOST), 'article')}")
        stories = await self._stories(call.scope, heads[:MOST])
        pages = -(-len(stories) // PAGE)
        page = min(max(page, 1), pages)
        shown = await self._shown(call.scope, stories[(page - 1) * PAGE : page * PAGE], (page - 1) * PAGE + 1)
        total = f"more than {MOST} articles, the newest of them" if len(heads) > MOST else count(len(heads), "article")
        place: Words = (f"page {page} of {pages}",) if pages > 1 else ()
        told = f"{total} in {count(len(stories), 'story', 'stories')}"
        lines: list[Block] = [Line(join([_since(window), (told,), place]), small=True), *map(_block, shown)]
        return Reply(
            "What is new",
            tuple(lines),
            actions=(*_turns(window, page, pages), _keep(window)),
            menus=_menus(shown),
            again=window.page(page),
            looked=looked,
        )

    async def keep(self, call: Call, *, before: str | None, after: str) -> Reply:
        """Tell all that again the next time, as if the asker had not looked."""
        now, then = _moment(after), _moment(before) if before else None
        await self._storage.look(call.scope, before=now, after=then)
        kept = await self._storage.looked(call.scope) == then
        undo = Action("I have seen it", Request("catchup.seen", {"before": before, "after": after}))
        if not kept:
            said = Line(("You have looked again since: that look counts.",))
            return Reply("It was not kept", (said,), tone=Tone.WARNING)
        told: Words = (Command("catchup"), " tells you of it again.")
        return Reply("Kept for later", (Line(told),), actions=(undo,), tone=Tone.DONE)

    async def seen(self, call: Call, *, before: str | None, after: str) -> Reply:
        """Note that the asker has seen what is new up to then."""
        await self._storage.look(call.scope, before=_moment(before) if before else None, after=_moment(after))
        mark = await self._storage.looked(call.scope)
        from_then: Words = ("The next ", Command("catchup"), " begins ", Moment(mark or call.now), ".")
        return Reply("Seen", (Line(from_then),), tone=Tone.DONE)

    async def sent(self, call: Call, looked: Looked) -> None:
        """Note that the asker has got an answer: not before, so that what was lost on the way is told again."""
        if looked.before is None or looked.before < looked.until:
            await self._storage.look(call.scope, before=looked.before, after=looked.until)

    async def _window(self, call: Call, since: str | None) -> _Window:
        mark = await self._storage.looked(call.scope)
        filters = await read_filters(self._storage, call, since=since, until=None, source=None)
        start = filters.begin or mark or call.now - USUAL
        return _Window(start, call.now, mark, turned=False, asked=filters.begin is not None)

    async def _stories(self, scope: Scope, heads: Sequence[ArticleHead]) -> list[_Story]:
        """Return the articles story by story, those first that most sources tell."""
        in_order = sorted(heads, key=lambda head: (head.created_at, head.article_id))
        texts = await self._storage.texts(scope, [head.article_id for head in in_order])
        read = {one.stored.article_id: one for one in texts}
        known = [head for head in in_order if head.article_id in read]
        groups: tuple[tuple[int, ...], ...] = await self._compute.run(
            "summariser.grouping:group_stories", [read[head.article_id].stored.article for head in known]
        )
        stories = [_Story(tuple(known[index] for index in group)) for group in groups]
        stories += [_Story((head,)) for head in in_order if head.article_id not in read]
        return sorted(stories, key=lambda story: story.rank, reverse=True)

    async def _shown(self, scope: Scope, stories: Sequence[_Story], first: int) -> list[_Shown]:
        """Return stories with the sentence that says most of the article which told them first."""
        ids = [story.heads[0].article_id for story in stories]
        texts = {one.stored.article_id: one for one in await self._storage.texts(scope, ids)}
        origins = await self._storage.origins_of(scope, ids)
        shown: list[_Shown] = []
        for number, (story, article_id) in enumerate(zip(stories, ids, strict=True), first):
            passage = await self._best(texts[article_id]) if article_id in texts else None
            url = address(scope.desk_id, origins.get(article_id, ()), passage.text if passage else "")
            shown.append(_Shown(number, story, passage, url))
        return shown

    async def _best(self, text: StoredText) -> Passage | None:
        article = text.stored.article
        summary: Summary = await self._compute.run(
            "summariser.rank:summarise",
            article.text,
            title=article.title,
            sentences=1,
            language=article.language,
            spans=text.sentences,
        )
        return next(iter(summary.passages), None)


def _turned(begin: str, ended: str, before: str | None) -> _Window:
    mark = _moment(before) if before else None
    return _Window(_moment(begin), _moment(ended), mark, turned=True, asked=False)


def _nothing(window: _Window, looked: Looked | None) -> Reply:
    back = Action("The last 7 days", Request("catchup.catchup", {"since": "7 days ago"}))
    told: Words = ("Nothing that you can read has come in ", *_since(window), ".")
    actions = (back,) if window.until - window.since < USUAL else ()
    return Reply("Nothing new", (Line(told),), actions=actions, again=window.page(1), looked=looked)


def _since(window: _Window) -> Words:
    if window.turned or window.asked or window.mark is not None:
        return ("since ", Moment(window.since))
    return ("within the last 7 days, since you have not looked before",)


def _block(one: _Shown) -> Block:
    head, sources = one.story.heads[0], one.story.sources
    told: Words = (f"{count(len(sources), 'source')}: {names(sources)}",) if len(sources) > 1 else sources[:1]
    many: Words = (count(len(one.story.heads), "article"),) if len(one.story.heads) > 1 else ()
    return Quoted(one.number, one.text, join([(Bold(title_of(head)),), told, many, (dated_head(head),)]), one.url)


def _turns(window: _Window, page: int, pages: int) -> list[Action]:
    turns = [Action("Back", window.page(page - 1))] if page > 1 else []
    return [*turns, Action("More", window.page(page + 1), Look.MAIN)] if page < pages else turns


def _keep(window: _Window) -> Action:
    request = Request("catchup.keep", {"before": window.before, "after": window.seen.isoformat()})
    return Action("Keep it for later", request)


def _menus(shown: Sequence[_Shown]) -> tuple[Menu, ...]:
    passages = tuple(_to_open(one) for one in shown)
    others = tuple(
        Choice(title_of(head), Request("articles.show", {"article": str(head.article_id)}), head.source or "")
        for one in shown
        for head in one.story.heads
    )
    menus = (Menu("Open a passage where it stands", passages),)
    return (*menus, Menu("Show an article of these stories", others)) if len(others) > len(shown) else menus


def _to_open(one: _Shown) -> Choice:
    start, end = (one.passage.start, one.passage.end) if one.passage else (0, len(one.text))
    options = {"article": one.story.heads[0].article_id, "start": start, "end": end, "number": one.number}
    return Choice(f"[{one.number}] {shorten(' '.join(one.text.split()), 90)}", Request("corpus.passage", options))


def _moment(text: str) -> datetime:
    """Return a moment that one of our own requests names.

    Raises:
        UnknownRequestError: it is none.
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnknownRequestError from error
    if when.tzinfo is None:
        raise UnknownRequestError
    return when
