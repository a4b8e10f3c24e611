"""What follows from other rows is the same on both engines, whatever is done to those, and by whatever way they go."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from both_engines import make, make_empty, make_in_parts, side_by_side
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Table, and_, delete, func, insert, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage import tables
from storage.tables import alias, article, blob, desk, extraction, mention, name, upload

FOLLOWING = ("sight", "readers", "circle", "tally", "monthly", "name", "alias", "alias_word", "name_key")
DESKS = (1, -2)

_few = st.integers(0, 7)
_desks = st.sampled_from(DESKS)
_audiences = st.sampled_from((9, 10, 11, -3))
_written = st.lists(st.tuples(_few, st.integers(0, 2), st.integers(1, 3)), min_size=1, max_size=6)
_STEPS = st.one_of(
    st.tuples(st.just("bring"), _desks, _few, _audiences),
    st.tuples(st.just("bring"), _desks, _few, _audiences),
    st.tuples(st.just("read"), _desks, _few, st.lists(_written, min_size=1, max_size=3)),
    st.tuples(st.just("read"), _desks, _few, st.lists(_written, min_size=1, max_size=3)),
    st.tuples(st.just("name"), _desks, _few, _written),
    st.tuples(st.just("copy"), _desks, _few, _few),
    st.tuples(st.just("print"), _desks, st.sets(_few, min_size=1), st.sampled_from((None, "Vell Courier")), _few),
    st.tuples(st.just("move"), _desks, st.sets(_few, min_size=1), _few, _audiences),
    st.tuples(st.just("reread"), _desks, st.sets(_few, min_size=1), st.booleans()),
    st.tuples(st.just("rename"), _desks, _few, _few),
    st.tuples(
        st.just("drop"),
        _desks,
        st.sampled_from((upload, article, extraction, blob, mention, name)),
        st.sets(_few, min_size=1),
    ),
    st.tuples(st.just("leave"), _desks),
)


@pytest.fixture(scope="module")
def engines_at(server):
    """The addresses of two empty databases on the server: as they are, and in parts."""
    server.run("CREATE DATABASE whole_rows", "CREATE DATABASE parted_rows")
    make_empty(server.url("whole_rows"), make)
    make_empty(server.url("parted_rows"), make_in_parts)
    return {"whole": server.url("whole_rows"), "parted": server.url("parted_rows")}


# What everything is done to: names that two readings share, which not the same people can read.
_BEGUN = [
    step
    for desk_id in DESKS
    for step in (
        ("read", desk_id, 0, [[(0, 0, 1), (0, 1, 2), (1, 0, 1)], [(0, 1, 2)]]),
        ("read", desk_id, 1, [[(0, 0, 2), (2, 1, 1)]]),
        ("bring", desk_id, 0, 9),
        ("bring", desk_id, 1, 9),
        ("bring", desk_id, 1, 10),
    )
]
# Each thing that can be done, once.
_ALL = [
    ("drop", 1, extraction, {0}),
    ("bring", 1, 0, -3),
    ("read", 1, 0, [[(0, 0, 3), (3, 1, 1)], [(3, 2, 2)]]),
    ("name", 1, 0, [(0, 2, 2), (4, 0, 1)]),
    ("copy", 1, 0, 1),
    ("print", 1, {0, 1}, "Vell Courier", 202603),
    ("move", 1, {0, 1}, 1, 11),
    ("reread", 1, {0, 1}, True),
    ("reread", 1, {1}, False),
    ("rename", 1, 1, 2),
    ("drop", 1, upload, {0}),
    ("drop", 1, article, {0}),
    ("drop", 1, name, {0}),
    ("drop", -2, mention, {0}),
    ("drop", -2, blob, {0}),
    ("drop", -2, blob, {0}),
    ("leave", -2),
]


@settings(max_examples=8, deadline=None)
@example(steps=_ALL)
@given(steps=st.lists(_STEPS, min_size=3, max_size=12))
@pytest.mark.parametrize("database", ["whole", "parted"])
async def test_both_engines_keep_the_same_rows_whatever_happens(engines_at, database, steps):
    async with side_by_side(engines_at[database]) as engines:
        for step in [*_BEGUN, *steps]:
            await engines.do(_do, step)

            found, expected = await engines.ask(_following)
            assert found == expected

        await engines.do(_everything_goes)
        assert not any((await engines.ask(_following))[0].values())


def _following(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """What is kept at hand, in an order of its own."""
    return {
        one: sorted(tuple(row) for row in connection.execute(select(tables.metadata.tables[one]))) for one in FOLLOWING
    }


def _everything_goes(connection: Connection) -> None:
    connection.execute(delete(blob))
    connection.execute(delete(name))


def _do(connection: Connection, step: Sequence[Any]) -> None:
    """Do one thing to the rows of a desk, if there are such rows."""
    kind, desk_id, *values = step
    if not connection.execute(select(desk).where(desk.c.desk_id == desk_id)).first():
        connection.execute(insert(desk), {"desk_id": desk_id})
        for number in range(3):
            row = {"desk_id": desk_id, "sha256": f"b{number}", "size": 1, "data": b"1"}
            connection.execute(insert(blob), row)
    globals()[f"_{kind}"](connection, desk_id, *values)


def _bring(connection: Connection, desk_id: int, number: int, audience_id: int) -> None:
    digest = _chosen(connection, blob, desk_id, number)
    if digest is None:
        return
    new = _next(connection, upload)
    row = {"desk_id": desk_id, "upload_id": new, "audience_id": audience_id, "blob": digest, "uploader_id": 1}
    rest = {"channel_id": 1, "origin_id": new, "attachment_id": 0, "filename": "a.txt", "created_at": _MOMENT}
    connection.execute(insert(upload), {**row, **rest})


def _read(connection: Connection, desk_id: int, number: int, articles: Sequence[Any]) -> None:
    digest = _chosen(connection, blob, desk_id, number)
    if digest is None:
        return
    of_bytes = and_(extraction.c.desk_id == desk_id, extraction.c.blob == digest)
    connection.execute(update(extraction).where(of_bytes).values(superseded=True))
    new = _next(connection, extraction)
    row = {"desk_id": desk_id, "extraction_id": new, "blob": digest, "parser": "p", "parser_version": new}
    told = {"superseded": False, "articles": len(articles), "format": "txt", "notes": [], "created_at": _MOMENT}
    connection.execute(insert(extraction), {**row, **told, "text_sha256": "", "text": ""})
    for ordinal, written in enumerate(articles):
        _insert_article(connection, desk_id, new, ordinal)
        _write(connection, desk_id, _last(connection, article), new, written)


def _insert_article(connection: Connection, desk_id: int, extraction_id: int, ordinal: int) -> None:
    row = {"desk_id": desk_id, "article_id": _next(connection, article), "extraction_id": extraction_id}
    rest = {"start": 0, "end": 1, "content_sha256": "", "opening": "", "folded": ""}
    connection.execute(insert(article), {**row, "ordinal": ordinal, **rest})


def _name(connection: Connection, desk_id: int, number: int, written: Sequence[Any]) -> None:
    one = _chosen(connection, article, desk_id, number)
    if one is None:
        return
    connection.execute(delete(mention).where(mention.c.desk_id == desk_id, mention.c.article_id == one))
    this = and_(article.c.desk_id == desk_id, article.c.article_id == one)
    _write(connection, desk_id, one, connection.execute(select(article.c.extraction_id).where(this)).scalar(), written)


def _write(connection: Connection, desk_id: int, article_id: int, extraction_id: Any, written: Sequence[Any]) -> None:
    """Have an article mention names, all of it in one statement."""
    rows = {}
    for number, spelling, times in written:
        known = f"n{number}"
        found = select(name.c.name_id).where(name.c.desk_id == desk_id, name.c.words == known)
        name_id = connection.execute(found).scalar()
        if name_id is None:
            name_id = _next(connection, name)
            connection.execute(insert(name), {"desk_id": desk_id, "name_id": name_id, "type": "PER", "words": known})
        surface = f"{known}.{spelling}"
        this = and_(alias.c.desk_id == desk_id, alias.c.name_id == name_id, alias.c.surface == surface)
        if not connection.execute(select(literal(1)).where(this)).first():
            row = {"desk_id": desk_id, "name_id": name_id, "surface": surface}
            connection.execute(insert(alias), {**row, "spelled": surface})
            connection.execute(insert(tables.alias_word), {**row, "word": surface})
        key = {"desk_id": desk_id, "name_id": name_id, "surface": surface, "article_id": article_id}
        total = 0 if any(name_id == other for other, _ in rows) else times
        month = (None, 202601, 202602)[times - 1]
        place = {"extraction_id": extraction_id, "source": (None, "Oru Gazette")[spelling % 2], "month": month}
        rows[name_id, surface] = {**key, **place, "mentions": times, "total": total, "confidence": 1.0, "starts": [0]}
    connection.execute(insert(mention).values(list(rows.values())))


def _copy(connection: Connection, desk_id: int, one: int, other: int) -> None:
    """Have an article mention what another does."""
    source, target = _chosen(connection, article, desk_id, one), _chosen(connection, article, desk_id, other)
    if source is None or source == target:
        return
    read = select(article.c.extraction_id).where(article.c.desk_id == desk_id, article.c.article_id == target)
    changed = {"article_id": literal(target), "extraction_id": read.scalar_subquery()}
    connection.execute(delete(mention).where(mention.c.desk_id == desk_id, mention.c.article_id == target))
    values = [changed.get(column.name, column) for column in mention.c]
    these = select(*values).where(mention.c.desk_id == desk_id, mention.c.article_id == source)
    connection.execute(insert(mention).from_select([column.name for column in mention.c], these))


def _print(connection: Connection, desk_id: int, numbers: set[int], source: str | None, month: int) -> None:
    ids = _several(connection, article, desk_id, numbers)
    these = and_(mention.c.desk_id == desk_id, mention.c.article_id.in_(ids))
    connection.execute(update(mention).where(these).values(source=source, month=month or None))


def _move(connection: Connection, desk_id: int, numbers: set[int], number: int, audience_id: int) -> None:
    these = and_(upload.c.desk_id == desk_id, upload.c.upload_id.in_(_several(connection, upload, desk_id, numbers)))
    digest = _chosen(connection, blob, desk_id, number)
    connection.execute(update(upload).where(these).values(audience_id=audience_id, blob=digest))


def _reread(connection: Connection, desk_id: int, numbers: set[int], superseded: bool) -> None:
    ids = _several(connection, extraction, desk_id, numbers)
    these = and_(extraction.c.desk_id == desk_id, extraction.c.extraction_id.in_(ids))
    connection.execute(update(extraction).where(these).values(superseded=superseded))


def _rename(connection: Connection, desk_id: int, one: int, other: int) -> None:
    """Hang what belongs to some bytes on others, and let them go."""
    old, new = _chosen(connection, blob, desk_id, one), _chosen(connection, blob, desk_id, other)
    if old is None or old == new:
        return
    for table in (extraction, upload):
        connection.execute(update(table).where(table.c.desk_id == desk_id, table.c.blob == old).values(blob=new))
    connection.execute(delete(blob).where(blob.c.desk_id == desk_id, blob.c.sha256 == old))


def _drop(connection: Connection, desk_id: int, table: Table, numbers: set[int]) -> None:
    ids = _several(connection, table, desk_id, numbers)
    connection.execute(delete(table).where(table.c.desk_id == desk_id, _key(table).in_(ids)))


def _leave(connection: Connection, desk_id: int) -> None:
    connection.execute(delete(desk).where(desk.c.desk_id == desk_id))


def _key(table: Table) -> Column[Any]:
    """The column that tells a row from the others of its desk, or the article of a mention."""
    keys = {upload: "upload_id", extraction: "extraction_id", name: "name_id", blob: "sha256"}
    return table.c[keys.get(table, "article_id")]


def _several(connection: Connection, table: Table, desk_id: int, numbers: set[int]) -> list[Any]:
    """Those of the desk's rows that are chosen by their place in the order of their keys."""
    key = _key(table)
    keys = connection.execute(select(key).where(table.c.desk_id == desk_id).distinct().order_by(key)).scalars().all()
    return sorted({keys[number % len(keys)] for number in numbers}) if keys else []


def _chosen(connection: Connection, table: Table, desk_id: int, number: int) -> Any:
    return next(iter(_several(connection, table, desk_id, {number})), None)


def _last(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.max(_key(table)))).scalar() or 0


def _next(connection: Connection, table: Table) -> int:
    return _last(connection, table) + 1


_MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_two_who_bring_the_same_at_once_count_each_other(engines_at):
    url = engines_at["whole"]
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_do, ("read", 1, 0, [[(0, 0, 1)]]))
            await connection.run_sync(_do, ("bring", 1, 0, 9))
        async with engine.begin() as first:
            await first.run_sync(_do, ("bring", 1, 0, 10))
            number = 1 + await first.run_sync(_last, upload)
            second = asyncio.create_task(_bring_apart(engine, number))
            await _until_waiting(engine)
        await second

        async with engine.begin() as connection:
            found = await connection.run_sync(_following)
    finally:
        async with engine.begin() as connection:
            await connection.execute(delete(desk))
        await engine.dispose()
    assert [row[2] for row in found["readers"]] == ["9 10 11"]
    assert {row[2] for row in found["circle"]} == {"9 10 11"}
    assert [(row[4], row[6]) for row in found["tally"]] == [("9 10 11", 1)]


async def _bring_apart(engine: AsyncEngine, number: int) -> None:
    row = {"desk_id": 1, "upload_id": number, "audience_id": 11, "blob": "b0", "uploader_id": 1, "channel_id": 1}
    rest = {"origin_id": number, "attachment_id": 0, "filename": "a.txt", "created_at": _MOMENT}
    async with engine.begin() as connection:
        await connection.execute(insert(upload), {**row, **rest})


async def _until_waiting(engine: AsyncEngine) -> None:
    """Return once somebody waits for a desk's turn."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"
    )
    # Each look in a transaction of its own: within one, the server's answer stays the same.
    looking = engine.execution_options(isolation_level="AUTOCOMMIT")
    async with asyncio.timeout(60), looking.connect() as connection:
        while not (await connection.execute(waiting)).scalar_one():  # noqa: ASYNC110  the server tells nobody
            await asyncio.sleep(0.01)
