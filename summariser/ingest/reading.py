"""The way from bytes to articles."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from summariser.entities import name_mentions
from summariser.errors import NoArticleError, TooLargeError
from summariser.ingest.articles import BETWEEN, Draft, draft
from summariser.ingest.bundles import lay_out
from summariser.ingest.extract import Extract, Facts
from summariser.ingest.opening import open_file
from summariser.ingest.roles import Role
from summariser.ingest.units import units
from summariser.limits import Limits
from summariser.model import Article, Document, Named, Note, NoteKind, Proposal, Reading, Signature
from summariser.text import guess_language, is_sentence, sign, split_sentences

# Finding names takes longer than all else: 0.1 s for 5000 characters. Nobody waits for more than the first so many.
_NAMED_AT_ONCE = 20_000
# An article that repeats another shares most of its keys: the nearest few are enough to look at.
_LOOKED_AT = 3


def read(data: bytes, filename: str, *, limits: Limits | None = None, charset: str | None = None) -> Document:
    """Return the articles of a file, told by its content and not by its name.

    The document's notes list each line that was dropped, each guess and each refusal. `charset` is what the server
    said of the letters' encoding; it is believed where the bytes allow.

    Raises:
        ReadError: the file cannot be read; which kind of it says why.
    """
    limits = limits or Limits()
    contents = open_file(data, filename, limits, charset)
    sections = [(part, _draft(part)) for part in contents.parts]
    kept = [(part, drafts) for part, drafts in sections if any(one.paragraphs for one in drafts)]
    drafts = [one for _, ones in kept for one in ones]
    if not drafts:
        raise NoArticleError(filename)
    if len(drafts) > limits.articles:
        raise TooLargeError(filename, what="articles", limit=f"{limits.articles:,}")
    canonical, articles = _compose(drafts)
    proposals = tuple(_propose(drafts))
    refused = (_refusal(part) for part, ones in sections if (part, ones) not in kept)
    notes = (*contents.notes, *refused, *_told(kept))
    return Document(
        canonical,
        articles,
        (*notes, *map(_question, proposals)),
        format=contents.kind.value,
        encoding=contents.encoding,
        proposals=proposals,
    )


def prepare(
    data: bytes,
    filename: str,
    *,
    limits: Limits | None = None,
    charset: str | None = None,
    pipeline: str | None = None,
) -> Reading:
    """Return the articles of a file with the sentences that can be quoted from each; see `read`.

    Raises:
        ReadError: the file cannot be read; which kind of it says why.
    """
    document = read(data, filename, limits=limits, charset=charset)
    signatures = tuple(sign(article.text) for article in document.articles)
    repeated = tuple(_repetitions(document.articles, signatures))
    return Reading(
        replace(document, notes=(*document.notes, *repeated)),
        tuple(
            tuple(
                sentence
                for sentence in split_sentences(article.text, language=article.language)
                if is_sentence(sentence.cut(article.text))
            )
            for article in document.articles
        ),
        signatures,
        tuple(_names(document.articles, pipeline)),
    )


def _names(articles: Sequence[Article], pipeline: str | None) -> Iterator[tuple[Named, ...] | None]:
    """Yield who is named in each article; None for those that are left for later, behind the first few."""
    for article, length in zip(articles, accumulate(len(one.text) for one in articles), strict=True):
        at_once = length <= _NAMED_AT_ONCE
        yield name_mentions(article.text, language=article.language, pipeline=pipeline) if at_once else None


def _draft(part: Extract) -> list[Draft]:
    """Return the articles of a text; what the file says of itself holds for its only article, its source for all."""
    layout = lay_out(units(part.text, marked=part.marked))
    facts = part.facts if len(layout.parts) == 1 else Facts(source=part.facts.source, language=part.facts.language)
    drafts, begin = [], 0
    for row in layout.parts:
        doubtful = [index - begin for index in layout.doubtful if begin <= index < begin + len(row)]
        drafts.append(draft(row, facts, doubled=layout.doubled, doubtful=doubtful))
        begin += len(row)
    front = (Note(NoteKind.DROPPED, str(unit.role or Role.PREAMBLE), text=unit.words) for unit in layout.front)
    return [replace(drafts[0], notes=(*front, *drafts[0].notes)), *drafts[1:]]


def _compose(drafts: Sequence[Draft]) -> tuple[str, tuple[Article, ...]]:
    """Return the canonical text, titles and paragraphs in order, and the articles that stand in it."""
    pieces: list[str] = []
    articles = []
    length = 0
    for one in drafts:
        head = [line for line in (one.republished_title, one.title) if line]
        text = BETWEEN.join(one.paragraphs)
        length += sum(len(line) + len(BETWEEN) for line in head)
        articles.append(_article(one, text, length))
        length += len(text) + len(BETWEEN)
        pieces += [*head, text]
    return BETWEEN.join(pieces), tuple(articles)


def _propose(drafts: Sequence[Draft]) -> Iterator[Proposal]:
    """Yield the places where a heading of an article may be another article's headline."""
    for number, one in enumerate(drafts):
        ends = list(accumulate(len(paragraph) + len(BETWEEN) for paragraph in one.paragraphs))
        for index in one.doubtful:
            yield Proposal(number, ends[index - 1] - len(BETWEEN), ends[index], one.paragraphs[index])


def _question(proposal: Proposal) -> Note:
    """Return the note that says where another article may begin."""
    detail = f"Another article may begin in article {proposal.article + 1} at “{proposal.title}”."
    return Note(NoteKind.PROPOSED, "split", detail, proposal.title or "")


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
        published_at=date.place if date else None,
        language=guess_language(text) or one.language,
        start=start,
    )


def _told(sections: Sequence[tuple[Extract, Sequence[Draft]]]) -> tuple[Note, ...]:
    """Return the notes in order, with one for each split and for each file that begins."""
    notes: list[Note] = []
    number = 0
    for part, drafts in sections:
        if part.name:
            detail = f"Article {number + 1} is where “{part.name}” begins."
            notes.append(Note(NoteKind.SPLIT, "file", detail, part.name))
        notes += part.notes
        for index, one in enumerate(drafts):
            number += 1
            if index or (number > 1 and not part.name):
                notes.append(Note(NoteKind.SPLIT, "article", f"Article {number} begins.", one.title or ""))
            notes += one.notes
    return tuple(notes)


def _repetitions(articles: Sequence[Article], signatures: Sequence[Signature]) -> Iterator[Note]:
    """Yield a note for each article that tells an earlier one's story in its words."""
    shelves: defaultdict[int, list[int]] = defaultdict(list)
    for index, own in enumerate(signatures):
        near = Counter(other for key in own.keys for other in shelves[key])
        for other, _ in near.most_common(_LOOKED_AT):
            if own.alike(signatures[other]) >= Signature.SAME_STORY:
                detail = f"Article {index + 1} repeats article {other + 1}."
                yield Note(NoteKind.DUPLICATE, "article", detail, articles[index].title or "")
                break
        for key in own.keys:
            shelves[key].append(index)


def _refusal(part: Extract) -> Note:
    """Return a note that one of several texts holds no article."""
    return Note(NoteKind.REFUSED, "file", str(NoArticleError(part.name)), part.name)
