"""What is said of uploads: which articles were read, what was left out or guessed, what failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.services.replies import (
    Action,
    Block,
    Bold,
    Bullets,
    Choice,
    Heading,
    Inline,
    Line,
    Link,
    Look,
    Menu,
    Reply,
    Request,
    Tone,
    Who,
    Words,
    join,
)
from bot.services.stories import repost_of, to_split, told_again, told_proposals
from bot.services.wording import count, dated_head, dropped, head_line, remarks, shorten, title_of
from storage.base import Alike, ArticleHead, Split, StoredUpload
from summariser.model import NoteKind

Failures = Sequence[Sequence[str]]
"""[name, reason] of each thing that could not be taken in; lists, because a request keeps them as JSON."""

# More would bury the articles; the rest stands under Sources.
MOST_REMARKS = 4


@dataclass(frozen=True, slots=True)
class Read:
    """What is known of the articles of a receipt beside what is printed about them."""

    known: frozenset[int]
    """Those whose very text was here before."""
    alike: Mapping[int, Sequence[Alike]]
    proposals: Mapping[int, Sequence[Split]]


def receipt(found: Sequence[StoredUpload], *, failures: Failures, read: Read, again: Request) -> Reply:
    """Say what was read in these uploads, and what could not be."""
    known, reposts = read.known, _reposts(found, read)
    heads = [head for upload in found for head in upload.articles]
    blocks: list[Block] = [Line((_totals(found, heads, failures, known),), small=True)] if len(found) > 1 else []
    for upload in found:
        blocks += _upload_blocks(upload, known, reposts)
        blocks += told_proposals(upload.articles, read.proposals)
    blocks += _failure_blocks(failures)
    uploads = [upload.upload_id for upload in found]
    return Reply(
        title=_title(heads, known),
        blocks=tuple(blocks),
        actions=(*_actions(heads, uploads), *to_split(read.proposals)),
        menus=_menus(heads),
        tone=Tone.WARNING if failures else Tone.DONE,
        again=again,
        keeps_files=True,
    )


def _title(heads: Sequence[ArticleHead], known: frozenset[int]) -> str:
    fresh = [head for head in heads if head.article_id not in known]
    if not heads:
        return "Nothing was added"
    if not fresh:
        return "Already here"
    return f"Added {count(len(fresh), 'article')}"


def _totals(
    found: Sequence[StoredUpload], heads: Sequence[ArticleHead], failures: Failures, known: frozenset[int]
) -> str:
    totals = f"{count(len(heads), 'article')} in {count(len(found), 'file')}"
    here = sum(head.article_id in known for head in heads)
    totals += f", {here} of them here already" if 0 < here < len(heads) else ""
    return f"{totals} · {len(failures)} could not be read" if failures else totals


def _reposts(found: Sequence[StoredUpload], read: Read) -> dict[int, Words]:
    """Say of those that are reposts of which article; of those that are here already that is said instead."""
    heads = [head for upload in found for head in upload.articles]
    told = (
        (head.article_id, repost_of(head, read.alike, heads[:place], heads[place:]))
        for place, head in enumerate(heads)
        if head.article_id not in read.known
    )
    return {article_id: told_again(other) for article_id, other in told if other}


def _upload_blocks(upload: StoredUpload, known: frozenset[int], reposts: Mapping[int, Words]) -> list[Block]:
    name: Inline = Link(shorten(upload.url, 80), upload.url) if upload.url else upload.filename
    guessed = any(note.role == "encoding" and note.kind is NoteKind.GUESSED for note in upload.notes)
    told = "" if guessed or upload.encoding in (None, "utf-8") else f", {upload.encoding}"
    kind = upload.format.upper() + told
    items = tuple(_article(head, known, reposts.get(head.article_id, ())) for head in upload.articles)
    blocks: list[Block] = [Heading((name,)), Bullets(items)]
    left = dropped(upload.notes)
    facts = join([(kind,), (f"left out: {left}",) if left else ()])
    return [*blocks, Line(facts, small=True), *_remark_lines(upload)]


def _remark_lines(upload: StoredUpload) -> list[Block]:
    said = remarks(upload.notes)
    more = (f"and {len(said) - MOST_REMARKS} remarks more: see Sources",) if len(said) > MOST_REMARKS else ()
    return [Line((remark,), small=True) for remark in (*said[:MOST_REMARKS], *more)]


def _article(head: ArticleHead, known: frozenset[int], repost: Words) -> Words:
    repeated: Words = ("already here",) if head.article_id in known else repost
    parts = [(Bold(title_of(head)),), (head.source,) if head.source else (), (dated_head(head),), repeated]
    return join(parts)


def _failure_blocks(failures: Failures) -> list[Block]:
    if not failures:
        return []
    return [Heading(("Not read",)), Bullets(tuple((reason,) for _, reason in failures))]


def _actions(heads: Sequence[ArticleHead], uploads: list[int]) -> tuple[Action, ...]:
    if not uploads:
        return ()
    undo = Action("Undo", Request("corpus.undo", {"uploads": uploads}), Look.DANGER, Who.ASKER_OR_MANAGER)
    if len(heads) != 1:
        return (undo,)
    return (Action("Summarise", _summarise(heads[0]), Look.MAIN, Who.ANYONE, anew=True), undo)


def _menus(heads: Sequence[ArticleHead]) -> tuple[Menu, ...]:
    if len(heads) < 2:
        return ()
    choices = tuple(Choice(title_of(head), _summarise(head), _description(head)) for head in heads)
    return (Menu("Summarise one of them", choices, private=False, anew=True),)


def _summarise(head: ArticleHead) -> Request:
    return Request("summaries.summarise", {"article": str(head.article_id)})


def _description(head: ArticleHead) -> str:
    line = head_line(head)[1:]
    return "".join(part for part in line if isinstance(part, str)).removeprefix(" · ")
