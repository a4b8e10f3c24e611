"""A desk in which every table holds something, and what stands in all tables of a database."""

from dataclasses import replace
from datetime import timedelta

from corpus_makers import NOON
from hidden_world import ASKER, DESK, FILES, NEWS, PRIVATE, Bring, Correct, Share, Trash, play, reading_of, upload_of
from sqlalchemy import insert, select

from storage import tables
from storage.base import KeptActions, Scope
from storage.parts import MARK
from storage.tables import arrival, delivery_item, unnamed, watch_hit
from summariser.model import Decision, MentionType, Verdict

LATER = NOON + timedelta(days=2)
STEPS = [
    Bring(2, 0),
    Bring(0, 0),
    Bring(3, 1),
    Bring(1, 1),
    Bring(4, 3),
    Bring(0, 2),
    Bring(2, 2),
    Bring(2, 3),
    Bring(6, 1),
    Correct(1, frozenset({1}), "title"),
    Correct(0, frozenset(), "split"),
    Correct(7, frozenset(), "drop"),
    Share(1, 2),
    Trash(3, frozenset()),
    Trash(2, frozenset()),
]
EVERYTHING = Scope(DESK, ASKER, None)


async def fill(storage, steps=STEPS):
    """Play a history in two desks, and let one hold what else there can be."""
    await play(storage, steps, PRIVATE, bare=False)
    await storage.add(EVERYTHING, upload_of(77, (DESK, NEWS), FILES[3]), reading_of(FILES[3]))
    known = (await storage.suggest_names(EVERYTHING, ""))[0].known.name
    made = Decision(Verdict.RENAME, MentionType(known.type), known.words, "Somebody")
    await storage.decide(EVERYTHING, made, made_by=ASKER, now=LATER)
    await storage.keep_actions(DESK, KeptActions(5, ASKER, ({"name": "x.y", "options": {"n": [1, None]}},), LATER))
    await storage.change_settings(DESK, lambda kept: replace(kept, sentences=9), changed_by=ASKER, now=LATER)
    await storage.look(EVERYTHING, before=None, after=LATER)
    await storage.claim(DESK, "welcome", now=LATER)
    await storage._database.write(_add_what_passes)


def _add_what_passes(connection):
    """Add what is there for seconds, or is written by what the bot does when it is online."""
    desk = {"desk_id": DESK}
    upload_id = connection.execute(select(tables.upload.c.upload_id).where(tables.upload.c.desk_id == DESK)).scalar()
    articles = select(tables.article.c.article_id).where(tables.article.c.desk_id == DESK)
    schedules = select(tables.schedule.c.schedule_id).where(tables.schedule.c.desk_id == DESK)
    schedule = {**desk, "schedule_id": connection.execute(schedules).scalar()}
    waits = select(arrival).where(arrival.c.desk_id == DESK, arrival.c.upload_id == upload_id)
    if connection.execute(waits).first() is None:
        connection.execute(insert(arrival), {**desk, "upload_id": upload_id, "at": LATER})
    connection.execute(insert(unnamed), {**desk, "article_id": connection.execute(articles).scalar()})
    connection.execute(insert(watch_hit), {**schedule, "upload_id": upload_id, "found_at": LATER})
    connection.execute(insert(delivery_item), {**schedule, "kind": "article", "key": "5", "shown_at": LATER})


async def everything(storage, *, but=()):
    """Return the rows of every table, without what remembers imports and when addresses are polled next.

    What is found in the background is found first.
    """
    while not await storage.pair_some():
        pass

    def read(connection):
        return {
            table.name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=repr)
            for table in tables.metadata.sorted_tables
            if table.name not in {"turn", "feed_source", *but}
        }

    found = await storage._database.read(read)
    found["fingerprint"] = [row for row in found["fingerprint"] if row["name"] != MARK and row["desk_id"]]
    return found
