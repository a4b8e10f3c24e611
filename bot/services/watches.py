"""Watches: telling somebody, or a channel, when something new names or holds what they look for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.services.alerts import KIND, Watched
from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.deliveries import Place, PlaceKind
from bot.services.errors import (
    LacksPermissionsError,
    NeedsDiscordError,
    NobodyToTellError,
    NoSuchWatchError,
    NothingToWatchForError,
    NotWatchAdminError,
    SeveralToWatchForError,
    UnknownChannelError,
)
from bot.services.identity import Entity, Identities, read_label
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Bullets,
    Channel,
    Choice,
    Command,
    Inline,
    Line,
    Menu,
    Moment,
    Reply,
    Request,
    Suggestion,
    Tone,
    Who,
    Words,
)
from bot.services.sifting import ALERTING
from bot.services.verdicts import to_choose
from bot.services.wording import count, shorten
from storage.base import LOCAL_DESK, NewSchedule, Schedule, Scope, Search, Storage
from storage.errors import UnknownScheduleError
from storage.folding import fold
from storage.query import describe, parse
from summariser.model import Kindred

MOST_OWN = 100
"""Watches of one person in a desk."""
MOST = 5000
"""Watches of a desk."""

PAGE = 8
MOST_SUGGESTED = 25

_MINUTES = int(ALERTING.floor.total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where alerts go, and what they draw on at this moment."""

    place: Place
    audience_id: int
    scope: Scope

    @property
    def recipient_id(self) -> int | None:
        return self.place.number if self.place.kind is PlaceKind.DIRECT else None


class WatchService:
    """Keeps what people want to be told of."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._compute = compute
        self._identities = Identities(storage, compute)

    async def add(
        self, call: Call, *, search: str | None = None, entity: str | None = None, channel: int | None = None
    ) -> Reply:
        """Tell the asker, or a channel, from now on when something new holds or names this.

        Raises:
            NothingToWatchForError, SeveralToWatchForError: neither was given, or both.
            QueryError: the search cannot be understood.
            NotWatchAdminError: the asker may not let the bot post in channels.
            NobodyToTellError, NeedsDiscordError, UnknownChannelError, LacksPermissionsError: it cannot be told there.
            SameWatchError, TooManyWatchesError: it is there already, or there are as many as there may be.
        """
        target = self._target(call, channel)
        search, entity = (search or "").strip(), (entity or "").strip()
        if not (search or entity):
            raise NothingToWatchForError
        if search and entity:
            raise SeveralToWatchForError
        if search:
            watched = Watched(query=describe(parse(search)), typed=search)
            blocks = await self._found_already(target.scope, watched)
        else:
            meant = await self._meant(call, entity, channel)
            if isinstance(meant, Reply):
                return meant
            watched, blocks = meant
        made = await self._storage.make_watch(call.scope, _new(call, target, watched), most_own=MOST_OWN, most=MOST)
        return _told_made(watched, target, made, blocks)

    async def list(self, call: Call, *, page: int = 1) -> Reply:
        """List the watches that the asker can see, the latest first, with when each last told something."""
        found = await self._storage.watches(call.scope)
        if not found:
            nothing = ("Nothing is watched for. ", Command("watch add"), " tells you when something new names it.")
            return Reply("No watches", (Line(nothing),), again=Request("watches.list"))
        pages = -(-len(found) // PAGE)
        page = min(max(page, 1), pages)
        shown = found[(page - 1) * PAGE : page * PAGE]
        last = await self._storage.last_alerts(call.scope, [one.schedule_id for one in shown])
        lines = tuple(_line(one, last.get(one.schedule_id)) for one in shown)
        place = f", page {page} of {pages}" if pages > 1 else ""
        said = Line((f"{count(len(found), 'watch', 'watches')}{place}",), small=True)
        return Reply(
            "Watches",
            (said, Bullets(lines)),
            actions=tuple(_turns(page, pages)),
            menus=tuple(_menus(shown)),
            again=Request("watches.list", {"page": page}),
        )

    async def remove(self, call: Call, *, watch: str) -> Reply:
        """Stop watching, by what was picked from the list or by its words.

        Raises:
            NoSuchWatchError: none fits, or several do.
            NotWatchAdminError: it tells a channel, and the asker may not manage the server.
        """
        found = await self._find(call, watch)
        _check_may(call, found)
        await self._storage.remove_schedule(call.scope, found.schedule_id, now=call.now)
        watched = Watched.from_json(found.what)
        undo = Action("Undo", Request("watches.bring_back", {"watch": str(found.schedule_id)}))
        said: Words = ("Nothing new is told any more of ", watched.shown, *_where(found), ".")
        return Reply(f"Removed: {shorten(watched.said, 200)}", (Line(said),), actions=(undo,), tone=Tone.DONE)

    async def bring_back(self, call: Call, *, watch: str) -> Reply:
        """Watch again as before, for up to a day: what it has told it does not tell again.

        Raises:
            UnknownScheduleError: it cannot be brought back any more.
            NotWatchAdminError: it tells a channel, and the asker may not manage the server.
            SameWatchError, TooManyWatchesError: it is there already, or there are as many as there may be.
        """
        if not watch.isdecimal():
            raise UnknownScheduleError

        def bring(kept: Schedule) -> Schedule:
            _check_may(call, kept)
            return kept

        found = await self._storage.bring_watch_back(call.scope, int(watch), bring, most_own=MOST_OWN, most=MOST)
        watched = Watched.from_json(found.what)
        if found.paused:
            title = f"Back, and paused: {shorten(watched.said, 200)}"
            resume = Action("Let it go on", Request("watches.resume", {"watch": found.schedule_id}))
            return Reply(title, (Line((f"It was paused before: {found.paused}",)),), actions=(resume,), tone=Tone.DONE)
        said = (Line(_promise(found)), Line(("What came in while it was removed it does not tell.",), small=True))
        return Reply(f"Watching again: {shorten(watched.said, 200)}", said, tone=Tone.DONE)

    async def resume(self, call: Call, *, watch: int) -> Reply:
        """Let a paused watch go on: it tells what it had found, and what comes from now on.

        Raises:
            NoSuchWatchError, UnknownScheduleError: there is none such.
            NotWatchAdminError: it tells a channel, and the asker may not manage the server.
        """
        found = await self._find(call, str(watch))
        _check_may(call, found)
        place = Place.from_json(found.place)
        if place.kind is not PlaceKind.DIRECT:
            self._target(call, place.number)
        await self._storage.change_schedule(call.scope, found.schedule_id, _running)
        watched = Watched.from_json(found.what)
        return Reply(f"Watching again: {shorten(watched.said, 200)}", (Line(_promise(found)),), tone=Tone.DONE)

    async def suggest_entity(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the names that the asker can see."""
        return await self._identities.suggest(call.scope, typed)

    async def suggest_watch(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the watches that the asker may remove, the latest first."""
        fitting = [one for one in await self._storage.watches(call.scope) if _may(call, one) and _fits(one, typed)]
        return [
            Suggestion(shorten(Watched.from_json(one.what).said, 90) + _told_where(one), str(one.schedule_id))
            for one in fitting[:MOST_SUGGESTED]
        ]

    def _target(self, call: Call, channel: int | None) -> _Target:
        """Return where to tell it, if that can be; raises as `add` does."""
        desk_id, asker_id = call.scope.desk_id, call.scope.asker_id
        if desk_id == LOCAL_DESK:
            raise NobodyToTellError
        if channel is None:
            return _Target(Place(PlaceKind.DIRECT, asker_id), asker_id, call.scope)
        if not call.admin:
            raise NotWatchAdminError
        if call.spots is None:
            raise NeedsDiscordError
        spot = call.spots(channel)
        seen = call.scope.audiences
        # Nobody posts where they cannot read themselves, and an alert that opens a post each time would be a flood.
        if spot is None or spot.forum or (seen is not None and spot.audience_id not in seen):
            raise UnknownChannelError
        if spot.lacks:
            raise LacksPermissionsError(spot.lacks)
        return _Target(Place(PlaceKind.CHANNEL, channel), spot.audience_id, Scope(desk_id, asker_id, spot.audiences))

    async def _meant(self, call: Call, typed: str, channel: int | None) -> tuple[Watched, tuple[Block, ...]] | Reply:
        """Return who is to be watched for; or ask who is meant, where several may be."""
        found = await self._identities.find(call.scope, typed)
        if len(found) > 1:
            return _which(typed, found, channel)
        if not found:
            words, _ = read_label(typed)
            keys: tuple[str, ...] = await self._compute.run("summariser.kindred:keys_of_words", words)
            unknown = f"Nobody and nothing of that name is in the articles yet: I tell you when “{words}” is."
            return Watched(entity=typed, keys=keys), (Line((unknown,), small=True),)
        entity = found[0]
        kin: Kindred = await self._compute.run("summariser.kindred:reach", entity.written)
        said = f"“{entity.name}” is named {count(entity.mentions, 'time')} in what is here already."
        return Watched(entity=entity.label, keys=tuple(kin.keys)), (Line((said,), small=True),)

    async def _found_already(self, scope: Scope, watched: Watched) -> tuple[Block, ...]:
        """Say how much of it is there already."""
        found = await self._storage.search(scope, Search(parse(watched.query or "")), limit=1)
        if not found.total:
            return (Line(("No article here holds it yet.",), small=True),)
        held = f"more than {found.total:,} articles" if found.more else count(found.total, "article")
        return (Line((f"In {held} here it stands already: that is not told again.",), small=True),)

    async def _find(self, call: Call, typed: str) -> Schedule:
        """Return the watch that is meant.

        Raises:
            NoSuchWatchError: none fits, or several do.
        """
        there = await self._storage.watches(call.scope)
        exact = [one for one in there if str(one.schedule_id) == typed.strip()]
        fitting = exact or [one for one in there if _fits(one, typed)]
        if len(fitting) != 1:
            raise NoSuchWatchError(typed, [Watched.from_json(one.what).said for one in fitting[:5]])
        return fitting[0]


def _new(call: Call, target: _Target, watched: Watched) -> NewSchedule:
    return NewSchedule(
        audience_id=target.audience_id,
        recipient_id=target.recipient_id,
        made_by=call.scope.asker_id,
        made_at=call.now,
        kind=KIND,
        # Where a person cannot be written to, it may be told in a channel that a schedule is paused: not which.
        name="A watch" if target.recipient_id is not None else shorten(f"The watch for {watched.said}", 200),
        what=watched.to_json(),
        timing={},
        place=target.place.to_json(),
        next_slot=None,
        next_at=None,
    )


def _told_made(watched: Watched, target: _Target, made: Schedule, blocks: Sequence[Block]) -> Reply:
    undo = Request("watches.remove", {"watch": str(made.schedule_id)})
    actions = (Action("Undo", undo), Action("All watches", Request("watches.list")))
    drawn = (
        "It draws on what you can read at that moment. If I may not write to you then, the watch waits, and the list "
        "says so."
        if target.recipient_id is not None
        else "It draws on what everybody who reads that channel can read."
    )
    all_blocks = (Line(_promise(made)), *blocks, Line((drawn,), small=True))
    return Reply(f"Watching: {shorten(watched.said, 200)}", all_blocks, actions=actions, tone=Tone.DONE)


def _promise(made: Schedule) -> Words:
    watched = Watched.from_json(made.what)
    verb = "names" if watched.entity else "holds"
    few = f", with the passage: once an article, several together when many come, {_MINUTES} minutes apart at least."
    told: Words = ("I tell you by direct message",) if made.recipient_id is not None else ("I tell it", *_where(made))
    return (*told, " when something new ", verb, " ", watched.shown, few)


def _which(typed: str, found: Sequence[Entity], channel: int | None) -> Reply:
    """Ask who is meant."""
    options = {"entity": typed} if channel is None else {"entity": typed, "channel": channel}
    menu = to_choose("Watch for", found, Request("watches.add", options), "entity")
    return Reply(f"Which “{shorten(typed, 100)}”?", (Line((f"{len(found)} may be meant. Pick one.",)),), menus=(menu,))


def _line(one: Schedule, last: datetime | None) -> Words:
    """Say a watch in one line: what, where to, when it last told something."""
    watched = Watched.from_json(one.what)
    told: Words = ("last told ", Moment(last, relative=True)) if last else ("told nothing yet",)
    paused: Words = (" · ", Bold("paused"), f": {one.paused}") if one.paused else ()
    return (watched.shown, *_where(one), " · ", *told, *paused)


def _where(one: Schedule) -> Words:
    place = Place.from_json(one.place)
    to: Inline = "you, by direct message" if place.kind is PlaceKind.DIRECT else Channel(place.number)
    return (" to " if place.kind is PlaceKind.DIRECT else " in ", to)


def _told_where(one: Schedule) -> str:
    return "" if one.recipient_id is not None else " · in a channel"


def _turns(page: int, pages: int) -> list[Action]:
    return [
        Action(said, Request("watches.list", {"page": to}), who=Who.ANYONE)
        for said, to in (("Back", page - 1), ("More", page + 1))
        if 1 <= to <= pages
    ]


def _menus(shown: Sequence[Schedule]) -> list[Menu]:
    paused = [one for one in shown if one.paused]
    removes = tuple(Choice(_label(one), Request("watches.remove", {"watch": str(one.schedule_id)})) for one in shown)
    resumes = tuple(Choice(_label(one), Request("watches.resume", {"watch": one.schedule_id})) for one in paused)
    menus = [Menu("Remove a watch", removes, private=False)]
    return [*menus, Menu("Let a paused one go on", resumes, private=False)] if resumes else menus


def _label(one: Schedule) -> str:
    return shorten(Watched.from_json(one.what).said, 80) + _told_where(one)


def _fits(one: Schedule, typed: str) -> bool:
    """Tell whether a watch holds every word that was typed."""
    said = fold(Watched.from_json(one.what).said)
    return all(word in said for word in fold(typed).split())


def _may(call: Call, one: Schedule) -> bool:
    return call.admin or one.recipient_id == call.scope.asker_id


def _check_may(call: Call, one: Schedule) -> None:
    if not _may(call, one):
        raise NotWatchAdminError


def _running(one: Schedule) -> Schedule:
    return replace(one, paused=None, untold=False, failures=0)
