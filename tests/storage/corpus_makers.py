"""Uploads and readings for the storage tests: a few invented files, cut into articles and sentences by hand."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from storage import migrate
from storage.base import LOCAL_DESK, NewExtraction, NewUpload, Scope
from summariser.model import Article, DateKind, DateOrigin, DatePlace, Note, NoteKind, Span

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DESK = LOCAL_DESK
# What `storage.derived` keeps.
FOLLOWING = ("sight", "readers", "circle", "tally", "monthly")
_numbers = count(1)


@dataclass(frozen=True)
class File:
    """What somebody brings, and what is read in it."""

    name: str
    stories: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def text(self) -> str:
        return "\n\n".join(" ".join(sentences) for _, sentences in self.stories)

    @property
    def data(self) -> bytes:
        return f"{self.name}\n{self.text}".encode()


_HARBOUR = ("Harbour dues rise", ("The port of Vell will charge more.", "Skippers were told on Monday."))
HARBOUR = File("harbour.txt", (_HARBOUR,))
BUNDLE = File(
    "bundle.txt",
    (
        ("Orchard frost", ("Frost took the plums of Aštar valley.", "Nobody recalls such a May.")),
        ("Tram returns", ("Line 4 runs again \N{TRAM}.", "It had stood for a year.", "Riders cheered.")),
    ),
)
MIRROR = File("mirror.html", (_HARBOUR, ("Reader letters", ("Letters reach us late.",))))
EMPTY = File("empty.txt", ())
FILES = (HARBOUR, BUNDLE, MIRROR, EMPTY)


def scope(*audiences: int, desk: int = DESK, asker: int = 900) -> Scope:
    return Scope(desk, asker, frozenset(audiences))


def whole(desk: int = DESK) -> Scope:
    return Scope(desk, 900, None)


def upload(file: File, audience: int = 1, **changes) -> NewUpload:
    number = next(_numbers)
    values = {
        "data": file.data,
        "filename": file.name,
        "uploader_id": 900,
        "audience_id": audience,
        "channel_id": audience,
        "origin_id": number,
        "attachment_id": 0,
        "created_at": NOON + timedelta(minutes=number),
    }
    return NewUpload(**{**values, **changes})


def reading(file: File, version: int = 1) -> NewExtraction:
    articles, sentences, start = [], [], 0
    for title, parts in file.stories:
        text = " ".join(parts)
        articles.append(Article(text, title=title, source="Vell Courier", start=start))
        sentences.append(_spans(parts))
        start += len(text) + 2
    return NewExtraction("verbatim", version, "txt", file.text, tuple(articles), tuple(sentences), encoding="utf-8")


def detailed() -> NewExtraction:
    """A reading with everything that an article can say of itself."""
    text = "A rule.\n\nThe lamp at Cape Oru is lit. \N{HEAVY BLACK HEART} A keeper waved."
    article = Article(
        text[9:],
        title="Lamp lit",
        republished_title="You won't believe this lamp",
        source="Oru Gazette",
        author="Ines Tamm",
        published=datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        published_kind=DateKind.DATELINE,
        published_words="Cape Oru",
        published_at=DatePlace(DateOrigin.TEXT, span=Span(12, 20)),
        language="en",
        start=9,
    )
    notes = (
        Note(NoteKind.DROPPED, "rule", "It parts the page.", "\N{LINE SEPARATOR}---"),
        Note(NoteKind.SPLIT, "title"),
    )
    return NewExtraction("verbatim", 1, "html", text, (article,), ((Span(0, 28), Span(31, 46)),), notes)


def _spans(parts: tuple[str, ...]) -> tuple[Span, ...]:
    spans, start = [], 0
    for part in parts:
        spans.append(Span(start, start + len(part)))
        start += len(part) + 1
    return tuple(spans)


def go_back(path: Path, revision: str) -> None:
    """Make a file what it was at an earlier revision: the rows of today in the tables that its migrations make."""
    old = path.with_name("old.db")
    engine = create_engine(f"sqlite:///{old}")
    config = Config()
    config.set_main_option("script_location", str(migrate._SCRIPTS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("ATTACH ? AS today", (str(path),))
        for table in _kept(connection):
            columns = ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM today.{table}")
    old.replace(path)


def _kept(connection: sqlite3.Connection) -> list[str]:
    """Return the tables whose rows are copied; the full-text index and what follows by triggers fill themselves."""
    names = [row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
    own = ("sqlite_", "alembic_", "posting", *FOLLOWING)
    return [name for name in names if not name.startswith(own)]
