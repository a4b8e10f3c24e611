"""A query finds the same articles on both engines, in the same order, however long they are."""

from collections.abc import Sequence

import pytest
from both_engines import make, make_empty, make_in_parts, side_by_side
from corpus_makers import NOON
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, and_, delete, exists, insert, select, update

from storage.fulltext import count_holding, matching, newest_first, posting, standing, vocabulary
from storage.postgres import fulltext as on_server
from storage.query import All, Either, Term
from storage.tables import article, blob, desk, extraction, spelling

DESKS = (7, -7)
ARTICLES = 12
_EVERYTHING = 10_000

_SPELLED = (
    "harbour",
    "harbours",
    "harb",
    "harbo",
    "dues",
    "due",
    "port",
    "x1",
    "éa",
    "ميناء",
    "الميناء",
    "港",
    "口",
    "¶",
)
_words = st.sampled_from(_SPELLED)
_said = st.lists(_words, max_size=8).map(" ".join)
_ids = st.integers(0, ARTICLES - 1)
_some = st.sets(_ids, min_size=1, max_size=4)
_desks = st.sampled_from(DESKS)
_typed = st.sampled_from([word for word in _SPELLED if word != "¶"])
_terms = st.one_of(
    st.builds(Term, st.tuples(_typed)),
    st.builds(Term, st.tuples(_typed), exact=st.just(value=True)),
    st.builds(Term, st.lists(_typed, min_size=2, max_size=3).map(tuple), exact=st.just(value=True)),
    st.builds(Term, st.lists(_typed, min_size=1, max_size=2).map(tuple), beginning=st.just(value=True)),
)


def _trees(parts):
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.builds(Either, several) | st.builds(All, several, st.lists(parts, max_size=2).map(tuple))


_queries = st.recursive(_terms, _trees, max_leaves=6)
_steps = st.one_of(
    st.tuples(st.just("spell"), _desks, st.dictionaries(_ids, _said, min_size=1, max_size=6)),
    st.tuples(st.just("spell"), _desks, st.dictionaries(_ids, _said, min_size=1, max_size=6)),
    st.tuples(st.just("drop"), _desks, _some),
    st.tuples(st.just("drop_articles"), _desks, _some),
    st.tuples(st.just("respell"), _desks, _ids, _said),
)


@pytest.fixture(scope="module")
def urls(server):
    """Databases on the server: as it is; with parts of three articles; in which few words are too many; parted."""
    slips = {
        "plain": ("", ""),
        "parts": (f">= {on_server.PART}", ">= 3"),
        "long": (f"<= {on_server._LONGEST}", "<= 60"),
    }
    for name, (old, new) in slips.items():
        server.run(f"CREATE DATABASE words_{name}")
        changed = [statement.replace(old, new) if old else statement for statement in on_server.STATEMENTS]
        assert changed != list(on_server.STATEMENTS) or not old
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(on_server, "STATEMENTS", changed)
            make_empty(server.url(f"words_{name}"), make)
    server.run("CREATE DATABASE words_parted")
    make_empty(server.url("words_parted"), make_in_parts)
    return {name: server.url(f"words_{name}") for name in (*slips, "parted")}


@settings(max_examples=12, deadline=None)
@example(
    steps=[("spell", 7, {0: "harbour ¶ dues", 1: "harbour dues"})], queries=[Term(("harbour", "dues"), exact=True)]
)
@example(steps=[("spell", 7, {0: "port", 1: "x1"})], queries=[All((Term(("port",)),), (Term(("x1", "port"), True),))])
@given(steps=st.lists(_steps, min_size=1, max_size=8), queries=st.lists(_queries, min_size=1, max_size=5))
@pytest.mark.parametrize("database", ["plain", "parts", "long", "parted"])
async def test_both_engines_find_the_same_whatever_is_written_and_asked(urls, database, steps, queries):
    async with side_by_side(urls[database]) as engines:
        await engines.do(_begin)
        for step in steps:
            await engines.do(_do, step)

        for desk_id in DESKS:
            for query in queries:
                found = await engines.do(_found, desk_id, query)
                assert found == sorted(found, reverse=True)
                assert await engines.do(_counted, desk_id, query, range(3, 16)) == len({*found} & {*range(3, 16)})
                assert await engines.do(_looked_up, desk_id, query) == sorted(found)
            known = await engines.do(_known, desk_id, "", _EVERYTHING)
            assert await engines.do(_standing, desk_id) == {word for word in _SPELLED if word in known}
            await engines.do(_known, desk_id, "harb", 2)
        await engines.do(_everything_goes)
        assert await engines.server.run_sync(_left) == [0, 0]


def test_queries_of_one_form_are_asked_with_one_statement():
    phrases = [All((Term(said, exact=True),), (Term(("x1",)),)) for said in (("harbour", "dues"), ("éa", "port"))]

    one, other = [on_server._hits(phrase, any_long=False) for phrase in phrases]

    assert one is other
    assert one is not on_server._hits(phrases[0], any_long=True)
    assert on_server._hits(Term(("dues",)), any_long=False) is on_server._hits(
        Either(tuple(phrases[0].none)), any_long=False
    )


def _begin(connection: Connection) -> None:
    for desk_id in DESKS:
        connection.execute(insert(desk), {"desk_id": desk_id})
        connection.execute(insert(blob), {"desk_id": desk_id, "sha256": "b", "size": 1, "data": b"1"})
        row = {"desk_id": desk_id, "extraction_id": 1, "blob": "b", "parser": "p", "parser_version": 1, "articles": 1}
        told = {"superseded": False, "format": "txt", "notes": [], "created_at": NOON, "text_sha256": "", "text": ""}
        connection.execute(insert(extraction), {**row, **told})
        connection.execute(insert(article), [_article(desk_id, number) for number in range(ARTICLES)])


def _article(desk_id: int, number: int) -> dict[str, object]:
    key = {"desk_id": desk_id, "article_id": _id(desk_id, number), "extraction_id": 1, "ordinal": number}
    return {**key, "start": 0, "end": 1, "content_sha256": "", "opening": "", "folded": ""}


def _id(desk_id: int, number: int) -> int:
    return 2 * number + (desk_id > 0)


def _do(connection: Connection, step: Sequence) -> None:
    """Do one thing to what is spelled in a desk, as far as it can be done."""
    kind, desk_id, what, *rest = step
    of_desk = spelling.c.desk_id == desk_id
    if kind == "spell":
        there = set(connection.execute(select(spelling.c.article_id).where(of_desk)).scalars())
        mine = set(connection.execute(select(article.c.article_id).where(article.c.desk_id == desk_id)).scalars())
        fresh = {_id(desk_id, number): words for number, words in sorted(what.items())}
        rows = [{"desk_id": desk_id, "article_id": one, "words": fresh[one]} for one in fresh if one in mine - there]
        if rows:
            connection.execute(insert(spelling).values(rows))
    elif kind == "respell":
        this = and_(of_desk, spelling.c.article_id == _id(desk_id, what))
        connection.execute(update(spelling).where(this).values(words=rest[0]))
    else:
        table = spelling if kind == "drop" else article
        ids = [_id(desk_id, number) for number in sorted(what)]
        connection.execute(delete(table).where(table.c.desk_id == desk_id, table.c.article_id.in_(ids)))


def _found(connection: Connection, desk_id: int, query) -> list[int]:
    found: list[int] = []
    for one in newest_first(connection, desk_id, query):
        ids = select(one.found.c.rowid).order_by(one.found.c.rowid.desc())
        found += connection.execute(ids, one.asked).scalars()
    return found


def _counted(connection: Connection, desk_id: int, query, article_ids: range) -> int:
    [counted] = count_holding(connection, desk_id, [query], article_ids)
    return counted


def _looked_up(connection: Connection, desk_id: int, query) -> list[int]:
    """The articles that fit, each looked at by itself."""
    fits = exists(select(posting.c.rowid).where(matching(desk_id, query), posting.c.rowid == article.c.article_id))
    these = select(article.c.article_id).where(article.c.desk_id == desk_id, fits)
    return sorted(connection.execute(these).scalars())


def _known(connection: Connection, desk_id: int, beginning: str, limit: int) -> list[str]:
    return list(vocabulary(connection, desk_id, beginning, limit))


def _standing(connection: Connection, desk_id: int) -> set[str]:
    assert standing(connection, desk_id, []) == set()
    return standing(connection, desk_id, [*_SPELLED, "nowhere"])


def _everything_goes(connection: Connection) -> None:
    connection.execute(delete(desk))


def _left(connection: Connection) -> list[int]:
    counts = ("SELECT count(*) FROM posting", "SELECT count(*) FROM posting_word")
    return [connection.exec_driver_sql(one).scalar_one() for one in counts]
