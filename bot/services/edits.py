"""What somebody puts right about an article: read from what was typed, shown before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from unicodedata import category
from zoneinfo import ZoneInfo

from bot.services.days import read_moment
from bot.services.errors import FactTooLongError
from bot.services.facts import FIELDS, hour_of, value_of
from bot.services.languages import LANGUAGES, find_language
from bot.services.replies import Bold, Field, Form, Request, Words
from bot.services.wording import shorten
from summariser.model import Article, DateKind

# In characters.
LONGEST_TITLE = 300
LONGEST_NAME = 200

NOTHING = "-"
"""Typed for what is to be taken out."""

Value = str | datetime | None
Typed = Mapping[str, str | None]
"""What was typed, by the names of the options; None where nothing was."""

_OPTIONS = {"title": "title", "source": "source", "author": "author", "published": "date", "language": "language"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what was typed, at this moment and in a desk's time zone."""

    now: datetime
    zone: str

    def changes(self, typed: Typed, article: Article) -> dict[str, Value]:
        """Return what is to be different about an article; what says the same as before is left out.

        Raises:
            FactTooLongError: more than a title, a source or a name holds.
            DateError: the date cannot be read, or cannot be.
            UnknownLanguageError: the language is none of those that are known.
        """
        wanted = {
            name: self._read(name, words)
            for name, option in _OPTIONS.items()
            if (words := typed.get(option)) is not None
        }
        return {name: value for name, value in wanted.items() if _differs(name, value, article)}

    def _read(self, name: str, typed: str) -> Value:
        words = " ".join(typed.split())
        if words in ("", NOTHING):
            return None
        if name == "published":
            return read_moment(words, now=self.now, zone=ZoneInfo(self.zone))
        if name == "language":
            return find_language(words)
        most = _most(name)
        if len(words) > most:
            raise FactTooLongError(name, len(words), most)
        return words


def edit_form(article: Article, *, article_id: int, title: str) -> Form:
    """Return the form that asks for everything that can be put right, with what holds now filled in."""
    now = _typed(article)
    fields = (
        *(_text_field(name, now[name]) for name in ("title", "source", "author")),
        Field("date", "Date", required=False, longest=60, value=now["date"], placeholder=_DATES),
        Field("language", "Language", required=False, longest=30, value=now["language"], placeholder=_NAMES),
    )
    # What was shown goes along as digests: an article's own words are kept with the article alone.
    shown = {name: digest(words) for name, words in now.items()}
    request = Request("articles.edit", {"article": str(article_id), "shown": shown})
    return Form(shorten(f"Put right: {title}", 45), fields, request)


def digest(words: str) -> str:
    """Return what tells whether an answer of a form is what stood there to begin with."""
    return sha256(_on_one_line(words).encode(errors="surrogatepass")).hexdigest()[:16]


def untouched(typed: Typed, shown: Mapping[str, str]) -> set[str]:
    """Return the fields of a form that were left as they were shown: what others put right meanwhile stays."""
    return {name for name, words in typed.items() if words is not None and shown.get(name) == digest(words)}


def compared(before: Article, after: Article, changes: Mapping[str, Value]) -> list[Words]:
    """Return a line for each fact that is different: what it was, and what it is."""
    return [_compared(name, getattr(before, name), getattr(after, name)) for name in FIELDS if name in changes]


def _text_field(name: str, now: str) -> Field:
    """Return a field; what stands there already fits in any case."""
    return Field(name, FIELDS[name], required=False, longest=max(_most(name), len(now)), value=now)


_DATES = "2024-03-05, 5 March 2024 or 5.3.2024 14:30"
_NAMES = ", ".join(LANGUAGES.values())


def _compared(name: str, before: Value, after: Value) -> Words:
    was, now = value_of(before, name), value_of(after, name)
    if was == now:
        return (Bold(f"{FIELDS[name]}: "), Bold(now), ", now said by hand")
    return (Bold(f"{FIELDS[name]}: "), f"{was} → ", Bold(now))


def _typed(article: Article) -> dict[str, str]:
    """Return what is known of an article the way that it is typed."""
    language = article.language or ""
    facts = {
        "title": article.title or "",
        "source": article.source or "",
        "author": article.author or "",
        "date": _typed_date(article.published),
        "language": LANGUAGES.get(language, language),
    }
    return {name: _on_one_line(words) for name, words in facts.items()}


def _typed_date(when: datetime | None) -> str:
    return hour_of(when).replace(",", "") if when else ""


def _on_one_line(words: str) -> str:
    """Return words without what cannot be seen, which no field of a form keeps."""
    return " ".join("".join(char for char in " ".join(words.split()) if category(char)[0] != "C").split())


def _most(name: str) -> int:
    return LONGEST_TITLE if name == "title" else LONGEST_NAME


def _differs(name: str, value: Value, article: Article) -> bool:
    if value != getattr(article, name):
        return True
    # Somebody may know for certain what was only inferred.
    said = (None, DateKind.PUBLISHED, DateKind.CORRECTED)
    return name == "published" and value is not None and article.published_kind not in said
