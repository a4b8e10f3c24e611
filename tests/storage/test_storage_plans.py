"""SQLite finds what is asked for by its key, however large the desk."""

import pytest
from corpus_makers import BUNDLE, HARBOUR, NOON, reading, scope, upload, whole
from naive_names import NAMING, naming
from sqlalchemy import event

from storage import names, open_storage
from storage.base import Edit, Merge
from summariser.model import Span

# The newest uploads are found by walking back along the desk's, and counting looks at one narrow index.
_WALKS = {"SEARCH upload USING PRIMARY KEY (desk_id=?)"}
_COUNTS = (
    "SEARCH extraction USING COVERING INDEX ix_extraction_desk_id_blob_superseded_articles_extraction_id (desk_id=?)"
)

# What people decided is little; of what waits to be named the first is enough; of a desk itself there is one row.
_LITTLE = {
    "SEARCH desk USING COVERING INDEX sqlite_autoindex_desk_1 (desk_id=?)",
    "SEARCH decision USING INDEX ix_decision_desk_id_made_by (desk_id=?)",
    "SEARCH decision_reader USING COVERING INDEX ix_decision_reader_desk_id_audience_id (desk_id=?)",
    "SEARCH unnamed USING PRIMARY KEY (desk_id=?)",
}


@pytest.fixture
async def plans():
    """A storage, and the plan of each statement that it has run since it was opened."""
    async with open_storage("sqlite+aiosqlite://") as storage:
        line = storage._database._writers._idle[0]
        found = {}

        def explain(connection, _cursor, statement, parameters, _context, many):
            if not many and not statement.startswith(("BEGIN", "PRAGMA")):
                rows = line._conn.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                found[statement] = [row[3] for row in rows]

        event.listen(line._sql, "before_cursor_execute", explain)
        yield storage, found


@pytest.mark.parametrize("asking", [scope(1), scope(1, 2, 3, 4), whole()])
async def test_no_statement_walks_through_a_whole_desk(plans, asking):
    storage, found = plans

    harbour = await storage.add(asking, upload(HARBOUR), reading(HARBOUR))
    bundle = await storage.add(asking, upload(BUNDLE), reading(BUNDLE))
    await storage.add(asking, upload(BUNDLE), None)
    await storage.add(asking, upload(BUNDLE, 12), None)
    for article_id in harbour.article_ids:
        await storage.article(asking, article_id)
        await storage.sentences(asking, article_id)
        await storage.origins(asking, article_id)
    await storage.newest(asking)
    await storage.suggest(asking, "tram vell")
    await storage.count(asking)
    await storage.anchor(asking, [harbour.upload_id], channel_id=1, message_id=2)
    await storage.passage(asking, harbour.article_ids[0], Span(3, 9))
    await storage.original(asking, harbour.article_ids[0])
    await storage.listed(asking, first=1, limit=1)
    await storage.listed(asking, uploader_id=900)
    await storage.share(asking, harbour.article_ids[0], audience_id=9, origin_id=1, now=NOON)
    await _put_right(storage, asking, harbour.article_ids[0], bundle.article_ids)
    await storage.remove_uploads(asking, [harbour.upload_id])

    steps = {(step, statement) for statement, plan in found.items() for step in plan}
    assert len(found) > 20
    walking = {(step, statement) for step, statement in steps if step.endswith("(desk_id=?)")}
    assert {step for step, _ in walking} <= {*_WALKS, _COUNTS, *_LITTLE}
    assert all("ORDER BY upload.upload_id DESC" in statement for step, statement in walking if step in _WALKS)
    # What a subquery came to is what was looked up.
    scans = {step for step, _ in steps if step.startswith("SCAN") and not step.startswith("SCAN (subquery")}
    assert scans <= {"SCAN files", "SCAN candidates", "SCAN CONSTANT ROW"}


async def test_adding_looks_names_up_by_their_words_and_walks_through_none(plans):
    storage, found = plans

    for file in NAMING:
        await storage.add(scope(1), upload(file), naming(file))

    steps = [step for plan in found.values() for step in plan if step.startswith("SEARCH name ")]
    assert steps
    assert all(step.endswith("(desk_id=? AND type=? AND words=?)") for step in steps)


@pytest.mark.parametrize("asking", [scope(1), scope(1, 2, 3, 4), whole()])
async def test_the_articles_of_a_name_are_walked_in_their_order_until_there_are_enough(plans, asking, monkeypatch):
    monkeypatch.setattr(names, "_FEW", -1)
    storage, found = plans
    for file in NAMING:
        await storage.add(asking, upload(file), naming(file))
    ids = [one.name_id for one in await storage.names_like(asking, ["per marlow"])]
    found.clear()

    await storage.seen(asking, ids)
    await storage.named_most(asking, ids)
    await storage.named_in(asking, ids)
    await storage.named_with(asking, ids)
    await storage.headlines(asking, ids)

    walks = {statement: plan for statement, plan in found.items() if "ORDER BY mention." in statement}
    assert len(walks) == 4
    for plan in walks.values():
        steps = [step for step in plan if " mention " in step]
        assert steps
        assert all(step.startswith("SEARCH mention USING COVERING INDEX ix_mention_desk_id_name_id_") for step in steps)
        assert not {"USE TEMP B-TREE FOR ORDER BY", "USE TEMP B-TREE FOR GROUP BY"} & {*plan}


async def test_a_lookup_adds_up_what_was_counted_and_walks_through_no_mentions(plans):
    storage, found = plans
    for file in NAMING:
        await storage.add(scope(1), upload(file), naming(file))
    [known] = await storage.names_called(scope(1), "Oru Guard")
    found.clear()

    await storage.spellings(scope(1), [known.name_id])
    await storage.seen(scope(1), [known.name_id])
    await storage.names_like(scope(1), ["org oru"])

    steps = {(step, statement) for statement, plan in found.items() for step in plan if " mention " in step}
    assert {step for step, statement in steps if " LIMIT " not in statement} == set()


async def _put_right(storage, asking, harbour, bundle):
    """Do what corrections can do, with others who brought the same out of sight and without."""
    done = await storage.correct(asking, harbour, Edit({"title": "Dues"}), made_by=900, now=NOON)
    await storage.withdraw(asking, done.correction_id, now=NOON)
    await storage.correct(asking, bundle[0], Merge(), made_by=900, now=NOON)
    await storage.corrections(asking, bundle[0])
    await storage.article(asking, bundle[1])
    await storage.passage(asking, bundle[1], Span(1, 4))
    await storage.add(asking, upload(BUNDLE), reading(BUNDLE, version=2))
