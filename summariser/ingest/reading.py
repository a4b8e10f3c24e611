"""The way from bytes to articles."""

from collections.abc import Sequence
from dataclasses import replace

from summariser.errors import EmptyFileError, NoArticleError, TooLargeError
from summariser.ingest.articles import Draft, draft
from summariser.ingest.bundles import split
from summariser.ingest.decoding import Decoded, clean, decode
from summariser.ingest.documents import read_docx, read_pdf
from summariser.ingest.extract import Extract, Facts
from summariser.ingest.hyphens import join_parted
from summariser.ingest.kinds import Kind, recognise_bytes, recognise_text
from summariser.ingest.mail import read_mail
from summariser.ingest.markdown import read_markdown
from summariser.ingest.pages import read_html
from summariser.ingest.units import units
from summariser.limits import Limits
from summariser.model import Article, Document, Note, NoteKind, Reading
from summariser.text import guess_language, is_sentence, split_sentences

_BETWEEN = "\n\n"
# Each line is looked at by itself, at up to 0.1 ms; a novel has ten thousand.
_MOST_LINES = 100_000


def read(data: bytes, filename: str, *, limits: Limits | None = None, charset: str | None = None) -> Document:
    """Return the articles of a file, told by its content and not by its name.

    The document's notes list each line that was dropped, each guess and each refusal. `charset` is what the server
    said of the letters' encoding; it is believed where the bytes allow.

    Raises:
        ReadError: the file cannot be read; which kind of it says why.
    """
    limits = limits or Limits()
    if len(data) > limits.bytes:
        raise TooLargeError(filename, what="bytes", limit=f"{limits.bytes / 2**20:g} MiB")
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise EmptyFileError(filename)
    kind, decoded, extract = _extract(data, filename, limits, charset)
    text, cleaning = clean(extract.text)
    if not text.strip():
        raise EmptyFileError(filename)
    _check_length(text, filename, limits)
    text, joined = join_parted(text) if kind in {Kind.TXT, Kind.MD} else (text, ())
    drafts = _draft(text, extract)
    if not any(one.paragraphs for one in drafts):
        raise NoArticleError(filename)
    if len(drafts) > limits.articles:
        raise TooLargeError(filename, what="articles", limit=f"{limits.articles:,}")
    canonical, articles = _compose(drafts)
    notes = (*(decoded.notes if decoded else ()), *cleaning, *extract.notes, *joined, *_told(drafts))
    return Document(canonical, articles, notes, format=kind.value, encoding=decoded.encoding if decoded else None)


def prepare(data: bytes, filename: str, *, limits: Limits | None = None, charset: str | None = None) -> Reading:
    """Return the articles of a file with the sentences that can be quoted from each; see `read`.

    Raises:
        ReadError: the file cannot be read; which kind of it says why.
    """
    document = read(data, filename, limits=limits, charset=charset)
    return Reading(
        document,
        tuple(
            tuple(
                sentence
                for sentence in split_sentences(article.text, language=article.language)
                if is_sentence(sentence.cut(article.text))
            )
            for article in document.articles
        ),
    )


def _extract(data: bytes, filename: str, limits: Limits, charset: str | None) -> tuple[Kind, Decoded | None, Extract]:
    """Return what a file is and what its reader takes out of it."""
    kind = recognise_bytes(data, filename)
    if kind is Kind.PDF:
        return kind, None, read_pdf(data, filename, limits)
    if kind is Kind.DOCX:
        return kind, None, read_docx(data, filename)
    decoded = decode(data, filename, charset)
    _check_length(decoded.text, filename, limits)
    kind = recognise_text(decoded.text, filename)
    if kind is Kind.HTML:
        return kind, decoded, read_html(decoded.text, filename)
    text, cleaning = clean(decoded.text)
    extract = read_markdown(text) if kind is Kind.MD else read_mail(text)
    return kind, decoded, replace(extract, notes=(*cleaning, *extract.notes))


def _check_length(text: str, filename: str, limits: Limits) -> None:
    """Refuse a text of more characters than the limits allow, or of more lines than anybody writes."""
    if len(text) > limits.characters:
        raise TooLargeError(filename, what="characters", limit=f"{limits.characters:,}")
    if text.count("\n") > _MOST_LINES:
        raise TooLargeError(filename, what="lines", limit=f"{_MOST_LINES:,}")


def _draft(text: str, extract: Extract) -> list[Draft]:
    """Return the articles of a text; what the file says of itself holds for its only article, its source for all."""
    parts = split(units(text, marked=extract.marked))
    if len(parts) == 1:
        return [draft(parts[0], extract.facts)]
    return [draft(part, Facts(source=extract.facts.source)) for part in parts]


def _compose(drafts: Sequence[Draft]) -> tuple[str, tuple[Article, ...]]:
    """Return the canonical text, titles and paragraphs in order, and the articles that stand in it."""
    pieces: list[str] = []
    articles = []
    length = 0
    for one in drafts:
        head = [line for line in (one.republished_title, one.title) if line]
        text = _BETWEEN.join(one.paragraphs)
        length += sum(len(line) + len(_BETWEEN) for line in head)
        articles.append(_article(one, text, length))
        length += len(text) + len(_BETWEEN)
        pieces += [*head, text]
    return _BETWEEN.join(pieces), tuple(articles)


def _article(one: Draft, text: str, start: int) -> Article:
    """Make the article that stands at `start` in its document."""
    date = one.date
    return Article(
        text,
        title=one.title,
        republished_title=one.republished_title,
        source=one.source,
        author=one.author,
        published=date.when if date else None,
        published_kind=date.kind if date else None,
        published_words=date.words if date else None,
        language=guess_language(text),
        start=start,
    )


def _told(drafts: Sequence[Draft]) -> tuple[Note, ...]:
    """Return the drafts' notes in order, with one for each split."""
    notes: list[Note] = []
    for number, one in enumerate(drafts):
        if number:
            notes.append(Note(NoteKind.SPLIT, "article", f"Article {number + 1} begins.", one.title or ""))
        notes += one.notes
    return tuple(notes)
