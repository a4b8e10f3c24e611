"""New entries of a feed as they are posted: one by itself, several together where many come."""

from dataclasses import dataclass

from bot.services.deliveries import Composed, Period
from bot.services.replies import Action, Block, Choice, Line, Menu, Quoted, Reply, Request, Who, Words, join
from bot.services.wording import count, dated_head, shorten, title_of
from storage.base import ArticleHead, Schedule, Scope, Storage, StoredUpload
from summariser.model import Span

KIND = "feed"
"""The kind of a schedule by which the new entries of a feed are posted."""

ENTRY = "entry"
"""The kind of what such a schedule has shown: an entry's id."""

MOST_POSTED = 10
"""In one message; what is more comes in the next."""

_LONGEST = 300  # characters of the opening sentence of each


@dataclass(frozen=True, slots=True)
class _Item:
    number: int
    entry_id: int
    head: ArticleHead
    opening: str
    span: Span
    url: str | None


class FeedPosts:
    """Composes what is posted of a feed."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def compose(self, scope: Scope, schedule: Schedule, period: Period) -> Composed | None:
        """Return the oldest entries that are still to be posted; None where none is in sight."""
        owed = await self._storage.unposted(schedule.desk_id, schedule.schedule_id)
        ids = [one.upload_id for one in owed if one.upload_id is not None]
        found = {one.upload_id: one for one in await self._storage.uploads(scope, ids)}
        there = [(one.entry_id, found[one.upload_id]) for one in owed if one.upload_id in found]
        shown = [(entry_id, upload) for entry_id, upload in there if upload.articles][:MOST_POSTED]
        items = [await self._item(scope, number, *one) for number, one in enumerate(shown, 1)]
        if not items:
            return None
        articles = tuple(item.head.article_id for item in items)
        told = tuple((ENTRY, str(item.entry_id)) for item in items)
        return Composed(_reply(schedule.name, items, len(there) - len(items)), period.until, articles, told)

    async def _item(self, scope: Scope, number: int, entry_id: int, upload: StoredUpload) -> _Item:
        head = upload.articles[0]
        sentences = await self._storage.sentences(scope, head.article_id)
        stored = await self._storage.article(scope, head.article_id)
        span = sentences[0] if sentences else Span(0, min(len(stored.article.text), _LONGEST))
        return _Item(number, entry_id, head, span.cut(stored.article.text), span, upload.url)


def _reply(name: str, items: list[_Item], left: int) -> Reply:
    blocks: list[Block] = [
        Quoted(item.number, shorten(item.opening, _LONGEST), _about(item), item.url) for item in items
    ]
    if left:
        blocks.append(Line((f"{count(left, 'more entry', 'more entries')} will follow.",), small=True))
    return Reply(shorten(name, 200), tuple(blocks), actions=_actions(items), menus=_menus(items))


def _about(item: _Item) -> Words:
    parts: list[Words] = [(title_of(item.head),), (item.head.source,) if item.head.source else ()]
    return join([*parts, (dated_head(item.head),)])


def _actions(items: list[_Item]) -> tuple[Action, ...]:
    if len(items) > 1:
        return ()
    (item,) = items
    summary = Request("summaries.summarise", {"article": str(item.head.article_id)})
    return (
        Action("Open the passage", _passage(item), who=Who.ANYONE, private=True),
        Action("Summarise", summary, who=Who.ANYONE, anew=True),
    )


def _menus(items: list[_Item]) -> tuple[Menu, ...]:
    if len(items) < 2:
        return ()
    choices = tuple(Choice(f"[{item.number}] {shorten(title_of(item.head), 90)}", _passage(item)) for item in items)
    return (Menu("Open a passage where it stands", choices),)


def _passage(item: _Item) -> Request:
    span = {"start": item.span.start, "end": item.span.end, "number": item.number}
    return Request("corpus.passage", {"article": item.head.article_id} | span)
