"""What is stored, one by one: listed, shown, put right, shared; and each of it taken back."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.corpus import with_originals
from bot.services.edits import Reader, compared, edit_form, untouched
from bot.services.errors import (
    NobodyToShareError,
    NoNextArticleError,
    NotBroughtError,
    NotProposedError,
    UserError,
)
from bot.services.facts import told
from bot.services.finder import find_article, suggest_articles
from bot.services.intake import Taken
from bot.services.languages import offer_languages
from bot.services.portrait import (
    Portrait,
    corrected,
    listed,
    nothing_here,
    outlined,
    places,
    shared,
    summed,
    to_open,
    to_show,
)
from bot.services.replies import (
    Action,
    Block,
    Bullets,
    Form,
    Line,
    Look,
    Reply,
    Request,
    Suggestion,
    Tone,
    Who,
    Words,
    join,
)
from bot.services.splitting import find_split, first_words
from bot.services.wording import count, shorten, title_of
from storage.base import (
    LOCAL_DESK,
    ArticleHead,
    Corrected,
    Correction,
    Edit,
    Merge,
    Scope,
    Split,
    Storage,
    StoredArticle,
    StoredUpload,
)
from storage.errors import StorageError, UnknownArticleError, UnknownCorrectionError, UnknownUploadError
from summariser.model import Span

# Two lines each fill about a screen.
PAGE = 10

MOST_SUGGESTED = 25


class ArticleService:
    """Shows what is stored, and lets those put it right who may."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._compute = compute

    async def list(
        self,
        call: Call,
        *,
        mine: bool = False,
        private: bool | None = None,  # noqa: ARG002  the front end has made the answer private already
        page: int = 1,
    ) -> Reply:
        """List what is stored, the newest first: all that the answer may show, or what the asker brought."""
        page, uploader = max(page, 1), call.scope.asker_id if mine else None
        found = await self._storage.listed(call.scope, first=(page - 1) * PAGE, limit=PAGE, uploader_id=uploader)
        if found.total and not found.heads:
            page = _pages(found.total)
            found = await self._storage.listed(call.scope, first=(page - 1) * PAGE, limit=PAGE, uploader_id=uploader)
        if not found.heads:
            return Reply("Nothing here yet", (Line(nothing_here(call, mine=mine)),))
        origins = await self._origins_of(call.scope, found.heads)
        place = f"page {page} of {_pages(found.total)}" if found.total > PAGE else ""
        blocks: list[Block] = [Line(join([("newest first",), (place,) if place else ()]), small=True)]
        for head in found.heads:
            blocks += listed(head, origins.get(head.article_id), call.scope.desk_id)
        return Reply(
            count(found.total, "article") + (" that you brought" if mine else " here"),
            tuple(blocks),
            actions=_turns(page, _pages(found.total), mine=mine),
            menus=to_open(found.heads, "Show one of these articles"),
            again=_list_request(page, mine=mine),
        )

    async def show(
        self,
        call: Call,
        *,
        article: str,
        private: bool | None = None,  # noqa: ARG002  the front end has made the answer private already
    ) -> Reply:
        """Show an article: what is printed about it, its outline, where it came from, what was put right.

        Raises:
            NoSuchArticleError, AmbiguousArticleError, UnknownArticleError: no article, or several.
        """
        article_id = await find_article(self._storage, call.scope, article)
        stored = await self._storage.article(call.scope, article_id)
        portrait = Portrait(
            stored,
            await self._storage.origins(call.scope, stored.article_id),
            await self._storage.corrections(call.scope, stored.article_id),
            await self._paragraphs(stored),
            (await self._storage.alike(call.scope, [stored.article_id])).get(stored.article_id, ()),
            await self._storage.proposals(call.scope, [stored.article_id]),
        )
        return portrait.show(call)

    async def ask_edit(self, call: Call, *, article: str, **given: Any) -> Form | None:  # noqa: ANN401  as `edit` takes it
        """Ask for everything that can be put right, with what holds now filled in, unless something was given.

        Raises:
            NotBroughtError: the asker may not put it right; otherwise as `show`.
        """
        if any(value is not None for value in given.values()):
            return None
        stored, _ = await self._theirs(call, article, "put right", call.scope)
        return edit_form(stored.article, article_id=stored.article_id, title=title_of(stored.article))

    async def edit(
        self,
        call: Call,
        *,
        article: str,
        title: str | None = None,
        source: str | None = None,
        author: str | None = None,
        date: str | None = None,
        language: str | None = None,
        shown: Mapping[str, str] | None = None,
    ) -> Reply | Form:
        """Put right what is printed about an article; nothing, or a single -, takes it out.

        `shown` holds digests of what the form showed: what was left so is not touched.

        Raises:
            NotBroughtError: the asker may not put it right.
            DateError, UnknownLanguageError, FactTooLongError: what was typed cannot be kept.
        """
        typed = {"title": title, "source": source, "author": author, "date": date, "language": language}
        form = await self.ask_edit(call, article=article, shown=shown, **typed)
        if form:
            return form
        left = untouched(typed, shown or {})
        stored, _ = await self._theirs(call, article, "put right", call.scope)
        wanted = {name: words for name, words in typed.items() if name not in left}
        changes = Reader(call.now, await self._zone(call)).changes(wanted, stored.article)
        if not changes:
            told_so = Line(("It was so already: nothing was changed.",))
            return Reply(title_of(stored.article), (told_so,), actions=(to_show(stored.article_id),))
        done = await self._correct(call, stored, Edit(changes))
        after = await self._storage.article(call.scope, done.article_ids[0])
        lines = compared(stored.article, after.article, changes)
        return corrected(f"Put right: {title_of(after.article)}", (Bullets(tuple(lines)),), done)

    async def split(self, call: Call, *, article: str, at: str | None = None, title: str | None = None) -> Reply:
        """Make two articles of one, the second beginning with a paragraph, or with words, of the first.

        Without a place it offers the paragraphs to choose from.

        Raises:
            NotBroughtError: the asker may not put it right.
            NoSuchPlaceError, SeveralPlacesError, CorrectionError: it cannot be split there.
        """
        stored, _ = await self._theirs(call, article, "split", call.scope)
        paragraphs = await self._paragraphs(stored)
        if not at or not at.strip():
            return places(stored, paragraphs, title)
        name = title_of(stored.article)
        heading = " ".join(title.split()) if title else None
        cut = find_split(stored.article.text, paragraphs, at, about=name, title=heading or None)
        return await self._divide(call, stored, cut)

    async def split_off(self, call: Call, *, article: int, start: int) -> Reply:
        """Make the split that reading proposed: the second article begins so far into the text of this one.

        Raises:
            NotBroughtError: the asker may not put it right.
            NotProposedError: it was made already, or made otherwise.
        """
        # It may have been put right since it was proposed: the place is where it was, in another article perhaps.
        here, place = await self._storage.passage(call.scope, article, Span(start, start))
        stored, _ = await self._theirs(call, str(here.article_id), "split", call.scope)
        offered = await self._storage.proposals(call.scope, [stored.article_id])
        for cut in offered.get(stored.article_id, ()):
            if cut.body == place.start:
                return await self._divide(call, stored, cut)
        raise NotProposedError(title_of(stored.article))

    async def merge(self, call: Call, *, article: str) -> Reply:
        """Make one article of an article and the next one of its file.

        Raises:
            NotBroughtError: the asker may not put it right.
            NoNextArticleError: it is the last one.
        """
        stored, origins = await self._theirs(call, article, "merged", call.scope)
        if stored.ordinal + 1 >= stored.siblings:
            raise NoNextArticleError(title_of(stored.article), alone=stored.siblings == 1)
        second = next(iter(origins[0].articles[stored.ordinal + 1 :]), None)
        done = await self._correct(call, stored, Merge())
        blocks = await self._parts(call, done)
        if second is not None:
            lead: Words = (f"“{title_of(second)}”, the next article of the file, is part of it now.",)
            blocks = (Line(lead), *blocks)
        return corrected(f"Merged: {title_of(stored.article)}", blocks, done)

    async def share(self, call: Call, *, article: str) -> Reply:
        """Let everyone in the server draw on the file of an article, and say so to all.

        Raises:
            NobodyToShareError: the desk is one person's own.
            NotBroughtError: the asker may not share it.
        """
        desk_id, scope = call.scope.desk_id, call.own_scope
        if desk_id <= LOCAL_DESK:
            raise NobodyToShareError
        stored, origins = await self._theirs(call, article, "shared", scope)
        added = await self._storage.share(
            scope, stored.article_id, audience_id=desk_id, origin_id=call.origin_id, now=call.now
        )
        first, data = await self._storage.original(scope, stored.article_id)
        reply = shared(stored, origins[0], added)
        if added.repeated:
            return reply
        citable = first.url is not None
        taken = Taken(added.upload_id, added.article_ids, (), False, first.filename, data, citable)
        return with_originals(call, reply, [taken])

    async def withdraw(self, call: Call, *, correction: int, article: int) -> Reply:
        """Take a correction back; `article` is one of the file that it was made in.

        Raises:
            UnknownCorrectionError: it was taken back already.
            NotBroughtError: the asker may not.
        """
        kept = await self._storage.corrections(call.scope, article)
        this = next((each for each in kept if each.correction_id == correction and not each.withdrawn), None)
        if this is None:
            raise UnknownCorrectionError
        _, origins = await self._theirs(call, str(article), "put right", call.scope)
        titles = {head.article_id: title_of(head) for head in origins[0].articles}
        done = await self._storage.withdraw(call.scope, correction, now=call.now)
        heads = await self._heads(call.scope, done)
        blocks: tuple[Block, ...] = (
            Line((told(this, titles),), small=True),
            Line(("So it is now:",)),
            Bullets(tuple(map(summed, heads))),
        )
        return Reply(
            "Taken back", blocks, actions=tuple(to_show(head.article_id) for head in heads[:1]), tone=Tone.DONE
        )

    async def unshare(self, call: Call, *, upload: int) -> Reply:
        """Take a share back.

        Raises:
            UnknownUploadError: it was taken back already.
            NotBroughtError: the asker may not.
        """
        found = await self._storage.uploads(call.scope, [upload])
        if not found:
            raise UnknownUploadError
        if not _may(call, found):
            raise NotBroughtError(found[0].filename, "taken back")
        await self._storage.remove_uploads(call.scope, [upload])
        said = "Answers draw on that file only where those who could read it before can."
        return Reply("No longer shared", (Line((said,)),), tone=Tone.DONE)

    async def suggest_article(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the articles whose title, source or opening holds what was typed, the newest first."""
        return await suggest_articles(self._storage, call.scope, typed)

    async def suggest_at(self, call: Call, typed: str, *, article: str | None = None) -> Sequence[Suggestion]:
        """Offer the paragraphs of the article that is to be split, from the second on."""
        if not article:
            return []
        try:
            stored = await self._storage.article(call.scope, await find_article(self._storage, call.scope, article))
        except (UserError, StorageError):
            return []
        text, wanted = stored.article.text, " ".join(typed.casefold().split())
        numbered = enumerate(await self._paragraphs(stored), 1)
        offered = [(number, first_words(span.cut(text), 90)) for number, span in numbered if number > 1]
        fitting = [item for item in offered if str(item[0]).startswith(wanted) or wanted in item[1].casefold()]
        return [Suggestion(f"{number} · {words}", str(number)) for number, words in fitting[:MOST_SUGGESTED]]

    async def suggest_source(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the sources of other articles, so that one outlet keeps one name."""
        names = await self._storage.sources(call.scope, typed)
        return [Suggestion(shorten(name, 100), name) for name in names]

    async def suggest_language(self, _: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the languages that are known."""
        return offer_languages(typed)

    async def _theirs(
        self, call: Call, asked: str, doing: str, scope: Scope
    ) -> tuple[StoredArticle, tuple[StoredUpload, ...]]:
        """Return an article that the asker may change, and what brought it.

        Raises:
            NotBroughtError: it is for others to change; otherwise as `show`.
        """
        stored = await self._storage.article(scope, await find_article(self._storage, scope, asked))
        origins = await self._storage.origins(scope, stored.article_id)
        if not _may(call, origins):
            raise NotBroughtError(title_of(stored.article), doing)
        return stored, origins

    async def _correct(self, call: Call, stored: StoredArticle, correction: Correction) -> Corrected:
        asker = call.scope.asker_id
        return await self._storage.correct(call.scope, stored.article_id, correction, made_by=asker, now=call.now)

    async def _divide(self, call: Call, stored: StoredArticle, cut: Split) -> Reply:
        done = await self._correct(call, stored, cut)
        blocks = await self._parts(call, done)
        name = title_of(stored.article)
        return corrected(f"Split in two: {name}", blocks, done, heads=await self._heads(call.scope, done))

    async def _paragraphs(self, stored: StoredArticle) -> tuple[Span, ...]:
        found: tuple[Span, ...] = await self._compute.run("summariser.text:paragraphs", stored.article.text)
        return found

    async def _zone(self, call: Call) -> str:
        return (await self._storage.settings(call.scope.desk_id)).zone

    async def _parts(self, call: Call, done: Corrected) -> tuple[Block, ...]:
        """Return what a split or a merge made: each article with its first and its last words."""
        blocks: list[Block] = []
        for article_id in done.article_ids:
            stored = await self._storage.article(call.scope, article_id)
            blocks += outlined(stored, await self._paragraphs(stored))
        return tuple(blocks)

    async def _heads(self, scope: Scope, done: Corrected) -> tuple[ArticleHead, ...]:
        """Return what lists show of the articles that a correction concerns."""
        if not done.article_ids:
            return ()
        first = (await self._storage.origins(scope, done.article_ids[0]))[0]
        return tuple(head for head in first.articles if head.article_id in done.article_ids)

    async def _origins_of(self, scope: Scope, heads: Sequence[ArticleHead]) -> dict[int, StoredUpload]:
        """Return for each article the upload that brought it first, asking once for each file."""
        origins: dict[int, StoredUpload] = {}
        for head in heads:
            if head.article_id not in origins:
                with suppress(UnknownArticleError):  # it was taken out meanwhile
                    first = (await self._storage.origins(scope, head.article_id))[0]
                    origins |= {each.article_id: first for each in first.articles}
        return origins


def _may(call: Call, origins: Sequence[StoredUpload]) -> bool:
    """Tell whether the asker brought one of these, or manages what others bring."""
    return call.manager or any(upload.uploader_id == call.scope.asker_id for upload in origins)


def _pages(total: int) -> int:
    return -(-total // PAGE)


def _list_request(page: int, *, mine: bool) -> Request:
    return Request("articles.list", {"mine": mine, "page": page})


def _turns(page: int, pages: int, *, mine: bool) -> tuple[Action, ...]:
    """Return what leads to the pages before and after; whose own articles they are, turns them."""
    who = Who.ASKER if mine else Who.ANYONE
    back = [Action("Back", _list_request(page - 1, mine=mine), who=who)] if page > 1 else []
    more = [Action("More", _list_request(page + 1, mine=mine), Look.MAIN, who)] if page < pages else []
    return (*back, *more)
