"""Electronic books: each chapter a text of its own."""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from summariser.errors import EncryptedFileError, TooLargeError
from summariser.ingest.archives import opened, read_xml
from summariser.ingest.extract import Extract, Facts, Opened
from summariser.ingest.visible import visible_text
from summariser.model import Note, NoteKind

_KIND = "EPUB"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PAGES = ("application/xhtml+xml", "text/html")
# Covers, titles and dedications have fewer words.
_LEAST_WORDS = 30
# The parser leaves out paragraphs of ten megabytes.
_LONGEST = 8 * 2**20
# Programs that make books name themselves as authors.
_PROGRAMS = frozenset({"calibre", "unknown", "pandoc", "sigil"})


def read_epub(data: bytes, filename: str) -> Opened:
    """Return the chapters of a book in reading order, its title as their source; covers and contents are left out.

    Raises:
        TooLargeError: it unpacks to more than any book needs.
        EncryptedFileError: its chapters are locked.
        UnsafeFileError: it defines entities.
        BrokenFileError: it is damaged.
    """
    with opened(data, filename, _KIND) as container:
        place = _package_place(container, filename)
        package = _parse(read_xml(container, place, filename, _KIND))
        locked = _locked(container, filename)
        facts = _facts(package)
        chapters: list[Extract] = []
        notes: list[Note] = []
        for href in _spine(package):
            name = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(href)))
            if name in locked:
                raise EncryptedFileError(filename)
            if container.getinfo(name).file_size > _LONGEST:
                raise TooLargeError(filename, what="bytes in a chapter", limit=f"{_LONGEST // 2**20} MiB")
            text = visible_text(container.read(name), filename)
            if len(text.split()) < _LEAST_WORDS:
                notes.append(Note(NoteKind.DROPPED, "front-matter", text=" ".join(text.replace("#", "").split())))
            else:
                chapters.append(Extract(text, marked=True, facts=facts, name=name))
    return Opened(tuple(chapters), tuple(note for note in notes if note.text))


def _parse(markup: bytes) -> Any:  # noqa: ANN401  # lxml is untyped
    """Return the root of a small XML file, read without entities or anything from elsewhere."""
    from lxml import etree  # noqa: PLC0415  # readers load their library when first used

    return etree.fromstring(markup, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _package_place(container: zipfile.ZipFile, filename: str) -> str:
    """Return where the book's list of parts stands."""
    root = _parse(read_xml(container, "META-INF/container.xml", filename, _KIND))
    return str(next(node.get("full-path") for node in root.iter("{*}rootfile")))


def _spine(package: Any) -> Iterator[str]:  # noqa: ANN401  # lxml is untyped
    """Yield the places of the chapters in reading order, each once."""
    items = {item.get("id"): item for item in package.iter("{*}item")}
    seen: set[str] = set()
    for reference in package.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _PAGES or "nav" in (item.get("properties") or "").split():
            continue
        href = item.get("href") or ""
        if href not in seen:
            seen.add(href)
            yield href


def _locked(container: zipfile.ZipFile, filename: str) -> frozenset[str]:
    """Return the places that are encrypted; scrambled fonts are of no concern."""
    if "META-INF/encryption.xml" not in container.namelist():
        return frozenset()
    root = _parse(read_xml(container, "META-INF/encryption.xml", filename, _KIND))
    return frozenset(unquote(node.get("URI") or "") for node in root.iter("{*}CipherReference"))


def _facts(package: Any) -> Facts:  # noqa: ANN401  # lxml is untyped
    """Return the book's title as the source of its chapters, and its author where it names one."""
    title = _words(next(package.iter(f"{_DC}title"), None))
    authors = [author for author in map(_words, package.iter(f"{_DC}creator")) if author]
    author = authors[0] if len(authors) == 1 and authors[0].casefold() not in _PROGRAMS else None
    return Facts(source=title, author=author)


def _words(node: Any) -> str | None:  # noqa: ANN401  # lxml is untyped
    """Return what an element says, None for nothing."""
    return " ".join((node.text or "").split()) or None if node is not None else None
