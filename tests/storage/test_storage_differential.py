"""Whatever happens, both engines answer the same: the same ids, the same words, the hits of a search in one order."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest
from corpus_makers import NOON, scope, upload, whole
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from naive_names import KEYS, NAMING, find, naming
from test_storage_scheduling import new, opening

from storage import copies, ids, open_storage
from storage import naming as stored_naming
from storage.base import (
    Drop,
    Edit,
    Heard,
    Merge,
    NewFeed,
    Outcome,
    Search,
    Split,
)
from storage.errors import StorageError
from storage.query import parse
from summariser.model import Decision, FeedEntry, MentionType, Name, Proposal, Signature, Span, Verdict

ENGINES = ("sqlite", "server")
LEASE, DAY = timedelta(minutes=2), timedelta(days=1)

AUDIENCES = st.sampled_from((11, 12))
SCOPES = st.one_of(
    st.builds(scope, AUDIENCES), st.just(scope(11, 12)), st.just(whole()), st.just(scope()), st.just(scope(11, desk=2))
)
NUMBERS = st.integers(0, 9)
CORRECTIONS = st.one_of(
    st.builds(
        Edit,
        st.fixed_dictionaries(
            {},
            optional={
                "title": st.sampled_from((None, "Anew", "émile")),
                "source": st.sampled_from((None, "Tamm Echo", "zeta", "Éire")),
                "published": st.sampled_from((None, NOON, NOON - 40 * DAY)),
            },
        ).filter(bool),
    ),
    st.builds(Split, st.integers(5, 40)),
    st.just(Merge()),
    st.just(Drop()),
)
NAMES = st.sampled_from(sorted(KEYS, key=str))
DECISIONS = st.builds(
    lambda verdict, one, other: Decision(verdict, one.type, one.words, other.words, other.type),
    st.sampled_from((Verdict.SAME, Verdict.DIFFERENT)),
    NAMES,
    NAMES,
)

STEPS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(NAMING), AUDIENCES, st.sampled_from((1, 1, 2)), st.booleans()),
    st.tuples(st.just("add"), st.sampled_from(NAMING), AUDIENCES, st.sampled_from((1, 1, 2)), st.booleans()),
    st.tuples(st.just("correct"), SCOPES, NUMBERS, CORRECTIONS),
    st.tuples(st.just("withdraw"), SCOPES, NUMBERS),
    st.tuples(st.just("decide"), SCOPES, DECISIONS),
    st.tuples(st.just("undecide"), SCOPES, NUMBERS),
    st.tuples(st.just("share"), SCOPES, NUMBERS, AUDIENCES),
    st.tuples(st.just("trash"), SCOPES, NUMBERS),
    st.tuples(st.just("restore"), SCOPES),
    st.tuples(st.just("remove"), SCOPES, NUMBERS),
    st.tuples(st.just("sign")),
    st.tuples(st.just("name")),
    st.tuples(st.just("empty")),
    st.tuples(st.just("forget"), st.sampled_from((900, 901))),
    st.tuples(st.just("schedule"), SCOPES, AUDIENCES, st.sampled_from(("Émile", "dawn", "Zeta", "zeta"))),
    st.tuples(st.just("deliver"), NUMBERS, st.sampled_from(("sent", "failed", "skipped"))),
    st.tuples(st.just("watch"), SCOPES, AUDIENCES),
    st.tuples(st.just("alert")),
    st.tuples(st.just("follow"), SCOPES, AUDIENCES),
    st.tuples(st.just("poll"), NUMBERS),
    st.tuples(st.just("set"), NUMBERS),
)


class Both:
    """Asks two storages the same, holds their answers against each other, and gives back the one that they share.

    Ids hold chance, and count on from the one before: each engine is given the same chance, the same clock and its
    own count.
    """

    def __init__(self, storages, monkeypatch):
        self._storages = storages
        self._last = dict.fromkeys(ENGINES, 0)
        self._asked = 0
        self._chance = Random(0)
        bits = SimpleNamespace(randbits=self._bits)
        monkeypatch.setattr(ids, "secrets", bits)
        token = SimpleNamespace(token_hex=self._token)
        monkeypatch.setattr(copies, "secrets", token)
        monkeypatch.setattr(stored_naming, "datetime", SimpleNamespace(now=lambda _: NOON))

    def _bits(self, number):
        return self._chance.getrandbits(number)

    def _token(self, number):
        return self._chance.randbytes(number).hex()

    def __getattr__(self, name):
        async def ask(*values, **named):
            self._asked += 1
            found = {engine: await self._ask(engine, name, values, named) for engine in ENGINES}
            assert found["server"] == found["sqlite"], (name, values, named)
            kind, answer = found["sqlite"]
            if kind == "refused":
                raise Refused(*answer)
            return answer

        return ask

    async def _ask(self, engine, name, values, named):
        self._chance = Random(self._asked)
        ids._last = self._last[engine]
        try:
            answer = "told", await getattr(self._storages[engine], name)(*values, **named)
        except StorageError as error:
            answer = "refused", (type(error).__name__, str(error))
        self._last[engine] = ids._last
        return answer


class Refused(Exception):  # noqa: N818  what both engines said alike
    """Both refused it, for the same reason."""


class Desk:
    """A desk in which things happen, some of which cannot be done."""

    def __init__(self, both):
        self.both = both
        self.now = NOON
        self.uploads = []
        self.corrections = []
        self.decisions = []

    async def do(self, name, *values):
        self.now += timedelta(minutes=1)
        try:
            await getattr(self, f"_{name}")(*values)
        except Refused:
            return

    async def _add(self, file, audience, version, found):
        brought = upload(file, audience, uploader_id=900 + audience % 2, created_at=self.now)
        read = replace(naming(file, version, found=found), proposals=(Proposal(0, 12, 13),) if found else ())
        added = await self.both.add(scope(audience), brought, read)
        self.uploads.append(added.upload_id)

    async def _correct(self, asking, number, correction):
        heads = await self.both.newest(asking, limit=99)
        if heads:
            chosen = heads[number % len(heads)].article_id
            made = await self.both.correct(asking, chosen, correction, made_by=900, now=self.now)
            self.corrections.append(made.correction_id)

    async def _withdraw(self, asking, number):
        if self.corrections:
            chosen = self.corrections[number % len(self.corrections)]
            await self.both.withdraw(asking, chosen, now=self.now)

    async def _decide(self, asking, decision):
        self.decisions.append(await self.both.decide(asking, decision, made_by=900, now=self.now))

    async def _undecide(self, asking, number):
        if self.decisions:
            chosen = self.decisions[number % len(self.decisions)]
            await self.both.withdraw_decision(asking, chosen, now=self.now)

    async def _share(self, asking, number, audience):
        heads = await self.both.newest(asking, limit=99)
        if heads:
            chosen = heads[number % len(heads)].article_id
            await self.both.share(asking, chosen, audience_id=audience, origin_id=number, now=self.now)

    async def _trash(self, asking, number):
        if self.uploads:
            chosen = [self.uploads[number % len(self.uploads)]]
            await self.both.trash(asking, chosen, removed_by=900, now=self.now)

    async def _restore(self, asking):
        for removal in await self.both.in_trash(asking):
            await self.both.restore(asking, removal.removal_id)

    async def _remove(self, asking, number):
        if self.uploads:
            await self.both.remove_uploads(asking, [self.uploads[number % len(self.uploads)]])

    async def _sign(self):
        for one in await self.both.unsigned():
            words = one.text.lower().split()
            hashes = sorted({sum(map(ord, "".join(words[at : at + 3]))) for at in range(len(words))})
            await self.both.sign(one, Signature(len(hashes), tuple(hashes[: Signature.KEPT])))

    async def _name(self):
        for one in await self.both.unnamed():
            await self.both.keep_names(one, find(one.text))

    async def _empty(self):
        while not await self.both.empty_trash(before=self.now):
            pass
        while not await self.both.sweep_feeds(before=self.now):
            pass

    async def _forget(self, person):
        await self.both.forget_person(whole(), person, now=self.now)

    async def _schedule(self, asking, audience, name):
        made = new(audience, name=name, made_by=900, made_at=self.now, next_at=self.now + DAY)
        await self.both.make_schedule(asking, made, most=5)

    async def _deliver(self, number, state):
        self.now += DAY
        due = await self.both.due_schedules(now=self.now)
        slot = f"2026-03-{number + 1:02}T09:00"
        await self.both.open_deliveries([opening(one, slot) for one in due if one.kind == "digest"], now=self.now)
        for claimed in await self.both.claim_deliveries("me", now=self.now, lease=LEASE, limit=number):
            one = claimed.delivery
            place, payload = {"number": 1}, {"words": "“Skippers” were told"}
            await self.both.begin_try(one, "me", place=place, payload=payload, now=self.now, lease=LEASE)
            outcome = Outcome(state, self.now, reason=None if state == "sent" else "why", items=(("article", "7"),))
            await self.both.end_delivery(one, "me", outcome, history=40 * DAY)
        await self.both.give_back("me", now=self.now)

    async def _watch(self, asking, audience):
        made = new(audience, kind="watch", name="W", next_slot=None, next_at=None, made_by=900, made_at=self.now)
        await self.both.make_watch(asking, replace(made, what={"about": "vell"}), most_own=2, most=3)

    async def _alert(self):
        self.now += timedelta(hours=1)
        arrived = await self.both.arrivals(now=self.now)
        watches = await self.both.running_watches(whole().desk_id)
        hits = [(one.upload_id, watch.schedule_id) for one in arrived for watch in watches]
        for upload_id, schedule_id in hits:
            await self.both.drop_watch_hits(whole().desk_id, schedule_id, [upload_id])

    async def _follow(self, asking, audience):
        new_feed = NewFeed("https://vell.example/feed", audience, audience, 900, {"kind": "channel"})
        heard = self._heard(3)
        await self.both.make_feed(asking, new_feed, heard, now=self.now, first=2, most=5)

    async def _poll(self, number):
        self.now += timedelta(hours=2)
        for source in await self.both.claim_sources("me", now=self.now, lease=LEASE, limit=5):
            await self.both.hear("me", source, self._heard(number), now=self.now)
        for one in await self.both.claim_entries("me", now=self.now, lease=LEASE, limit=number):
            done = {"upload_id": number or None, "reason": None if number else "why"}
            await self.both.end_entry("me", one, **done, now=self.now)
        for feed in await self.both.feeds_to_post(now=self.now, oldest=self.now - DAY):
            await self.both.unposted(feed.desk_id, feed.schedule_id)

    def _heard(self, number):
        entries = tuple(_entry(at) for at in range(number, 0, -1))
        return Heard(self.now + timedelta(hours=1), "https://vell.example/feed", 3600, title="Vell", entries=entries)

    async def _set(self, number):
        def change(before):
            return replace(before, watched=before.watched ^ {number})

        await self.both.change_settings(1, change, changed_by=900, now=self.now)


def _entry(number):
    values = {"guid": f"g{number}", "url": f"https://vell.example/{number}", "title": f"Entry {number}"}
    values |= {"text": f"Words {number}", "content": f"c{number}", "published": NOON}
    wanted = FeedEntry.__dataclass_fields__
    return FeedEntry(**{name: values.get(name) for name in wanted})


async def _read_everything(both, asking, now):
    """Ask both all that can be read."""
    heads = await both.newest(asking, limit=99)
    known = [head.article_id for head in heads]
    everywhere = [head.article_id for head in await both.newest(whole(), limit=99)] + [12345]
    await both.count(asking)
    for first in (0, 2):
        await both.listed(asking, first=first, limit=2)
    await both.listed(asking, uploader_id=901, limit=99)
    await both.arrived(asking, NOON, now, limit=50)
    await both.recent(asking, limit=5)
    await both.recent(asking, since=NOON - 60 * DAY, until=now, sources=("Vell Courier", "Oru Gazette", "Éire"))
    await both.sources_between(asking, NOON - 60 * DAY, now)
    await _search(both, asking, now)
    for typed in ("", "v", "echo", "É", "ma"):
        await both.suggest(asking, typed)
        await both.sources(asking, typed)
        await both.suggest_names(asking, typed)
    for word in ("letter", "marlo", "vel"):
        await both.nearby(asking, word)
    await _read_names(both, asking, everywhere)
    await both.texts(asking, everywhere)
    await both.origins_of(asking, everywhere)
    await both.alike(asking, known)
    await both.proposals(asking, known)
    for article_id in everywhere:
        for ask in (both.article, both.sentences, both.origins, both.original, both.corrections):
            await _perhaps(ask(asking, article_id))
        await _perhaps(both.passage(asking, article_id, Span(0, 9)))
    await both.in_trash(asking)
    await both.dropped(asking)
    await both.records(asking, 900)
    await both.usage(asking.desk_id, 900, since=NOON)
    await both.held(asking.desk_id)
    for schedule in await both.schedules(asking):
        await both.deliveries(asking, schedule.schedule_id)
    await both.running_schedules(after=None)
    await both.watches(asking)
    for feed in await both.feeds(asking):
        await both.feed_entries(asking, feed.feed_id)
    await both.settings(asking.desk_id)
    await both.watching()


async def _search(both, asking, now):
    for asked in (
        "vell",
        "marlow OR oru",
        '"marlow spoke"',
        "mar*",
        "vell NOT frost",
        "(tram OR echo) vell",
        "zzz",
        "gua*",
    ):
        for other in (False, True):
            await both.search(asking, Search(parse(asked), newest=other, by_story=other), first=1, limit=3)
        dated = Search(parse(asked), sources=("Vell Courier", "Oru Gazette"), since=NOON - 60 * DAY, until=now)
        await both.search(asking, dated)


async def _read_names(both, asking, everywhere):
    found = []
    for keys in KEYS.values():
        found += await both.names_like(asking, keys)
    for typed in ("OG", "marlow", "Ines Marlow", "vell"):
        await both.names_called(asking, typed)
    groups = [{one.name_id} for one in found] + [{one.name_id for one in found}]
    for group in filter(None, groups):
        for ask in (both.spellings, both.seen, both.named_in, both.named_with, both.named_most, both.headlines):
            await ask(asking, group)
        await both.named_in(asking, group, first=1, limit=1)
    await both.names_of(asking, everywhere)
    await both.decisions(asking)
    await both.decisions(asking, [Name(MentionType.PER, "Ines Marlow")], withdrawn=True)


async def _perhaps(asked):
    try:
        await asked
    except Refused:
        return


@asynccontextmanager
async def _both(server, database, monkeypatch):
    server.empty(database)
    async with open_storage("sqlite+aiosqlite://") as sqlite, open_storage(server.url(database)) as other:
        yield Both({"sqlite": sqlite, "server": other}, monkeypatch)


@pytest.mark.parametrize("database", ["shared", "parts"])
# To look for a shorter example costs minutes with a server; what was done is printed whole.
@settings(
    max_examples=4,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(steps=st.lists(STEPS, min_size=4, max_size=14), asking=SCOPES)
async def test_both_engines_answer_the_same_whatever_happens(server, database, steps, asking):
    with pytest.MonkeyPatch.context() as monkeypatch:
        async with _both(server, database, monkeypatch) as both:
            desk = Desk(both)

            for step in steps:
                await desk.do(*step)

            await _read_everything(both, asking, desk.now)
            await _read_everything(both, whole(), desk.now)


async def test_an_answer_that_differs_is_found_out(server, monkeypatch):
    async with _both(server, "shared", monkeypatch) as both:
        desk = Desk(both)
        await desk.do("add", NAMING[0], 11, 1, True)
        await both._storages["server"].correct(
            whole(),
            (await both.newest(whole()))[0].article_id,
            Edit({"source": "Elsewhere"}),
            made_by=900,
            now=datetime(2026, 3, 2, tzinfo=UTC),
        )

        with pytest.raises(AssertionError, match="Elsewhere"):
            await _read_everything(both, whole(), desk.now)


async def test_the_same_things_happen_in_order(server, monkeypatch):
    """One long day, so that each kind of step is taken whatever chance chooses."""
    async with _both(server, "shared", monkeypatch) as both:
        desk = Desk(both)
        for number, file in enumerate((*NAMING, *NAMING)):
            await desk.do("add", file, 11 + number % 2, 1 + number // 5, number % 2 == 0)
        steps = (
            ("sign",), ("name",), ("watch", whole(), 11), ("add", NAMING[1], 12, 2, True), ("alert",),
            ("schedule", whole(), 11, "zeta"), ("schedule", whole(), 12, "Émile"), ("schedule", whole(), 12, "Zeta"),
            ("deliver", 1, "sent"), ("deliver", 2, "failed"), ("deliver", 9, "skipped"),
            ("follow", whole(), 11), ("follow", scope(12), 12), ("poll", 5), ("poll", 0), ("poll", 9),
            ("decide", whole(), Decision(Verdict.SAME, MentionType.PER, "Ines Marlow", "Inès Marlow")),
            ("correct", whole(), 1, Edit({"source": "Éire", "published": None})),
            ("correct", whole(), 2, Split(14)), ("correct", scope(11), 0, Drop()), ("share", scope(11), 0, 12),
            ("trash", whole(), 0), ("trash", whole(), 1), ("restore", whole()), ("withdraw", whole(), 0),
            ("set", 4), ("trash", whole(), 2), ("empty",),
        )  # fmt: skip
        for number, step in enumerate(steps):
            await desk.do(*step)
            if number % 9 == 0:
                await _read_everything(both, whole(), desk.now)
        for asking in (scope(11), scope()):
            await _read_everything(both, asking, desk.now)
        await desk.do("forget", 900)
        await _read_everything(both, whole(), desk.now)
        assert await both.check() == "ok"
