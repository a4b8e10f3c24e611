"""What somebody cannot see does not show: every storage method, every command, every suggestion, in public and private.

Each question is asked in two worlds, of which one has nothing but what is in sight (`hidden_world`).
"""

import inspect
import json
import re
import sys
from contextlib import AsyncExitStack
from dataclasses import fields, replace
from datetime import timedelta
from difflib import unified_diff
from io import BytesIO
from itertools import pairwise
from pprint import pformat
from zipfile import ZipFile

import pytest
import pytest_asyncio
from corpus_makers import NOON
from hidden_world import (
    ASKER,
    DESK,
    FILES,
    NAME_KEYS,
    NEWS,
    PLACES,
    PRIVATE,
    PUBLIC,
    Bring,
    Correct,
    Restore,
    Share,
    Trash,
    Withdraw,
    articles_of,
    hidden_words,
    message,
    name_ids,
    play,
    reading_of,
    told,
    upload_of,
    who_is_named,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import literal
from sqlalchemy.exc import MultipleResultsFound

from bot import cogs
from bot.console.declared import read_commands
from bot.services import _REQUESTS, Services, build
from bot.services.calls import Call, Incoming, Spot
from bot.services.deliveries import Period
from bot.services.edition import Cut, Edition, Item
from bot.services.errors import UserError
from bot.services.replies import Reply, Request
from bot.services.tickets import TICKET, article_of, secret_of, ticket_of
from storage import open_storage, visibility
from storage.base import Edit, Heard, NewFeed, NewSchedule, Scope, Search, Storage
from storage.errors import StorageError
from storage.query import parse
from summariser.errors import SummariserError
from summariser.limits import Limits
from summariser.model import Decision, MentionType, Name, Span, Verdict

pytestmark = pytest.mark.asyncio(loop_scope="session")

LATER = NOON + timedelta(hours=20)
FIVE_MINUTES = timedelta(minutes=5)
SINCE = NOON - timedelta(days=400)
MEMORY = "sqlite+aiosqlite://"

# How many steps a world may have: what each made is asked for by its number, whether it happened or not.
MOST_STEPS = 16

# How many articles out of sight are asked for by their ids; where there are fewer, ids that are nobody's.
MOST_UNSEEN = 3


class Questions:
    """Asks a storage everything that one person can ask, with every id there is."""

    def __init__(self, world, scope, articles):
        self.world, self.storage, self.scope = world, world.storage, scope
        self.uploads = world.ids("uploads", MOST_STEPS)
        self.corrections = world.ids("corrections", MOST_STEPS)
        self.removals = world.ids("removals", MOST_STEPS)
        self.schedules = world.ids("schedules", len(PLACES))
        self.watches = world.ids("watches", len(PLACES))
        self.feeds = world.ids("feeds", 3 * len(PLACES))
        self.articles = articles

    async def each(self, ask, targets):
        """Return what comes back for each target, or the error in its place."""
        return [await outcome(ask, target) for target in targets]


async def outcome(ask, target):
    try:
        return await ask(target)
    except StorageError as error:
        return error


async def questions(world, scope):
    """Return the questions about a world: about what is in sight, then about what is not, or about what never was.

    Articles of files that are in sight elsewhere are not asked for by other ids: they may have been in sight by these.
    """
    seen, unseen = [], []
    shown = {world.files[number] for number in world.uploads if world.shows(number)}
    for number, (wide, upload_id) in world.uploads.items():
        articles = await articles_of(world.storage, Scope(wide.desk_id, ASKER, None), upload_id)
        if world.shows(number):
            seen += articles
        elif wide.desk_id != scope.desk_id or world.files[number] not in shown:
            unseen += articles
    never = [10**17 + place for place in range(MOST_UNSEEN)]
    return Questions(world, scope, [*dict.fromkeys(seen), *[*dict.fromkeys(unseen), *never][:MOST_UNSEEN]])


TYPED = ["", "harbour", "rare", "rare0a", "rare1b", "rare2a", "corrected"]
ASKED = [
    parse(typed) for typed in ("harbour", "rare0atown", "rare1bperson", "harbour OR tram", "rare*", "council -frost")
]


async def pages_of_search(q):
    found = [await q.storage.search(q.scope, Search(asked), limit=99) for asked in ASKED]
    found += [await q.storage.search(q.scope, Search(asked, newest=True), first=1, limit=2) for asked in ASKED[3:]]
    found += [await q.storage.search(q.scope, Search(asked, by_story=True), limit=99) for asked in ASKED]
    dated = Search(parse("rare*"), since=SINCE, until=LATER, sources=("Rare0asource", "Rare1bsource"))
    return [*found, await q.storage.search(q.scope, dated)]


async def own(records):
    """Return a person's records but for how much is theirs: what others shared of it counts wherever they did."""
    return replace(await records, uploads=0, articles=0, trashed=0)


async def add_again(q, number):
    """Add each file; by which ids its articles go, whether the old ones or new, is no more than that."""
    brought = upload_of(50 + number, (DESK, NEWS), FILES[number])
    added = await q.storage.add(q.scope, brought, reading_of(FILES[number]))
    return [article in added.known for article in added.article_ids], added.repeated


async def asked_names(q):
    """Return the names that are asked for: all in sight, then a few that are not, or never were."""
    texts = await q.storage.texts(q.scope, q.articles)
    shown = {Name(one.mention.type, one.name) for text in texts for one in who_is_named(text.stored.article.text)}
    there = await q.storage.names_like(Scope(q.scope.desk_id, ASKER, None), NAME_KEYS)
    ids = {one.name: one.name_id for one in there}
    hidden = [one.name_id for one in there if one.name not in shown]
    never = [10**17 + place for place in range(MOST_UNSEEN)]
    return [ids[one] for one in sorted(shown)], [*hidden, *never][:MOST_UNSEEN]


async def each_group(q, ask):
    """Ask for each name alone, and for all that are in sight at once."""
    shown, hidden = await asked_names(q)
    return await q.each(ask, [*([one] for one in (*shown, *hidden)), shown, hidden, []])


async def awaited(q):
    """Let names be still to be found in all there is, and ask in how many."""
    sql = "INSERT INTO unnamed (desk_id, article_id) SELECT desk_id, article_id FROM article"
    await q.storage._database.write(lambda c: c.exec_driver_sql(sql))
    try:
        return await q.storage.nameless(q.scope)
    finally:
        await q.storage._database.write(lambda c: c.exec_driver_sql("DELETE FROM unnamed"))


async def decided(q):
    """Let somebody who sees everything decide on all there is, then ask what holds."""
    everything = Scope(q.scope.desk_id, ASKER, None)
    there = sorted(one.name for one in await q.storage.names_like(everything, NAME_KEYS))
    shown = sorted(one.name for one in await q.storage.names_like(q.scope, NAME_KEYS))
    mixed = [(one, shown[0]) for one in there if one not in shown and shown]
    for one, other in (*pairwise(shown), *mixed):
        made = Decision(Verdict.SAME, one.type, one.words, other.words, other.type)
        await q.storage.decide(everything, made, made_by=ASKER, now=LATER)
    for one in there:
        for made in (Decision(Verdict.REJECT, one.type, one.words), Decision(Verdict.RENAME, one.type, one.words, "X")):
            await q.storage.decide(everything, made, made_by=ASKER, now=LATER)
    return [await q.storage.decisions(q.scope), await q.storage.decisions(q.scope, shown, withdrawn=True)]


async def withdrawn(q):
    """Withdraw all that was decided, as far as that can be seen."""
    await decided(q)
    everything = await q.storage.decisions(Scope(q.scope.desk_id, ASKER, None))
    shown = {one.decision_id for one in await q.storage.decisions(q.scope)}
    hidden = [one.decision_id for one in everything if one.decision_id not in shown]
    never = [10**17 + place for place in range(MOST_UNSEEN)]
    asked = [*sorted(shown), *[*hidden, *never][:MOST_UNSEEN]]
    return await q.each(lambda one: q.storage.withdraw_decision(q.scope, one, now=LATER), asked)


async def decide_each(q):
    """Decide on what is in sight, and on what may be or not."""
    texts = await q.storage.texts(q.scope, q.articles)
    shown = {Name(one.mention.type, one.name) for text in texts for one in who_is_named(text.stored.article.text)}
    further = {Name(MentionType.PER, f"Rare{number}Bperson") for number in range(len(FILES))} - shown
    made = [Decision(Verdict.REJECT, one.type, one.words) for one in (*sorted(shown), *sorted(further))]
    made += [Decision(Verdict.SAME, one.type, one.words, "Rare0Bperson", MentionType.PER) for one in sorted(shown)]
    return await q.each(
        lambda one: told_of(q.storage.decide(q.scope, one, made_by=ASKER, now=LATER)),
        [one for one in made if Name(MentionType.PER, "Rare0Bperson") in shown or one.verdict is Verdict.REJECT],
    )


async def told_of(made):
    """Return what came of it, whatever its id; an error says the name back that it was asked with."""
    try:
        return bool(await made)
    except StorageError as error:
        return type(error).__name__


def new_schedule():
    about = {"kind": "digest", "name": "Mine", "what": {}, "timing": {}, "place": {}, "next_slot": "next"}
    return NewSchedule(audience_id=NEWS, recipient_id=None, made_by=ASKER, made_at=LATER, next_at=LATER, **about)


def new_watch(typed):
    what = {"about": {"query": typed}, "keys": [], "typed": ""}
    return replace(new_schedule(), kind="watch", what=what, next_slot=None, next_at=None)


FEED_URLS = [f"https://{name}.example/feed" for name in ("shared", "quiet", "mine")]


def new_feed(url):
    return NewFeed(url, NEWS, NEWS, ASKER), Heard(LATER, url, 3600, None, None, "Mine", ())


async def written_out(q):
    """Return the lines of an export."""
    return unpacked((await q.storage.export(q.scope, most=10**8, originals=True)).data)


def unpacked(archive):
    """Return what an export says; bytes go by chance names where somebody corrected what was read in them."""
    with ZipFile(BytesIO(archive)) as packed:
        names = [name for name in packed.namelist() if name != "manifest.json"]
        parts = {
            name: [json.loads(line) for line in packed.read(name).splitlines()] for name in names if "/" not in name
        }
        files = sorted(packed.read(name).decode() for name in names if "/" in name)
    told, known = json.dumps([parts, files]), {}
    return json.loads(re.sub(r"\b[0-9a-f]{64}\b", lambda hit: f"hash {known.setdefault(hit[0], len(known))}", told))


# How each method is asked. What changes something is tried with every id, in sight and out of it.
READS = {
    "uploads": lambda q: q.storage.uploads(q.scope, q.uploads),
    "origins": lambda q: q.each(lambda article: q.storage.origins(q.scope, article), q.articles),
    "corrections": lambda q: q.each(lambda article: q.storage.corrections(q.scope, article), q.articles),
    "passage": lambda q: q.each(lambda article: q.storage.passage(q.scope, article, Span(0, 9)), q.articles),
    "listed": lambda q: q.each(
        lambda asked: q.storage.listed(q.scope, **asked),
        [
            {"limit": 99},
            {"first": 1, "limit": 2},
            {"uploader_id": ASKER},
            *({"uploader_id": 7_100_000_000_000_000 + n} for n in range(4)),
        ],
    ),
    "original": lambda q: q.each(lambda article: q.storage.original(q.scope, article), q.articles),
    "arrived": lambda q: q.each(
        lambda asked: q.storage.arrived(q.scope, **asked),
        [
            {"since": NOON, "until": LATER},
            {"since": NOON, "until": LATER, "limit": 2},
            *({"since": NOON + n * FIVE_MINUTES, "until": NOON + (n + 2) * FIVE_MINUTES} for n in range(6)),
            {"since": NOON, "until": LATER, "sources": ["Rare0asource", "Rare3asource"]},
        ],
    ),
    "in_trash": lambda q: q.storage.in_trash(q.scope),
    "dropped": lambda q: q.storage.dropped(q.scope),
    "records": lambda q: own(q.storage.records(q.scope, ASKER)),
    "article": lambda q: q.each(lambda article: q.storage.article(q.scope, article), q.articles),
    "sentences": lambda q: q.each(lambda article: q.storage.sentences(q.scope, article), q.articles),
    "texts": lambda q: q.storage.texts(q.scope, q.articles),
    "origins_of": lambda q: q.storage.origins_of(q.scope, q.articles),
    "recent": lambda q: q.each(
        lambda asked: q.storage.recent(q.scope, **asked),
        [{"limit": 99}, {"limit": 1}, {"since": SINCE, "until": LATER}, {"sources": ("Rare0asource", "Rare1bsource")}],
    ),
    "sources_between": lambda q: q.storage.sources_between(q.scope, SINCE, LATER),
    "newest": lambda q: q.storage.newest(q.scope),
    "suggest": lambda q: q.each(lambda typed: q.storage.suggest(q.scope, typed), TYPED),
    "search": pages_of_search,
    "proposals": lambda q: q.storage.proposals(q.scope, q.articles),
    "alike": lambda q: q.storage.alike(q.scope, q.articles),
    "sources": lambda q: q.each(lambda typed: q.storage.sources(q.scope, typed), ["", "rare", "rare0", "source"]),
    "nearby": lambda q: q.each(
        lambda word: q.storage.nearby(q.scope, word), ["harbur", "rare0atwn", "rare1btown", "trm"]
    ),
    "count": lambda q: q.storage.count(q.scope),
    "schedules": lambda q: q.storage.schedules(q.scope),
    "schedule": lambda q: q.each(lambda one: q.storage.schedule(q.scope, one), q.schedules),
    "deliveries": lambda q: q.each(lambda one: q.storage.deliveries(q.scope, one), q.schedules),
    "watches": lambda q: q.storage.watches(q.scope),
    "last_alerts": lambda q: q.storage.last_alerts(q.scope, q.watches),
    "brought_by": lambda q: q.each(lambda asked: q.storage.brought_by(q.scope, q.uploads, asked), [None, *ASKED]),
    "looked": lambda q: q.storage.looked(q.scope),
    "feeds": lambda q: q.storage.feeds(q.scope),
    "feed": lambda q: q.each(lambda one: q.storage.feed(q.scope, one), q.feeds),
    "feed_entries": lambda q: q.each(lambda one: q.storage.feed_entries(q.scope, one), q.feeds),
    "suggest_names": lambda q: q.each(
        lambda typed: q.storage.suggest_names(q.scope, typed), [*TYPED, "rare0aper", "har", "rare1b"]
    ),
    "names_called": lambda q: q.each(
        lambda typed: q.storage.names_called(q.scope, typed), [*TYPED, "rare0aperson", "RARE1BTOWN", "rare2bperson"]
    ),
    "names_like": lambda q: q.each(lambda key: q.storage.names_like(q.scope, [key]), [*NAME_KEYS, "nothing"]),
    "spellings": lambda q: each_group(q, lambda ids: q.storage.spellings(q.scope, ids)),
    "seen": lambda q: each_group(q, lambda ids: q.storage.seen(q.scope, ids)),
    "nameless": awaited,
    "named_most": lambda q: each_group(q, lambda ids: q.storage.named_most(q.scope, ids)),
    "named_in": lambda q: each_group(q, lambda ids: q.storage.named_in(q.scope, ids)),
    "named_with": lambda q: each_group(q, lambda ids: q.storage.named_with(q.scope, ids)),
    "names_of": lambda q: q.storage.names_of(q.scope, q.articles),
    "headlines": lambda q: each_group(q, lambda ids: q.storage.headlines(q.scope, ids)),
    "decisions": decided,
    "export": written_out,
}
CHANGES = {
    "pause_feed": lambda q: q.each(lambda one: q.storage.pause_feed(q.scope, one, reason="so", now=LATER), q.feeds),
    "remove_feed": lambda q: q.each(lambda one: q.storage.remove_feed(q.scope, one, now=LATER), q.feeds[1::2]),
    "bring_feed_back": lambda q: q.each(lambda one: q.storage.bring_feed_back(q.scope, one, now=LATER), q.feeds),
    "make_feed": lambda q: q.each(
        lambda url: q.storage.make_feed(q.scope, *new_feed(url), now=LATER, first=1, most=99), FEED_URLS
    ),
    "make_watch": lambda q: q.each(
        lambda typed: q.storage.make_watch(q.scope, new_watch(typed), most_own=2, most=99),
        ["rarewatch1x", "mine", "mine"],
    ),
    "look": lambda q: q.storage.look(q.scope, before=None, after=LATER),
    "make_schedule": lambda q: q.storage.make_schedule(q.scope, new_schedule()),
    "change_schedule": lambda q: q.each(
        lambda one: q.storage.change_schedule(q.scope, one, lambda kept: replace(kept, name="Another")), q.schedules
    ),
    "run_schedule": lambda q: q.each(
        lambda one: q.storage.run_schedule(q.scope, one, slot="now", now=LATER), q.schedules
    ),
    "remove_schedule": lambda q: q.each(
        lambda one: q.storage.remove_schedule(q.scope, one, now=LATER), q.schedules[::2]
    ),
    "bring_schedule_back": lambda q: q.each(
        lambda one: q.storage.bring_schedule_back(q.scope, one, lambda kept: kept), q.schedules
    ),
    "bring_watch_back": lambda q: q.each(
        lambda one: q.storage.bring_watch_back(q.scope, one, lambda kept: kept, most_own=9, most=99), q.schedules
    ),
    "correct": lambda q: q.each(
        lambda article: q.storage.correct(q.scope, article, Edit({"author": "Somebody"}), made_by=ASKER, now=LATER),
        q.articles,
    ),
    "withdraw": lambda q: q.each(lambda one: q.storage.withdraw(q.scope, one, now=LATER), q.corrections),
    "share": lambda q: q.each(
        lambda article: q.storage.share(q.scope, article, audience_id=NEWS, origin_id=article, now=LATER), q.articles
    ),
    "anchor": lambda q: q.storage.anchor(q.scope, q.uploads, channel_id=NEWS, message_id=5),
    "restore": lambda q: q.each(lambda removal: q.storage.restore(q.scope, removal), q.removals),
    "trash": lambda q: q.each(lambda one: q.storage.trash(q.scope, [one], removed_by=ASKER, now=LATER), q.uploads[::2]),
    "remove_uploads": lambda q: q.each(lambda one: q.storage.remove_uploads(q.scope, [one]), q.uploads[1::4]),
    "decide": decide_each,
    "withdraw_decision": withdrawn,
    "add": lambda q: q.each(lambda number: add_again(q, number), range(len(FILES))),
    "forget_person": lambda q: own(q.storage.forget_person(q.scope, ASKER, now=LATER)),
}
# What the asker typed is said back to them: it is in what was made for them.
SAID_BACK = {
    "make_watch": {"rarewatch1x"},
    "settings.unshare": {str(PLACES[2][1])},
    "settings.unwatch": {str(PLACES[2][1])},
}
# How much of its limits a server has used is told to whoever sets them: numbers, wherever it came in (test_settings).
NUMBERS = re.compile(r"((?:Files of the whole server|MiB of the whole server|Articles in all).*?'[\d,]+, )[\d,]+ used")
# What no command asks in anybody's name, and why it may know more.
THE_PROGRAMS_OWN = {
    **dict.fromkeys(
        (
            *("due_schedules", "running_schedules", "move_schedule", "halt_schedule", "open_deliveries", "begin_try"),
            *("claim_deliveries", "put_off", "give_back", "end_delivery", "take_untold", "leave_untold", "shown_items"),
            "latest_items",
        ),
        "delivering what is due, of all desks; what may be drawn on is a scope of its own (test_scheduler)",
    ),
    **dict.fromkeys(
        ("arrivals", "running_watches", "note_hits", "open_alerts", "watch_hits", "drop_watch_hits"),
        "holding what comes in against watches; what one tells is composed for who is told (test_watches)",
    ),
    **dict.fromkeys(
        (
            *("claim_sources", "hear", "miss", "put_off_source", "claim_entries", "end_entry", "put_off_entry"),
            *("hold_feed", "give_back_feeds", "feeds_to_post", "unposted", "take_untold_feeds", "leave_untold_feed"),
            "sweep_feeds",
        ),
        "polling feeds for all desks at once; each entry goes to those who follow it alone (test_feed_polling)",
    ),
    "close": "ends the storage",
    "check": "SQLite's own check of the file, for whoever runs the program",
    "revision": "the schema's",
    "has_extraction": "whether bytes need to be read again; it is never shown",
    "trash_message": "Discord told that a message is gone, whoever could see it",
    "attachments_of": "what a message brought, before one of them goes",
    "trash_channel": "Discord told that a channel is gone, whoever could see it",
    "empty_trash": "the tidying of all desks",
    "forget_desk": "the deletion of all that a server has",
    "leave": "whether the bot is a member",
    "come_back": "whether the bot is a member",
    "members_of": "where the bot is a member",
    "drop_left": "the tidying of all desks",
    "drop_copies": "the tidying of all desks",
    "expire": "the tidying of all desks",
    "purge_search": "the tidying of the index",
    "unsigned": "what is still to be computed, of all desks; it is never shown",
    "sign": "what is still to be computed, of all desks",
    "pair_some": "what is still to be computed, of all desks; searches find the same without it",
    "unnamed": "what is still to be computed, of all desks; it is never shown",
    "articles_after": "what is computed anew, of all desks; it is never shown",
    "keep_names": "what is still to be computed, of all desks",
    "keep_actions": "buttons, of a desk and by their own id",
    "actions": "buttons, of a desk and by their own id; who may press is checked (test_controls)",
    "prune_actions": "the tidying of all desks",
    "fingerprint": "the program's own memory",
    "set_fingerprint": "the program's own memory",
    **dict.fromkeys(("take_turn", "take_lease", "end_lease"), "which process does what all do one by one"),
    "claim": "what is said once in a desk",
    "settings": "a desk's settings, which are for all its members",
    "change_settings": "a desk's settings, for its managers (test_settings)",
    "watching": "for whoever runs the program",
    "usage": "limits count what comes in wherever it does; numbers alone",
    "held": "limits count what comes in wherever it does; numbers alone",
    "check_room": "limits count what comes in wherever it does; numbers alone",
}


async def test_every_method_of_the_storage_is_asked_or_is_the_programs_own():
    methods = {name for name, method in inspect.getmembers(Storage, inspect.iscoroutinefunction)}

    assert READS.keys() | CHANGES.keys() | THE_PROGRAMS_OWN.keys() == methods
    assert len(READS) + len(CHANGES) + len(THE_PROGRAMS_OWN) == len(methods)


async def test_what_is_asked_in_somebodys_name_takes_a_scope_first_and_the_programs_own_none():
    def takes_scope(name):
        return list(inspect.signature(getattr(Storage, name)).parameters)[1:2] == ["scope"]

    assert all(map(takes_scope, READS.keys() | CHANGES.keys()))
    assert not any(map(takes_scope, THE_PROGRAMS_OWN))


_STEP_NUMBERS = st.integers(0, MOST_STEPS - 1)
_PLACE_NUMBERS = st.integers(0, len(PLACES) - 1)
_ALSO = st.frozensets(_PLACE_NUMBERS, max_size=4)
_BRING = st.builds(Bring, _PLACE_NUMBERS, st.integers(0, len(FILES) - 1))
_STEPS = st.one_of(
    _BRING,
    st.builds(Correct, _STEP_NUMBERS, _ALSO, st.sampled_from(["title", "source", "split", "merge", "drop"])),
    st.builds(Withdraw, _STEP_NUMBERS),
    st.builds(Share, _STEP_NUMBERS, _PLACE_NUMBERS),
    st.builds(Trash, _STEP_NUMBERS, _ALSO),
    st.builds(Restore, _STEP_NUMBERS),
)
_HISTORIES = st.tuples(st.lists(_BRING, min_size=2, max_size=6), st.lists(_STEPS, max_size=6)).map(
    lambda parts: [*parts[0], *parts[1]]
)


class Trial:
    """The same history in two worlds, and what one person is answered in each."""

    def __init__(self, steps, sees, whole, bare):
        self.whole, self.bare = whole, bare
        self.forbidden = hidden_words(steps, whole, bare)
        self._sees = sees

    async def differs(self, ask, *, typed=()):
        """Return what tells the worlds apart, or what shows of what is hidden; None where there is nothing.

        Words that the person has `typed` may be said back.
        """
        answers = []
        for world in (self.whole, self.bare):
            asked = await questions(world, self._sees)
            answers.append(await ask(asked))
            await name_ids(world)
        return self.compare(*answers, typed=typed)

    def compare(self, in_whole, in_bare, *, typed=()):
        """Return what tells two answers apart, or what shows in the first; None where there is nothing.

        Words that the person has `typed` may be said back.
        """
        shown = repr(in_whole).lower()
        in_whole, in_bare = told(in_whole, self.whole), told(in_bare, self.bare)
        showing = sorted(word for word in self.forbidden.difference(typed) if word in shown)
        if showing:
            return f"hidden, and shown: {showing}"
        there, here = (pformat(answer, width=150).splitlines() for answer in (in_whole, in_bare))
        return None if in_whole == in_bare else "\n".join(unified_diff(here, there, "bare", "whole", n=1, lineterm=""))


async def trial(steps, sees, one, other):
    return Trial(steps, sees, await play(one, steps, sees, bare=False), await play(other, steps, sees, bare=True))


@pytest.mark.trust("member-hidden-traces")
@settings(max_examples=4)
@given(steps=_HISTORIES, sees=st.sampled_from([PUBLIC, PRIVATE]))
async def test_no_method_of_the_storage_tells_of_what_is_out_of_sight(steps, sees):
    async with open_storage(MEMORY) as one, open_storage(MEMORY) as other:
        asking = await trial(steps, sees, one, other)

        for name, ask in (READS | CHANGES).items():
            assert await asking.differs(ask, typed=SAID_BACK.get(name, ())) is None, name


# A history with each of the traps: the same file in sight and out of it, the hidden one first; corrected, shared,
# removed on either side; another desk with channels of the same ids.
TRAPS = [
    Bring(2, 0),
    Bring(0, 0),
    Bring(3, 1),
    Bring(1, 1),
    Bring(4, 3),
    Bring(5, 3),
    Bring(0, 2),
    Bring(2, 2),
    Bring(2, 3),
    Bring(6, 1),
    Correct(1, frozenset({1}), "title"),
    Correct(0, frozenset(), "split"),
    Correct(8, frozenset(), "drop"),
    Share(1, 2),
    Trash(3, frozenset()),
    Trash(2, frozenset()),
]


@pytest_asyncio.fixture(loop_scope="session")
async def worlds():
    """Make trials of a history, each in databases of its own."""
    async with AsyncExitStack() as stack:

        async def make(steps, sees):
            opened = [await stack.enter_async_context(open_storage(MEMORY)) for _ in range(2)]
            return await trial(steps, sees, *opened)

        yield make


def _every_audience(scope, source=visibility.upload):
    return source.c.desk_id == scope.desk_id


def _every_desk(scope, source=visibility.upload):
    return literal(True) if scope.audiences is None else source.c.audience_id.in_(scope.audiences)


MUTANTS = {"every audience": _every_audience, "every desk": _every_desk}


def mutate(monkeypatch, mutant):
    """Put the mutant in the place of the condition, wherever a module of the storage has it by name."""
    original = visibility.visible
    for name, module in list(sys.modules.items()):
        if name.startswith("storage") and getattr(module, "visible", None) is original:
            monkeypatch.setattr(module, "visible", mutant)


@pytest.mark.parametrize("sees", [PUBLIC, PRIVATE], ids=["public", "private"])
async def test_no_method_tells_of_the_traps(worlds, sees):
    asking = await worlds(TRAPS, sees)

    found = {name: await asking.differs(ask, typed=SAID_BACK.get(name, ())) for name, ask in (READS | CHANGES).items()}

    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize("mutant", MUTANTS)
async def test_each_read_is_found_out_when_the_scope_is_forgotten(worlds, monkeypatch, make_anew, mutant):
    asking = await worlds(TRAPS, PRIVATE)
    mutate(monkeypatch, MUTANTS[mutant])
    make_anew()

    unnoticed = {name for name, ask in READS.items() if not await notices(asking, ask)}

    assert unnoticed == UNNOTICED[mutant]


async def notices(asking, ask):
    """Tell whether the check fails; a statement may also trip over what it should never have met."""
    try:
        return await asking.differs(ask) is not None
    except (KeyError, MultipleResultsFound):
        return True


# These statements name the desk a second time, beside the scope: it takes two slips to make them tell.
UNNOTICED = {
    # It is asked of the asker alone.
    "every audience": {"looked"},
    "every desk": {"alike", "article", "dropped", "in_trash", "origins_of", "passage", "records", "texts"}
    | {"decisions", "headlines", "named_in", "named_most", "named_with", "names_called", "names_like"}
    | {"brought_by", "looked", "nearby", "nameless", "recent", "search", "seen", "sources", "sources_between"}
    | {"spellings"},
}


# What each option of a use case is given: everything that could name what is out of sight.
OPTIONS = {
    "article": lambda q: [*q.articles, "Rare0atitle", "Rare1atitle", "Rare3atitle harbour", "corrected"],
    "uploads": lambda q: [[one] for one in q.uploads[:9]],
    "upload": lambda q: q.uploads[:9],
    "correction": lambda q: q.corrections[9:13],
    "removals": lambda q: [[one] for one in q.removals[13:]],
    "removed": lambda q: ["Rare1atitle", *(f"removal:{one}" for one in q.removals[13:])],
    "message": lambda _: [message(0), message(1), message(4)],
    "query": lambda _: ["harbour", "rare0atown", "rare3aperson", "rare1atown OR tram", "rare*"],
    "topic": lambda _: ["harbour", "rare0atown", "rare3aperson"],
    "text": lambda _: ["Rare3aperson came to the orchard.", "Rare1aperson came to the council."],
    "source": lambda _: ["Rare0asource", "Rare3asource"],
    "sources": lambda _: ["Rare0asource", "Rare3asource"],
    "channel": lambda _: [NEWS, PLACES[2][1]],
    "every": lambda _: ["weekly", "monthly", "hourly", "daily"],
    "search": lambda _: ["harbour", "rare0atown", "rare3aperson"],
    "watch": lambda q: [*q.watches, "rarewatch", "nobody"],
    "digest": lambda q: [*q.schedules, "rareschedule", "nobody"],
    "feed": lambda q: [*q.feeds, "rarefeed", "nobody"],
    "edition": lambda q: [edition_of(q.articles).to_json()],
    **dict.fromkeys(
        ("name", "other", "entity", "spelling"),
        lambda _: ["Rare0aperson", "Rare1aperson (person)", "Rare3aperson", "Rare0atown", "nobody"],
    ),
}
# What of that is out of sight and said back, as in “There is no article …”; the other halves of the files never are.
TYPED_BY_HAND = {"rare0a", "rare1a", "rare3a"}
# What says how, and names nothing that is stored; an option that is not required may be left out.
PLAIN = {
    "start": 0,
    "end": 9,
    "number": 1,
    "failures": [],
    "files": [],
    "at": "2",
    "asked": LATER.isoformat(),
    "who": "everyone",
    "shown": "private",
    "sentences": 3,
    "quiet": True,
    "days": 30,
    "zone": "UTC",
    "since": "2024",
    "begin": SINCE.isoformat(),
    "ended": LATER.isoformat(),
    "before": SINCE.isoformat(),
    "after": LATER.isoformat(),
    "until": "2027",
    "title": "Another title",
    "newest": True,
    "post": False,
    "mine": True,
    "order": "newest",
    "known": [],
    "to": "Somebody Else",
    "decisions": [10**17],
    "to_me": True,
    "length": "long",
    "when_empty": True,
    "nobody": True,
    "missed": "skip",
    "kept": {},
}
LEFT_OUT = {
    *("file", "file2", "file3", "file4", "file5", "url"),  # what is brought anew: nothing stored
    *("page", "private", "method", "author", "date", "language", "command"),
    *("day", "mention"),
    *("person_files", "server_files", "person_mib", "server_mib", "articles", "commands"),
}
# An address of this machine's own, which nobody is let fetch: what is brought anew has nothing stored to tell of.
# Whether a feed is followed already is asked of the storage (`make_feed`).
CLOSED = "http://127.0.0.1/feed"
# Without this it only asks, or is not asked at all.
ALONG = {
    "DigestService.add": {"every": "daily"},
    "FeedService.add": {"url": CLOSED},
    "FeedService.take_over": {"file": Incoming("feeds.opml", url=CLOSED)},
}
# What takes things out comes last.
LAST = ("digests.remove", "watches.remove", "removal.", "corpus.undo", "articles.withdraw", "articles.unshare")


def cases(q, use_case):
    """Yield options for a use case: each value of each option that could name something, the others as required."""
    parameters = list(inspect.signature(use_case).parameters.values())[1:]
    required = [one for one in parameters if one.default is inspect.Parameter.empty]
    unknown = [one.name for one in parameters if one.name not in OPTIONS.keys() | PLAIN.keys() | LEFT_OUT]
    assert not unknown, f"{use_case.__qualname__} takes {unknown}: say above what it is given"
    along = ALONG.get(use_case.__qualname__, {})
    usual = {one.name: _values(q, one)[0] for one in required if one.name not in along} | along
    yield usual
    for one in parameters:
        if one.name not in LEFT_OUT:
            yield from (usual | {one.name: value} for value in _values(q, one))


def edition_of(articles):
    """Return a digest that quotes the beginning of each of these."""
    items = tuple(Item((article,), (Cut(article, 0, 9),)) for article in articles)
    return Edition("Digest", "Since", "", Period(NOON, LATER), NOON, stories=(Item(tuple(articles)),), singles=items)


def _values(q, parameter):
    values = OPTIONS[parameter.name](q) if parameter.name in OPTIONS else [PLAIN[parameter.name]]
    # What is picked from a list while it is typed is the id as text.
    typed = parameter.annotation in (str, str | None)
    return [str(value) for value in values] if typed else values


def call_of(scope, *, private, manager):
    def spots(number):
        return Spot(ASKER, scope.audiences) if number is None else Spot(number, frozenset({number}) | PUBLIC.audiences)

    who = {"private": private, "manager": manager, "admin": manager}
    return Call(scope, NEWS, ASKER if private else NEWS, 10**15, LATER, guild_id=DESK, spots=spots, **who)


async def said(ask, *given, **options):
    """Return the reply, or what the person is told instead."""
    try:
        return await ask(*given, **options)
    except (UserError, StorageError, SummariserError) as error:
        return error


async def ask_everything(q, services, call):
    """Ask every use case that a command, a button or a form can reach; return what is answered, by name."""
    answers = {}
    for name in sorted(_REQUESTS, key=lambda name: (name.startswith(LAST), name)):
        service, _, method = name.partition(".")
        use_case = getattr(getattr(services, service), method)
        given = list(cases(q, use_case))
        # Each answer may differ from the one before: what is changed is changed in both worlds.
        answers[name] = [await said(services.perform, call, Request(name, options)) for options in given]
        await name_ids(q.world)
    return answers


async def ask_suggestions(q, services, call):
    """Type into every option that offers something; return what is offered."""
    answers = {}
    for field in fields(Services):
        service = getattr(services, field.name)
        for name in (name for name in dir(service) if name.startswith("suggest_")):
            offer = getattr(service, name)
            more = list(inspect.signature(offer).parameters)[2:]
            also = [{one: _first(q, one, place) for one in more} for place in (range(4) if more else range(1))]
            answers[f"{field.name}.{name}"] = [
                await opened_tickets(q.storage, await said(offer, call, typed, **options))
                for typed in TYPED
                for options in also
            ]
    return answers


async def opened_tickets(storage, offered):
    """Return what is offered with the articles that its tickets stand for: a ticket is by chance."""
    if not isinstance(offered, list):
        return offered
    secret = await secret_of(storage)
    return [
        replace(one, value=str(article_of(one.value, secret))) if TICKET.fullmatch(one.value) else one
        for one in offered
    ]


def comparable(name, given):
    """Leave out of the limits how much of them the server has used, and look into an export."""
    if name == "settings.limits":
        return [NUMBERS.sub(r"\1", repr(one)) for one in given]
    if name == "exports.export":
        return [opened(one) if isinstance(one, Reply) else one for one in given]
    return given


def opened(reply):
    """Return a reply, and what its archives say."""
    return replace(reply, attachments=()), [unpacked(file.data) for file in reply.attachments]


def _first(q, name, place):
    return str(OPTIONS[name](q)[-1 - place])


async def test_every_command_is_among_what_is_asked(services):
    declared = {f"{command.service}.{command.method}" for command in read_commands(cogs.build(services))}

    assert declared <= _REQUESTS


@pytest.mark.trust("member-hidden-traces", "moderator-sees-no-more")
@pytest.mark.parametrize(("sees", "manager"), [(PUBLIC, False), (PRIVATE, True)], ids=["public", "private"])
async def test_no_command_button_or_suggestion_tells_of_what_is_out_of_sight(worlds, compute, web, sees, manager):
    asking = await worlds(TRAPS, sees)
    call = call_of(sees, private=sees is PRIVATE, manager=manager)
    found = {}

    asked = await questions(asking.whole, sees)
    ids = {str(one) for one in (*asked.uploads, *asked.articles, *asked.corrections, *asked.removals, *asked.watches)}
    for everything in (ask_suggestions, ask_everything):
        answers = [
            await everything(await questions(world, sees), build(world.storage, compute, web, Limits()), call)
            for world in (asking.whole, asking.bare)
        ]
        for name in answers[0]:
            typed = TYPED_BY_HAND | ids | SAID_BACK.get(name, set())
            there, here = (comparable(name, each[name]) for each in answers)
            found[name] = asking.compare(there, here, typed=typed)

    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.trust("member-hidden-traces")
async def test_the_numbers_of_an_export_are_those_of_places_in_it(worlds):
    asking = await worlds(TRAPS, PRIVATE)

    there, here = [
        numbered(await world.storage.export(PRIVATE, most=10**8, originals=True))
        for world in (asking.whole, asking.bare)
    ]

    assert there == here
    assert len(there["articles.jsonl"]) > 3
    for name in ("articles.jsonl", "extractions.jsonl", "names.jsonl"):
        own = [line[0] for line in there[name]]
        assert own == list(range(own[0], own[0] + len(own)))


def numbered(exported):
    """Return the numbers of articles, readings and names in each line of an export, the line's own first."""
    found = {}
    with ZipFile(BytesIO(exported.data)) as packed:
        for file in packed.namelist():
            if "/" in file or file == "manifest.json":
                continue
            own = {"names.jsonl": "name_id", "extractions.jsonl": "extraction_id"}.get(file, "article_id")
            keys = sorted(("name_id", "article_id", "extraction_id"), key=lambda key, own=own: key != own)
            found[file] = [
                [line[key] for key in keys if key in line] + pieces_of(file, line)
                for line in map(json.loads, packed.read(file).splitlines())
            ]
    return found


def pieces_of(file, line):
    """Return the articles that a line names in what it holds."""
    if file == "uncorrected.jsonl":
        return [piece["article"] for piece in line["articles"]]
    return [line["key"]] if line.get("kind") == "article" else []


async def test_what_stands_behind_a_suggested_article_tells_nothing_of_when_it_came():
    secret, other = bytes(16), bytes([1] * 16)
    ids = [(10**17 + moment) << 4 for moment in range(2000)]

    tickets = [ticket_of(one, secret) for one in ids]

    assert [article_of(one, secret) for one in tickets] == ids
    assert len(set(tickets)) == len(ids)
    rising = sum(one < later for one, later in pairwise(tickets))
    assert 900 < rising < 1100
    assert not set(tickets) & {ticket_of(one, other) for one in ids}
