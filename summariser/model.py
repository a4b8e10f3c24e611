"""The shared words: frozen values that travel between the rooms of the program.

All offsets count Unicode code points. A span of an article indexes `article.text`; a span of a document indexes
`document.text`; the two are `article.start` apart.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

TextId = str
"""The sha256, in hex, of a stored text in UTF-8."""


class DateKind(StrEnum):
    """Where an article's date was read."""

    PUBLISHED = "published"
    MODIFIED = "modified"
    DATELINE = "dateline"
    INFERRED = "inferred"
    FEED = "feed"
    """Not on the page: the feed that named the page says so."""
    CORRECTED = "corrected"


class DateOrigin(StrEnum):
    """What holds the words of an article's date."""

    TEXT = "text"
    LINE = "line"
    FIELD = "field"
    ADDRESS = "address"


class NoteKind(StrEnum):
    """What reading a file did besides taking its text over."""

    DROPPED = "dropped"
    GUESSED = "guessed"
    REFUSED = "refused"
    SPLIT = "split"
    PROPOSED = "proposed"
    DUPLICATE = "duplicate"


class MentionType(StrEnum):
    """The kinds of names that are recognised."""

    PER = "PER"
    ORG = "ORG"
    LOC = "LOC"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"no span runs from {self.start} to {self.end}")

    def __reduce__(self) -> tuple[type["Span"], tuple[int, int]]:
        """Return how to make it again: a brief sends a worker some thousand, in a third of the time that takes else."""
        return Span, (self.start, self.end)

    def cut(self, text: str) -> str:
        """Cut the spanned words out of `text`."""
        return text[self.start : self.end]

    def moved(self, by: int) -> "Span":
        """Return the same stretch, counted from `by` characters earlier."""
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that reading did: a line dropped, a guess made, a part refused."""

    kind: NoteKind
    role: str
    """What the line was taken for or what was guessed, as a short name: `byline`, `share-bar`, `encoding`."""
    detail: str = ""
    """A sentence for people, where the role does not say it all."""
    text: str = ""
    """The words concerned, as they stood in the file."""


@dataclass(frozen=True, slots=True)
class DatePlace:
    """Where the words of an article's date were read."""

    origin: DateOrigin
    holder: str = ""
    """What holds them: a dropped line, word for word as the note on it has it; an address; the name of the field that
    states them for machines. Empty where that is the article's own text."""
    span: Span | None = None
    """Where they stand in the article's text or in `holder`; None for a field, whose value they are."""

    def words(self, text: str) -> str | None:
        """Cut the date out of what holds it, `text` being the article's; None where it is a field's value."""
        if self.span is None:
            return None
        return self.span.cut(text if self.origin is DateOrigin.TEXT else self.holder)

    def holds(self, words: str | None, text: str) -> bool:
        """Tell whether these words stand there, `text` being the article's; of a field its value is not known."""
        return self.span is None or self.words(text) == words


@dataclass(frozen=True, slots=True)
class Article:
    """One story: its text as people would have copied it by hand, and what is printed about it."""

    text: str
    title: str | None = field(default=None, kw_only=True)
    republished_title: str | None = field(default=None, kw_only=True)
    source: str | None = field(default=None, kw_only=True)
    author: str | None = field(default=None, kw_only=True)
    published: datetime | None = field(default=None, kw_only=True)
    published_kind: DateKind | None = field(default=None, kw_only=True)
    published_words: str | None = field(default=None, kw_only=True)
    """The date as it was printed."""
    published_at: DatePlace | None = field(default=None, kw_only=True)
    """Where it was; None where it was not read but corrected."""
    language: str | None = field(default=None, kw_only=True)
    """ISO 639-1, or None where the text did not tell."""
    start: int = field(default=0, kw_only=True)
    """Where the text begins in its document: `document.text[a.start : a.end] == a.text`."""

    @property
    def end(self) -> int:
        """Where the text ends in its document."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A place where another article may begin: too unsure to split there unasked, worth a question."""

    article: int
    """Index into the document's articles."""
    at: int
    """Where the first of the two would end in the article's text."""
    body: int
    """Where the text of the second would begin, behind its title."""
    title: str | None = None
    """The second's title, which stands between `at` and `body`; None where it has none."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a file turned out to hold."""

    text: str
    """The canonical text: decoded, extracted, dropped lines taken out. It never changes once stored."""
    articles: tuple[Article, ...]
    notes: tuple[Note, ...] = ()
    format: str = "txt"
    """What the content proved to be: `txt`, `pdf`, `zip` ...: see `summariser.ingest.kinds`."""
    encoding: str | None = None
    proposals: tuple[Proposal, ...] = ()
    """Splits that a person may want, in the order of the text."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence and where it stands."""

    text: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Return where it stands."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Summary:
    """The sentences chosen from one text, in the order of the text."""

    passages: tuple[Passage, ...]
    notes: tuple[str, ...] = ()
    """Sentences for people: what was asked for and could not be had."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a brief, with the article that it was cut from."""

    text: str
    article: int
    """Index into the articles that the brief was made of."""
    start: int
    end: int
    also: tuple[int, ...] = ()
    """The other articles that carry the same sentence."""


@dataclass(frozen=True, slots=True)
class Brief:
    """The sentences chosen from many articles."""

    quotes: tuple[Quote, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """A story that is to be told in a few sentences, beside others."""

    articles: tuple[Article, ...]
    spans: tuple[tuple[Span, ...], ...]
    """The finished sentences of each."""
    sentences: int
    told: int = 0
    """So many of the articles, the first ones, were told of before."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two articles that say the same with another figure or name in one place."""

    one: Quote
    other: Quote
    in_one: Span
    """The words that differ, within `one.text`."""
    in_other: Span


@dataclass(frozen=True, slots=True)
class Dossier:
    """A brief by the days that it tells of."""

    brief: Brief
    """Its quotes in the order of what they tell."""
    days: tuple[date | None, ...]
    """For each quote the day of what it tells: the one that it names, else that of its article."""


class Precision(StrEnum):
    """How exactly a date in a text is told."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Event:
    """A sentence that tells when something was."""

    day: date
    """The day, or the first of the month or year."""
    precision: Precision
    quote: Quote
    words: Span
    """The date as it is written, within `quote.text`."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The dated sentences of many articles, the earliest first."""

    events: tuple[Event, ...]
    left_out: int = 0
    """How many more there are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A passage in which words were found again, or nearly."""

    quote: Quote
    exact: bool
    """Word for word: letters, accents and digits; case, blanks and punctuation do not count."""
    share: float
    """How much of it is the same, 0 to 1."""
    differing: tuple[Span, ...]
    """The words in `quote.text` that were not asked for."""
    missing: tuple[Span, ...]
    """The words in what was asked that are not in the passage."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it was written."""

    start: int
    end: int
    type: MentionType
    surface: str
    confidence: float = 1.0
    rule: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A name as it is spelled, with what kind of name it is."""

    type: MentionType
    words: str


@dataclass(frozen=True, slots=True)
class Entity:
    """Who is meant: the mentions that belong together, and what is likely but unproven."""

    name: str
    type: MentionType
    aliases: tuple[str, ...]
    mentions: tuple[tuple[int, int, int], ...]
    """(document index, start, end) of each."""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A mention with the name that its text tells in full."""

    mention: Mention
    name: str
    """The fullest usual spelling of the same one in the same text; the mention's own where the text has no fuller."""
    keys: tuple[str, ...] = ()
    """What the name is looked up by across texts: `summariser.entities.name_keys` of its type and name."""


class Verdict(StrEnum):
    """What a person found out about names."""

    SAME = "same"
    DIFFERENT = "different"
    RENAME = "rename"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on who is meant by names; it outranks the machine, and a later one an earlier one."""

    verdict: Verdict
    type: MentionType
    one: str
    """The name that it is about, in any spelling that differs in case, accents, articles or titles alone."""
    other: str = ""
    """The name that is or is not the same; for `RENAME` what the first is to be called; empty for `REJECT`."""
    other_type: MentionType | None = None
    """The type of `other`, where a person joined or parted names of two types."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two groups of names that may mean the same: likely, unproven."""

    one: int
    other: int
    """Indices into the groups, the first the smaller."""
    evidence: str
    """Why, in a short word: see `summariser.entities.evidence`."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """Who is meant by names: each group is one person, body or place."""

    groups: tuple[tuple[int, ...], ...]
    """Indices into the names that were given, each in one group."""
    names: tuple[str, ...]
    """What each group is called: by a person's word, or its most frequent full spelling."""
    candidates: tuple[Candidate, ...] = ()
    rejected: tuple[int, ...] = ()
    """The groups of which a person said that they are none."""
    anybodys: tuple[int, ...] = ()
    """The groups that are called what many are called, such as `Ministry of Health` without its country."""


@dataclass(frozen=True, slots=True)
class Kindred:
    """What leads from names to others that may mean the same."""

    keys: tuple[str, ...]
    names: tuple[Name, ...]
    """Those that a person joined with one of them."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A sentence that shows somebody."""

    article: int
    """Index into the articles that were looked through."""
    passage: Passage
    marked: tuple[Span, ...]
    """The names, within `passage.text`."""
    worth: float
    """How well it shows who that is; below 0 it does not stand by itself."""
    like: int
    """The first of the articles whose sentence says nearly the same: its own where it is the first."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A passage within its paragraph, cut so that `before + words + after` is the paragraph."""

    before: str
    words: str
    after: str
    paragraph: int
    """Counted from 1."""
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Signature:
    """What an article can be compared by in place of its words: MinHash by its bottom k (Broder 1997).

    It is the same on every machine. Copies are looked up by `keys`, then weighed with `alike`.
    """

    KEPT: ClassVar[int] = 256
    KEYS: ClassVar[int] = 12
    SAME_STORY: ClassVar[float] = 0.5
    """From here on two articles are one story: copies less three in ten of their sentences stay above it, and different
    stories far below (bench/README.md)."""

    shingles: int
    """How many different runs of words the article has."""
    smallest: tuple[int, ...]
    """The smallest of their hashes, ascending, 63 bits each; `KEPT` of them at most."""

    @property
    def keys(self) -> tuple[int, ...]:
        """Return what to look copies up by: of 3000 pairs of articles that are barely one story, one shares none."""
        return self.smallest[: self.KEYS]

    def alike(self, other: "Signature") -> float:
        """Return how much of the shorter article stands in the longer word for word, 0 to 1, as an estimate.

        0 where one is much shorter: it is a brief of the other or a quotation from it, and no copy.
        """
        fewer, more = sorted((self.shingles, other.shingles))
        if not fewer or fewer < 0.3 * more:
            return 0.0
        first, second = set(self.smallest), set(other.smallest)
        sample = sorted(first | second)[: self.KEPT]
        shared = len((first & second).intersection(sample)) / len(sample)
        return min(1.0, shared / (1 + shared) * (fewer + more) / fewer)


@dataclass(frozen=True, slots=True)
class Reading:
    """A document ready to be stored: its articles, their sentences, and what their copies are found by."""

    document: Document
    sentences: tuple[tuple[Span, ...], ...]
    """For each article, spans that index the article's text."""
    signatures: tuple[Signature, ...] = ()
    """One for each article."""
    names: tuple[tuple[Named, ...] | None, ...] = ()
    """For each article who is named in it; None where that is left for later."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """What a feed says of one page."""

    guid: str
    """What the feed knows it by; without that its address, without either a hash of its words."""
    url: str | None
    title: str | None
    author: str | None
    published: datetime | None
    """In UTC; the time of its last change where no other is told."""
    text: str
    """What the feed itself gives of it, as HTML or plain; often a summary."""
    content: str
    """The sha256, in hex, of its title and text: the same words under another id are not new."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What stands at a feed's address."""

    title: str | None
    page: str | None
    """The address of the page that it is the feed of."""
    entries: tuple[FeedEntry, ...]
    """In the feed's own order, mostly the newest first; no id twice."""
    minutes: int | None = None
    """For how long the feed asks to be left alone."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed as an OPML list names it."""

    url: str
    title: str | None
