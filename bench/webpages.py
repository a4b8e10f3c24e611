"""How well web pages are read, beside trafilatura on the same pages; a part of bench/reading.py.

Each page stands beside its articles' `text`, paragraph by paragraph as a person would copy it, and beside lines of its
furniture, `drop`. Words are compared as bags; headlines count for neither side.
"""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from statistics import mean

from trafilatura import bare_extraction

from summariser.errors import ReadError
from summariser.ingest import prepare
from summariser.model import Document, NoteKind
from summariser.text import split_sentences

FACTS = ("title", "republished_title", "source", "author")
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Webpage:
    """A page, what was read of it, and what should have been."""

    name: str
    markup: str
    expected: dict
    document: Document | None
    """None where it was refused."""

    @property
    def gold(self):
        return [paragraph for one in self.expected["articles"] for paragraph in one["text"]]

    @property
    def read(self):
        return "\n\n".join(article.text for article in self.document.articles) if self.document else ""

    @property
    def titles(self):
        return {one[name] for one in self.expected["articles"] for name in FACTS[:2] if one.get(name)}


def measure_webpages(folder: Path):
    """Return the rows for our reader and for trafilatura, and what is wrong."""
    pages = [load_webpage(path) for path in sorted(folder.glob("*.html"))]
    rows, wrong = {}, []
    rows["ours"] = (
        _row(pages, {page.name: page.read for page in pages}) | _structure(pages, wrong) | _facts(pages, wrong)
    )
    for name, fast in (("trafilatura", False), ("trafilatura, fast", True)):
        found = {page.name: theirs(page.markup, fast=fast) for page in pages}
        rows[name] = _row(pages, {page: text for page, (text, _) in found.items()})
        rows[name] |= _their_dates(pages, {page: date for page, (_, date) in found.items()})
    for page in pages:
        wrong += [
            f"{page.name}: F1 {f1(*overlap(page, page.read)):.2f}" for _ in range(f1(*overlap(page, page.read)) < 0.99)
        ]
    return rows, wrong


def load_webpage(path: Path) -> Webpage:
    markup = path.read_bytes()
    expected = tomllib.loads(path.with_suffix(".expected.toml").read_text("utf-8"))
    try:
        document = prepare(markup, path.name).document
    except ReadError:
        document = None
    return Webpage(path.name, markup.decode(), expected, document)


def theirs(markup, *, fast):
    """Return the text and the day that trafilatura reads."""
    found = bare_extraction(markup, fast=fast, include_comments=False, with_metadata=True)
    return (found.text or "", found.date) if found else ("", None)


def _row(pages, texts):
    scores = [overlap(page, texts[page.name]) for page in pages]
    paragraphs = [flat(words) in lines(texts[page.name]) for page in pages for words in page.gold]
    sentences = [words in flat(texts[page.name]) for page in pages for words in sentences_of(page)]
    furniture = [line not in lines(texts[page.name]) for page in pages for line in page.expected["drop"]]
    return {
        "pages": len(pages),
        "words precision": mean(precision for precision, _ in scores),
        "words recall": mean(recall for _, recall in scores),
        "words F1": mean(f1(*score) for score in scores),
        "paragraphs kept whole": mean(paragraphs),
        "sentences kept": mean(sentences),
        "furniture left out": mean(furniture),
    }


def overlap(page, text):
    """Return the precision and the recall of a text's words; headlines on lines of their own are not counted."""
    said = "\n".join(line for line in text.split("\n") if flat(line) not in page.titles)
    found, gold = bag(said), bag("\n".join(page.gold))
    shared = (found & gold).total()
    return shared / found.total() if found else 0.0, shared / gold.total()


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def bag(text):
    return Counter(WORD.findall(text.casefold()))


def flat(words):
    return " ".join(unescape(words).split())


def lines(text):
    return {flat(line) for line in text.split("\n")}


def sentences_of(page):
    return [flat(span.cut(paragraph)) for paragraph in page.gold for span in split_sentences(paragraph)]


def _structure(pages, wrong):
    """Count articles, and the furniture that a note tells of."""
    whole = []
    noted = []
    for page in pages:
        count = len(page.document.articles) if page.document else 0
        whole.append(count == len(page.expected["articles"]))
        if not whole[-1]:
            wrong.append(f"{page.name}: {count} articles, not {len(page.expected['articles'])}")
        notes = page.document.notes if page.document else ()
        told = "\n".join(note.text for note in notes if note.kind is NoteKind.DROPPED)
        noted += [line in told for line in page.expected["drop"]]
        wrong += [f"{page.name}: kept {line!r}" for line in page.expected["drop"] if line in lines(page.read)]
        wrong += [f"{page.name}: LOST {words!r}" for words in page.gold if flat(words) not in lines(page.read)]
        every = {*map(flat, page.gold), *page.expected["drop"], *page.titles, ""}
        wrong += [f"{page.name}: besides {line!r}" for line in sorted(lines(page.read) - every)]
    return {"articles right": mean(whole), "furniture noted": mean(noted)}


def _facts(pages, wrong):
    counts = Counter()
    for page in pages:
        articles = page.document.articles if page.document else ()
        if len(articles) != len(page.expected["articles"]):
            articles = [None] * len(page.expected["articles"])
        for article, gold in zip(articles, page.expected["articles"], strict=True):
            for fact in FACTS:
                if gold.get(fact) is not False:
                    _count(counts, fact, getattr(article, fact, None), gold.get(fact), f"{page.name}: {fact}", wrong)
            if gold.get("published") is not False:
                read, printed = getattr(article, "published", None), gold.get("published")
                _count(counts, "date", read, printed, f"{page.name}: date", wrong)
                counts["date wrong"] += read not in {None, printed}
                counts["date gold"] += printed is not None
                counts["date found"] += printed is not None and read == printed
                counts["kind right"] += (
                    printed is not None and read == printed and article.published_kind == gold["published_kind"]
                )
    row = {f"{fact} right": counts[f"{fact} right"] / counts[f"{fact} all"] for fact in FACTS}
    return row | {
        "dates found": counts["date found"] / counts["date gold"],
        "dates not wrong": 1 - counts["date wrong"] / counts["date all"],
        "date kinds right": counts["kind right"] / max(1, counts["date found"]),
    }


def _count(counts, fact, read, gold, where, wrong):
    counts[f"{fact} all"] += 1
    counts[f"{fact} right"] += read == gold
    if read != gold:
        wrong.append(f"{where} {read!s}, not {gold!s}")


def _their_dates(pages, days):
    """Compare days, on pages of one article: more it does not tell."""
    single = [page for page in pages if len(page.expected["articles"]) == 1]
    golds = {page.name: page.expected["articles"][0].get("published") for page in single}
    dated = {name: f"{gold:%Y-%m-%d}" if gold else None for name, gold in golds.items() if gold is not False}
    found = sum(gold is not None and days[name] == gold for name, gold in dated.items())
    wrong = sum(days[name] not in {None, gold} for name, gold in dated.items())
    return {
        "dates found": found / max(1, sum(gold is not None for gold in dated.values())),
        "dates not wrong": 1 - wrong / len(dated),
    }
