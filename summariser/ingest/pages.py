"""HTML: pages, and the pages that mails and books are made of."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from summariser.errors import NoArticleError, TooLargeError
from summariser.ingest.decoding import clean
from summariser.ingest.extract import Extract, Facts, parsing
from summariser.ingest.pageblocks import Block, choose, mark_dates, read_blocks, tell
from summariser.ingest.pagefacts import cut_title, read_stated
from summariser.ingest.roles import Role, is_capitalised, read_byline
from summariser.model import Note, NoteKind

# The longest pages of news sites have some ten thousand tags; each costs the extraction 50 us.
_MOST_TAGS = 100_000

# Less running text than this, in characters, is hardly an article; nor is a smaller share of the page's.
_LEAST_PROSE = 150
_LEAST_SHARE = 0.25
# So much longer is another reading worth more than ours.
_MUCH_MORE = 1.5
# Parts around the article that are told of one by one; nobody reads more.
_MOST_NOTES = 300
# A name has at most this many words.
_LONGEST_NAME = 5
_HEADS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BLOCK_TAGS = "p div head list item li ul ol cell td th tr row table quote blockquote pre code dt dd"
_BLOCKS = frozenset(_BLOCK_TAGS.split()) | set(_HEADS)
_BREAKS = frozenset({"lb", "br"})
_SPACES = re.compile(r"[ \t\r\n\f]+")


def read_html(text: str, filename: str) -> Extract:
    """Return the article of a page with what the page says of it, and a note on all that surrounds it.

    Where little of the page's running text is found together, trafilatura is asked too, and the longer text is taken.

    Raises:
        TooLargeError: more tags than any article has.
        NoArticleError: no running text.
        BrokenFileError: the parser gave up.
    """
    from lxml import html  # noqa: PLC0415  # readers load their library when first used

    if text.count("<") > _MOST_TAGS:
        raise TooLargeError(filename, what="tags", limit=f"{_MOST_TAGS:,}")
    with parsing(filename, "HTML"):
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
        stated = read_stated(tree)
        blocks, roles = read_blocks(tree)
        headings = [block.words for block in blocks if block.level]
        title, source = cut_title(stated, headings)
        start, end = choose(blocks, roles, title)
        mark_dates(blocks[start:end], stated.date)
        kept = [block for block in blocks[start:end] if block.role is None]
        lines = list(_marked(kept, title))
        notes = tuple(_notes(blocks))
        if _is_little(blocks, kept):
            lines, notes = _second_opinion(tree, lines, notes)
    if not lines:
        raise NoArticleError(filename)
    author = stated.author or _byline(blocks)
    facts = Facts(title, source, author, stated.date, stated.language)
    return Extract("\n\n".join(lines), marked=True, facts=facts, notes=notes)


def _marked(blocks: Sequence[Block], title: str | None) -> Iterator[str]:
    """Yield the blocks as lines, headings marked as in Markdown; the title is one even where its tag is none."""
    headed = any(block.level == 1 for block in blocks)
    for block in blocks:
        level = 1 if not headed and block.words == title else block.level
        yield f"{'#' * level} {block.words}" if level else block.words


def _notes(blocks: Sequence[Block]) -> Iterator[Note]:
    """Yield a note on each part of the page that was left out."""
    told = tell(blocks)
    for role, words in islice(told, _MOST_NOTES):
        yield Note(NoteKind.DROPPED, str(role), text=clean(words)[0])
    rest = "\n".join(words for _, words in told)
    if rest:
        yield Note(NoteKind.DROPPED, "page-furniture", text=clean(rest)[0])


def _is_little(blocks: Sequence[Block], kept: Sequence[Block]) -> bool:
    """Tell whether what was found is hardly an article, or a small part of what the page has."""
    found = sum(block.prose for block in kept)
    return found < _LEAST_PROSE or found < _LEAST_SHARE * sum(block.prose for block in blocks)


def _second_opinion(tree: Any, lines: list[str], notes: tuple[Note, ...]) -> tuple[list[str], tuple[Note, ...]]:  # noqa: ANN401  # lxml is untyped
    """Return what trafilatura takes for the article where that is much more, else what was found."""
    from trafilatura import bare_extraction  # noqa: PLC0415  # readers load their library when first used

    found = bare_extraction(tree, fast=True, include_comments=False, include_tables=True)
    body = getattr(found, "body", None)
    theirs = list(_blocks(body)) if body is not None else []
    if sum(map(len, theirs)) <= _MUCH_MORE * sum(map(len, lines)):
        return lines, notes
    detail = "Menus and whatever else surrounds the article were left out."
    return theirs, (Note(NoteKind.DROPPED, "page-furniture", detail),)


def _byline(blocks: Sequence[Block]) -> str | None:
    """Return the name in a by-line that the page marks as one."""
    named = [block.words for block in blocks if block.role is Role.BYLINE]
    for words in named[:1]:
        author, _ = read_byline(words) or (None, None)
        if author is None and 1 < len(words.split()) <= _LONGEST_NAME and is_capitalised(words):
            author = words
        return author
    return None


def read_fragment(markup: str) -> str:
    """Return the text of plain markup, its headings marked as in Markdown."""
    from lxml import html  # noqa: PLC0415  # readers load their library when first used

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    return "\n\n".join(_blocks(html.fromstring(f"<div>{markup}</div>".encode(), parser=parser)))


def _blocks(tree: Any) -> Iterator[str]:  # noqa: ANN401  # lxml is untyped
    """Yield a tree's paragraphs in order; a block inside another stands by itself."""
    from lxml import etree  # noqa: PLC0415  # loaded by our callers

    line: list[str] = []
    level = 0
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        if node.tag in _BLOCKS:
            yield from _flush(line, level)
            level = _level(node) if event == "start" else 0
        if event == "start":
            line.append(_SPACES.sub(" ", node.text or ""))
        else:
            line.append("\n" if node.tag in _BREAKS else "")
            line.append(_SPACES.sub(" ", node.tail or ""))
    yield from _flush(line, level)


def _level(node: Any) -> int:  # noqa: ANN401  # lxml is untyped
    """Return the rank of a heading, 0 for other blocks."""
    return _HEADS.get(node.get("rend", "h2") if node.tag == "head" else node.tag, 0)


def _flush(line: list[str], level: int) -> Iterator[str]:
    """Yield what was gathered, if it is more than space, and begin anew."""
    words = "\n".join(part.strip() for part in "".join(line).split("\n")).strip()
    line.clear()
    if words:
        yield "#" * level + " " + " ".join(words.split()) if level else words
