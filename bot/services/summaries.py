"""Summaries of one article, each sentence cut from it and opening where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.services.calls import Call, Incoming
from bot.services.compute import Compute
from bot.services.corpus import with_originals
from bot.services.errors import NothingAddedError, NothingInMessageError
from bot.services.finder import find_article, suggest_articles
from bot.services.gathering import gather
from bot.services.intake import Intake, Taken
from bot.services.named import Place, who_is_meant
from bot.services.replies import (
    Action,
    Block,
    Choice,
    Field,
    Form,
    Line,
    Menu,
    Quoted,
    Reply,
    Request,
    Suggestion,
    Tone,
    Who,
    join,
)
from bot.services.wording import address, count, provenance, shorten, title_of
from storage.base import ArticleHead, Storage, StoredArticle, StoredUpload
from summariser.errors import SentenceCountError, UnknownMethodError
from summariser.methods import METHODS, MOST_SENTENCES
from summariser.model import Passage, Summary

USUAL_SENTENCES = 5


@dataclass(frozen=True, slots=True)
class _Wish:
    """What kind of summary is wanted."""

    sentences: int
    method: str

    def request(self, article_id: int, **changed: int) -> Request:
        options = {"article": str(article_id), "sentences": self.sentences, "method": self.method, **changed}
        return Request("summaries.summarise", options)


class SummaryService:
    """Sums up one article."""

    def __init__(self, storage: Storage, compute: Compute, intake: Intake) -> None:
        self._storage = storage
        self._compute = compute
        self._intake = intake

    def summarise_form(
        self,
        *,
        file: Incoming | None = None,
        url: str | None = None,
        article: str | None = None,
        text: str | None = None,
        **options: int | str | bool | None,
    ) -> Form | None:
        """Ask for the text, unless there is something to sum up already."""
        if file or url or article or text:
            return None
        field = Field("text", "The article's text", paragraph=True, placeholder="Paste it here, headline and all")
        return Form("Summarise pasted text", (field,), Request("summaries.summarise", dict(options)))

    async def summarise(
        self,
        call: Call,
        *,
        file: Incoming | None = None,
        url: str | None = None,
        article: str | None = None,
        text: str | None = None,
        sentences: int | None = None,
        method: str = "verbatim",
        private: bool | None = None,  # noqa: ARG002  the front end has made the answer private already
    ) -> Reply | Form:
        """Sum up a file, a page, pasted text or an article of the corpus, in as many sentences as the desk has set.

        Raises:
            SentenceCountError: not between 1 and 12.
            UnknownMethodError: no such method.
            NoSuchArticleError: no title comes near; UnknownArticleError: the id is gone.
            AmbiguousArticleError: several titles fit.
        """
        if sentences is None:
            sentences = (await self._storage.settings(call.scope.desk_id)).sentences
        if not 1 <= sentences <= MOST_SENTENCES:
            raise SentenceCountError(sentences, MOST_SENTENCES)
        if method not in METHODS:
            raise UnknownMethodError(method, METHODS)
        wish = _Wish(sentences, method)
        form = self.summarise_form(file=file, url=url, article=article, text=text, sentences=sentences, method=method)
        if form:
            return form
        if article:
            return await self._sum_up(call, await find_article(self._storage, call.scope, article), wish)
        taken = await self._take(call, file=file, url=url, text=text)
        await call.progress(f"Choosing from {count(len(taken.article_ids), 'article')}")
        reply = await self._sum_up(call, taken.article_ids[0], wish)
        return with_originals(call, reply, [taken])

    async def gather(
        self,
        call: Call,
        *,
        files: Sequence[Incoming] = (),
        urls: Sequence[str] = (),
        text: str | None = None,
        message_id: int | None = None,
    ) -> Reply | Form:
        """Take in what a message brings and sum up the first article of it; a menu leads to the others.

        Raises:
            NothingInMessageError: there is nothing.
            NothingAddedError: none of it could be taken in; it says why of each.
        """
        if not (files or urls or text):
            raise NothingInMessageError
        gathered = await gather(self._intake, call, files=files, urls=urls, text=text, message_id=message_id)
        if not gathered.taken:
            raise NothingAddedError(list(dict.fromkeys(why for _, why in gathered.failures)))
        first, *others = gathered.taken
        reply = await self.summarise(call, article=str(first.article_ids[0]))
        if isinstance(reply, Form):
            return reply
        found = await self._storage.uploads(call.scope, [item.upload_id for item in others])
        heads = [head for upload in found for head in upload.articles]
        blocks = (*reply.blocks, *(Line((why,), small=True) for _, why in gathered.failures))
        return replace(reply, blocks=blocks, menus=(*reply.menus, *_others(heads)))

    async def suggest_article(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the articles whose title, source or opening holds what was typed, the newest first."""
        return await suggest_articles(self._storage, call.scope, typed)

    async def _take(self, call: Call, *, file: Incoming | None, url: str | None, text: str | None) -> Taken:
        if file:
            await call.progress(f"Reading {file.filename}")
            return await self._intake.take(call, file)
        if url:
            await call.progress(f"Reading {url}")
            return await self._intake.take_page(call, url)
        return await self._intake.take_text(call, text or "")

    async def _sum_up(self, call: Call, article_id: int, wish: _Wish) -> Reply:
        stored = await self._storage.article(call.scope, article_id)
        spans = await self._storage.sentences(call.scope, article_id)
        origins = await self._storage.origins(call.scope, article_id)
        told = stored.article
        summary: Summary = await self._compute.run(
            "summariser.rank:summarise",
            told.text,
            title=told.title,
            sentences=wish.sentences,
            method=wish.method,
            language=told.language,
            spans=spans,
        )
        reply = _reply(call, stored, summary, wish, whole=max(len(spans), len(summary.passages)), origins=origins)
        places = [Place(stored.article_id, passage.span) for passage in summary.passages]
        named = await who_is_meant(self._storage, self._compute, call.scope, places)
        reply = replace(reply, menus=(*reply.menus, *named))
        # A former id may have led here: the article itself is no other one.
        siblings = [head for head in origins[0].articles if head.article_id != stored.article_id]
        return _offer(siblings, reply, wish)


def _reply(
    call: Call,
    stored: StoredArticle,
    summary: Summary,
    wish: _Wish,
    *,
    whole: int,
    origins: Sequence[StoredUpload],
) -> Reply:
    shown = len(summary.passages)
    method = "" if wish.method == "verbatim" else f" · method: {wish.method}"
    how = f"{shown} of {count(whole, 'sentence')}, word for word{method}"
    blocks: list[Block] = [Line(join([provenance(stored.article), (how,)]), small=True)]
    for number, passage in enumerate(summary.passages, start=1):
        url = address(call.scope.desk_id, origins, passage.text)
        blocks.append(Quoted(number, passage.text, url=url))
    blocks += [Line((note,), small=True) for note in summary.notes]
    return Reply(
        title=title_of(stored.article),
        blocks=tuple(blocks),
        actions=_lengths(stored.article_id, wish, shown, whole),
        menus=(_passages(stored, summary.passages),),
        tone=Tone.PLAIN,
        again=wish.request(stored.article_id),
        keeps_files=True,
    )


def _offer(siblings: Sequence[ArticleHead], reply: Reply, wish: _Wish) -> Reply:
    """Add a menu of the other articles of the same file."""
    if not siblings:
        return reply
    choices = tuple(Choice(title_of(head), wish.request(head.article_id)) for head in siblings)
    menu = Menu("Another article of this file", choices, who=Who.ASKER, private=False)
    return replace(reply, menus=(*reply.menus, menu))


def _others(heads: Sequence[ArticleHead]) -> tuple[Menu, ...]:
    """Return a menu of what else came with the same message, or none."""
    choices = tuple(
        Choice(title_of(head), Request("summaries.summarise", {"article": str(head.article_id)})) for head in heads
    )
    return (
        (Menu("Something else that came with the message", choices, who=Who.ASKER, private=False),) if choices else ()
    )


def _lengths(article_id: int, wish: _Wish, shown: int, whole: int) -> tuple[Action, ...]:
    """Return Shorter and Longer, where there is a shorter and a longer, and Sources."""
    shorter = Action("Shorter", wish.request(article_id, sentences=max(1, shown - 2)))
    longer = Action("Longer", wish.request(article_id, sentences=min(MOST_SENTENCES, shown + 3)))
    sources = Action("Sources", Request("corpus.sources", {"article": article_id}), who=Who.ANYONE, private=True)
    actions = [shorter] if shown > 1 else []
    actions += [longer] if shown < min(whole, MOST_SENTENCES) else []
    return (*actions, sources)


def _passages(stored: StoredArticle, passages: Sequence[Passage]) -> Menu:
    choices = tuple(
        Choice(
            f"[{number}] {shorten(' '.join(passage.text.split()), 90)}",
            Request(
                "corpus.passage",
                {"article": stored.article_id, "start": passage.start, "end": passage.end, "number": number},
            ),
        )
        for number, passage in enumerate(passages, start=1)
    )
    return Menu("Open a passage where it stands", choices)
