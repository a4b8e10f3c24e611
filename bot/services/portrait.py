"""How an article is shown: a line of a list, a portrait with its outline, what a correction made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.services.calls import Call
from bot.services.facts import (
    brought,
    by_whom,
    corrections_of,
    measured,
    printed,
    told,
    upload_name,
)
from bot.services.removal import KEPT_FOR
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Bullets,
    Choice,
    Code,
    Command,
    Heading,
    Line,
    Link,
    Look,
    Menu,
    Moment,
    Reply,
    Request,
    Tone,
    Who,
    Words,
    join,
)
from bot.services.splitting import first_words, is_headline
from bot.services.stories import to_split, told_proposals, told_story
from bot.services.wording import address, count, dated_head, dropped, provenance, remarks, shorten, title_of
from storage.base import (
    LOCAL_DESK,
    Added,
    Alike,
    ArticleHead,
    Corrected,
    Drop,
    Edit,
    KeptCorrection,
    Split,
    StoredArticle,
    StoredUpload,
)
from summariser.model import DateKind, DateOrigin, Span

# An outline is for finding one's way; beyond this an article is read elsewhere.
MOST_LINES = 12

# More corrections and remarks would bury the article; the rest is told by their number.
MOST_CORRECTIONS = 6
MOST_REMARKS = 3

# Ten pages of a menu: nobody turns more to find a paragraph; its words can be typed.
MOST_PLACES = 250

_FIRST_WORDS = 70


@dataclass(frozen=True, slots=True)
class Portrait:
    """Everything that is shown of an article."""

    stored: StoredArticle
    origins: tuple[StoredUpload, ...]
    corrections: tuple[KeptCorrection, ...]
    paragraphs: tuple[Span, ...]
    others: tuple[Alike, ...]
    """The other articles of its story."""
    proposals: Mapping[int, Sequence[Split]]
    """Where another article may begin in it."""

    @property
    def siblings(self) -> tuple[ArticleHead, ...]:
        """Return the articles of the same file, itself included, in their order."""
        return self.origins[0].articles

    @property
    def uploaders(self) -> frozenset[int]:
        """Return who brought it."""
        return frozenset(upload.uploader_id for upload in self.origins)

    @property
    def titles(self) -> Mapping[int, str]:
        """Return what the articles of the file are called."""
        return {head.article_id: title_of(head) for head in self.siblings}

    def show(self, call: Call) -> Reply:
        """Return the answer that shows it."""
        alone = call.private or call.scope.audiences is None
        you = call.scope.asker_id if alone else None
        blocks: list[Block] = [
            Bullets(
                (
                    *printed(self.stored.article, corrected=self._dated(you), cited=True),
                    *measured(self.stored, len(self.paragraphs)),
                )
            ),
            *self._outline(),
            *brought(call.scope.desk_id, self.origins),
            *told_story(self.others),
            *self._reading(),
            *told_proposals(
                [head for head in self.siblings if head.article_id == self.stored.article_id], self.proposals
            ),
            *self._corrections(you),
        ]
        return Reply(
            title_of(self.stored.article),
            tuple(blocks),
            actions=tuple(self._actions(call)),
            menus=tuple(self._menus(call)),
            again=show_request(self.stored.article_id),
        )

    def _dated(self, you: int | None) -> Words:
        """Say who put the date right, and when; nothing where nobody did."""
        if self.stored.article.published_kind is not DateKind.CORRECTED:
            return ()
        for kept in self.corrections:
            dates = isinstance(kept.correction, Edit) and "published" in kept.correction.changes
            if dates and not kept.withdrawn and kept.article_id == self.stored.article_id:
                return (*by_whom(kept, self.uploaders, you), " ", Moment(kept.made_at, relative=True))
        return ()

    def _outline(self) -> list[Block]:
        text = self.stored.article.text
        shown = self.paragraphs if len(self.paragraphs) <= MOST_LINES else self.paragraphs[: MOST_LINES - 1]
        items = [_outlined(number, span.cut(text)) for number, span in enumerate(shown, 1)]
        left = len(self.paragraphs) - len(shown)
        if left:
            items.append((f"… and {count(left, 'paragraph')} more",))
        return [Heading(("Outline",)), Bullets(tuple(items))] if items else []

    def _reading(self) -> list[Block]:
        """Say what reading left out and guessed, in the whole file; each line of it stands under a button."""
        notes = self.origins[0].notes
        left, said = dropped(notes), remarks(notes)
        among_others = len(self.siblings) > 1
        lines = [f"Left out{' in the whole file' if among_others else ''}: {left}"] if left else []
        lines += [f"Of its file: {remark}" if among_others else remark for remark in said[:MOST_REMARKS]]
        lines += [f"and {count(len(said) - MOST_REMARKS, 'remark')} more"] if len(said) > MOST_REMARKS else []
        return [Line((line,), small=True) for line in lines]

    def _corrections(self, you: int | None) -> list[Block]:
        lines = corrections_of(self.corrections, self.stored, uploaders=self.uploaders, titles=self.titles, you=you)
        if not lines:
            return []
        more = len(lines) - MOST_CORRECTIONS
        rest: list[Words] = [(f"… and {more} earlier",)] if more > 0 else []
        return [Heading(("Put right",)), Bullets((*lines[:MOST_CORRECTIONS], *rest))]

    def _actions(self, call: Call) -> list[Action]:
        """Return what can be done with it; to whom it is not allowed is told so at the click."""
        article = {"article": str(self.stored.article_id)}
        actions = [Action("Summarise", Request("summaries.summarise", article), Look.MAIN, Who.ANYONE, anew=True)]
        if self.origins[0].notes:
            sources = Request("corpus.sources", {"article": self.stored.article_id})
            actions.append(_private("Left out", sources))
        # All can see a public answer: then the buttons are there for those who may.
        if call.private and not (call.manager or call.scope.asker_id in self.uploaders):
            return actions
        actions.append(_private("Edit", Request("articles.edit", article)))
        if len(self.paragraphs) > 1:
            actions.append(_private("Split", Request("articles.split", article)))
        actions += to_split(self.proposals)
        if self.stored.ordinal + 1 < self.stored.siblings:
            actions.append(_private("Merge with next", Request("articles.merge", article)))
        if call.scope.desk_id > LOCAL_DESK:
            share = Request("articles.share", article)
            actions.append(Action("Share", share, who=Who.ANYONE, anew=True, openly=True))
        return [*actions, _private("Remove", Request("removal.remove", article), Look.DANGER)]

    def _date(self) -> list[Menu]:
        """Return what opens the date where it stands in the text."""
        article = self.stored.article
        place = article.published_at
        if place is None or place.span is None or place.origin is not DateOrigin.TEXT:
            return []
        span = {"article": self.stored.article_id, "start": place.span.start, "end": place.span.end, "number": 1}
        words = shorten(f"[1] {place.span.cut(article.text)}", 100)
        return [Menu("Open the date where it stands", (Choice(words, Request("corpus.passage", span)),))]

    def _menus(self, call: Call) -> list[Menu]:
        others = tuple(
            _choice(head, place)
            for place, head in enumerate(self.siblings, 1)
            if head.article_id != self.stored.article_id
        )
        undo = tuple(
            Choice(
                shorten(told(kept, self.titles), 100),
                withdraw_request(kept.correction_id, self.stored.article_id),
            )
            for kept in self.corrections
            if not (kept.withdrawn or kept.final)
            and not (isinstance(kept.correction, Drop) and kept.made_at < call.now - KEPT_FOR)
        )
        menus = [*self._date()]
        menus += [Menu("Another article of this file", others)] if others else []
        menus += to_open([one.head for one in self.others], "Another article of the same story")
        return [*menus, Menu("Take a correction back", undo)] if undo else menus


def _is_over(kept: KeptCorrection, now: datetime) -> bool:
    """Tell whether an article was taken out too long ago to come back."""
    return isinstance(kept.correction, Drop) and kept.made_at < now - KEPT_FOR


def show_request(article_id: int) -> Request:
    """Return what shows an article."""
    return Request("articles.show", {"article": str(article_id)})


def withdraw_request(correction_id: int, article_id: int) -> Request:
    """Return what takes a correction back."""
    return Request("articles.withdraw", {"correction": correction_id, "article": article_id})


def listed(head: ArticleHead, origin: StoredUpload | None, desk_id: int) -> list[Block]:
    """Return the two lines of an article in a list: its title; its source, date, and how it came."""
    where = address(desk_id, [origin]) if origin else None
    parts: list[Words] = [
        (head.source,) if head.source else (),
        (dated_head(head),),
        (f"{upload_name(origin)}, ", Moment(origin.created_at, relative=True)) if origin else (),
        (Link("open", where),) if where else (),
    ]
    return [Line((Bold(title_of(head)),)), Line(join(parts), small=True)]


def to_open(heads: Sequence[ArticleHead], prompt: str) -> tuple[Menu, ...]:
    """Return a menu that shows one of these articles, or none where there is none."""
    return (Menu(prompt, tuple(_choice(head) for head in heads)),) if heads else ()


def summed(head: ArticleHead) -> Words:
    """Say in a line what is known of an article."""
    return join([(Bold(title_of(head)),), (head.source,) if head.source else (), (dated_head(head),)])


def nothing_here(call: Call, *, mine: bool) -> Words:
    """Say that there is nothing to list, and what to try."""
    what = "You have brought nothing" if mine else "There is no article here yet"
    if call.private or call.scope.desk_id <= LOCAL_DESK:
        return (f"{what}. ", Command("add"), " brings one in.")
    more = " brings one in. An answer that only you see draws on everything that you can read: "
    return (f"{what} that this answer may show. ", Command("add"), more, Code("private:True"), ".")


def outlined(stored: StoredArticle, paragraphs: Sequence[Span]) -> list[Block]:
    """Return an article in three lines: its title, what is known of it, its first and its last words."""
    article = stored.article
    facts = join([provenance(article), (count(len(paragraphs), "paragraph"),)])
    first = first_words(paragraphs[0].cut(article.text), _FIRST_WORDS) if paragraphs else ""
    last = first_words(paragraphs[-1].cut(article.text), _FIRST_WORDS) if len(paragraphs) > 1 else ""
    words = join([(f"“{part}”",) for part in (first, last) if part], " … ")
    return [Line((Bold(title_of(article)),)), Line(facts, small=True), Line(words, small=True)]


def corrected(title: str, blocks: Sequence[Block], done: Corrected, *, heads: Sequence[ArticleHead] = ()) -> Reply:
    """Return the answer to a correction, with what takes it back, and with what comes next."""
    undo = Action("Undo", withdraw_request(done.correction_id, done.article_ids[0]), who=Who.ANYONE)
    last = {"article": str(done.article_ids[-1])}
    further = _private("Edit the second", Request("articles.edit", last)) if heads else to_show(done.article_ids[0])
    return Reply(title, tuple(blocks), (undo, further), to_open(heads, "Show one of them"), tone=Tone.DONE)


def to_show(article_id: int) -> Action:
    """Return a button that shows an article in place."""
    return Action("Show it", show_request(article_id), who=Who.ANYONE)


def places(stored: StoredArticle, paragraphs: Sequence[Span], title: str | None) -> Reply:
    """Offer the paragraphs with which a second article can begin."""
    name = title_of(stored.article)
    by_words: Words = ("With ", Code("at:"), " it can also begin in the middle of a paragraph: type its first words.")
    if len(paragraphs) < 2:
        told = ("It is one paragraph. ", *by_words)
        return Reply(f"Split: {name}", (Line(told),))
    options: dict[str, Any] = {"article": str(stored.article_id)} | ({"title": title} if title else {})
    choices = tuple(
        Choice(
            f"{number}. {first_words(span.cut(stored.article.text), 90)}",
            Request("articles.split", {**options, "at": str(number)}),
        )
        for number, span in enumerate(paragraphs[: MOST_PLACES + 1], 1)
        if number > 1
    )
    asked: Words = ("With which paragraph does the second article begin? A headline there becomes its title.",)
    menu = Menu("The second article begins with …", choices, who=Who.ASKER, private=False)
    again = Request("articles.split", options)
    return Reply(f"Split: {name}", (Line(asked), Line(by_words, small=True)), menus=(menu,), again=again)


def shared(stored: StoredArticle, origin: StoredUpload, added: Added) -> Reply:
    """Tell everyone that they may draw on a file; its name and the article's title are shared with this."""
    number = stored.siblings
    whole = f"all {count(number, 'article')} of “{origin.filename}”" if number > 1 else f"“{origin.filename}”"
    done = f"Answers anywhere in this server may now quote {whole}, whoever asks."
    if added.repeated:
        done = f"It was so already: answers anywhere in this server may quote {whole}."
    summarise = Request("summaries.summarise", {"article": str(stored.article_id)})
    actions = [Action("Summarise", summarise, Look.MAIN, Who.ANYONE, anew=True)]
    # What was brought for everyone from the beginning is no share, and not to be taken back as one.
    if added.upload_id != origin.upload_id:
        unshare = Request("articles.unshare", {"upload": added.upload_id})
        actions.append(Action("Undo", unshare, Look.DANGER, Who.ASKER_OR_MANAGER))
    return Reply(
        f"Shared: {title_of(stored.article)}",
        (Line((done,)),),
        actions=tuple(actions),
        tone=Tone.DONE,
        keeps_files=True,
    )


def _outlined(number: int, paragraph: str) -> Words:
    words = first_words(paragraph, _FIRST_WORDS)
    return (Bold(f"{number}. {words}"),) if is_headline(paragraph) else (Bold(f"{number}."), f" {words}")


def _choice(head: ArticleHead, place: int | None = None) -> Choice:
    label = title_of(head) if place is None else f"{place}. {title_of(head)}"
    said = " · ".join(part for part in (head.source, dated_head(head)) if part)
    return Choice(shorten(label, 100), show_request(head.article_id), shorten(said, 100))


def _private(label: str, request: Request, look: Look = Look.PLAIN) -> Action:
    return Action(label, request, look, Who.ANYONE, private=True)
