"""What somebody wants of a digest: as it is typed, checked at once, with what to do where it cannot be."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any, Self

from bot.services import verdicts
from bot.services.calls import Call, Spot
from bot.services.deliveries import Place, PlaceKind
from bot.services.errors import (
    DigestSubjectsError,
    LacksPermissionsError,
    NeedsDiscordError,
    NeedsServerError,
    NobodyToNotifyError,
    NoSuchSourceError,
    NotDigestAdminError,
    UnknownChannelError,
    UnknownRoleError,
)
from bot.services.identity import Identities
from bot.services.newspaper import Length, Of, What
from bot.services.newspaper import check as check_what
from bot.services.replies import Field, Form, Reply, Request
from bot.services.rota import Digest
from bot.services.schedules import LAST_DAY, Repeat, Timing, check
from bot.services.timings import DAYS, USUAL_TIME, read_day, read_quiet, read_repeat, read_time
from bot.services.zones import find_zone
from storage.base import LOCAL_DESK, Scope, Storage
from storage.folding import fold

LENGTHS = tuple(length.value for length in Length)

EVERYTHING = "-"
"""Typed in place of a topic, a name or a source: the digest is of everything."""

_MOST_SOURCES = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed of a digest; what is None was left open."""

    every: str | None = None
    at: str | None = None
    day: str | None = None
    zone: str | None = None
    channel: int | None = None
    to_me: bool | None = None
    topic: str | None = None
    entity: str | None = None
    source: str | None = None
    length: str | None = None
    when_empty: bool | None = None
    quiet: str | None = None
    mention: int | None = None
    nobody: bool | None = None
    missed: str | None = None
    name: str | None = None

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> Self:
        """Return what was typed, of all that is given; fields of a form that were left empty are left open."""
        return cls(**{one.name: _bare(options[one.name]) for one in fields(cls) if one.name in options})

    @property
    def given(self) -> dict[str, Any]:
        """Return what was not left open."""
        pairs = ((one.name, getattr(self, one.name)) for one in fields(self))
        return {name: value for name, value in pairs if value is not None}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a digest is to go."""

    place: Place
    audience_id: int
    recipient_id: int | None = None


class WishReader:
    """Makes out what somebody wants of a digest."""

    def __init__(self, storage: Storage, identities: Identities) -> None:
        self._storage = storage
        self._identities = identities

    async def timing(self, call: Call, wish: Wish, before: Timing | None = None) -> Timing:
        """Return when a digest is to run.

        Raises:
            RunTimeError, IntervalTooShortError, UnknownZoneError, ScheduleTimeError: its times cannot be.
        """
        repeat = read_repeat(wish.every) if wish.every else before.repeat if before else Repeat.DAILY
        at = read_time(wish.at, repeat) if wish.at else before.at if before else USUAL_TIME
        if repeat is Repeat.HOURLY:
            at = at.replace(hour=0)
        typed = None if before and wish.day == _told_day(before) else wish.day
        same = before is not None and repeat is before.repeat and typed is None
        day = before.day if same and before else read_day(typed, repeat)
        quiet = read_quiet(wish.quiet) if wish.quiet else before.quiet if before else None
        if wish.zone:
            zone = await asyncio.to_thread(find_zone, wish.zone)
        else:
            zone = before.zone if before else (await self._storage.settings(call.scope.desk_id)).zone
        return await asyncio.to_thread(check, Timing(repeat, zone, at, day, quiet))

    async def what(self, call: Call, wish: Wish, request: Request, before: What | None = None) -> What | Reply:
        """Return what a digest is to be of, or what is to be asked or said first.

        Raises:
            DigestSubjectsError, NoSuchSourceError, DigestContentError, QueryError: it cannot be.
        """
        usual = before or What()
        given = [words for words in (wish.topic, wish.entity, wish.source) if words]
        if len(given) > 1:
            raise DigestSubjectsError
        length = Length(wish.length) if wish.length in LENGTHS else usual.length
        empty = usual.when_empty if wish.when_empty is None else wish.when_empty
        if not given:
            return replace(usual, length=length, when_empty=empty)
        if given[0] == EVERYTHING:
            return What(length=length, when_empty=empty)
        if wish.entity:
            found = await verdicts.only(call, self._identities, wish.entity, request, "entity")
            if isinstance(found, Reply):
                return found
            return What(Of.ENTITY, found.head.words, found.kind, length, empty)
        if wish.source:
            return What(Of.SOURCE, await self._source(call.scope, wish.source), None, length, empty)
        return check_what(What(Of.TOPIC, " ".join(given[0].split()), None, length, empty))

    async def _source(self, scope: Scope, typed: str) -> str:
        """Return the source of this name.

        Raises:
            NoSuchSourceError: there is none, or several names hold what was typed.
        """
        fitting = await self._storage.sources(scope, typed, limit=_MOST_SOURCES)
        exact = [name for name in fitting if fold(name) == fold(typed)]
        if exact or len(fitting) == 1:
            return (exact or fitting)[0]
        known = fitting or await self._storage.sources(scope, "", limit=_MOST_SOURCES)
        raise NoSuchSourceError(typed, fitting[:3] or get_close_matches(typed, known, n=3, cutoff=0.4))


def is_for_asker(call: Call, wish: Wish) -> bool:
    """Tell whether a new digest goes to the asker alone: where that is wanted, or nothing else can be."""
    if call.scope.desk_id <= LOCAL_DESK or wish.to_me:
        return True
    return wish.channel is None and not call.admin


def read_target(call: Call, wish: Wish, before: Digest | None = None) -> Target:
    """Return where a digest is to go, with the role that it is to notify.

    Raises:
        NotDigestAdminError: it is to go to a channel, and the asker may not manage the server.
        NobodyToNotifyError: it is to go to one person, and a role was named.
        NeedsServerError, NeedsDiscordError: there are no channels here.
        UnknownChannelError, LacksPermissionsError, UnknownRoleError: it cannot be posted there.
    """
    if call.scope.desk_id <= LOCAL_DESK and wish.channel is not None:
        raise NeedsServerError("Digests to a channel")
    asker = call.scope.asker_id
    if before is not None and wish.channel is None and not wish.to_me:
        return _same_place(call, wish, before)
    if wish.to_me or (before is None and is_for_asker(call, wish)):
        if wish.mention is not None:
            raise NobodyToNotifyError
        audience = asker if call.scope.desk_id != LOCAL_DESK else call.audience_id
        return Target(Place(PlaceKind.DIRECT, asker), audience, asker)
    if not call.admin:
        raise NotDigestAdminError
    number = wish.channel or call.channel_id
    kept = before.place.mention if before and not wish.nobody else None
    role = wish.mention or kept
    spot = _check_spot(call, number, role)
    kind = PlaceKind.FORUM if spot.forum else PlaceKind.CHANNEL
    return Target(Place(kind, number, role), spot.audience_id)


def check_place(call: Call, place: Place) -> None:
    """Look whether a digest can be posted where it goes; at a terminal that is not known.

    Raises:
        UnknownChannelError, LacksPermissionsError, UnknownRoleError: it cannot.
    """
    if place.kind is not PlaceKind.DIRECT and call.spots is not None:
        _check_spot(call, place.number, place.mention)


def check_sight(call: Call, audience_id: int) -> None:
    """Let nobody post where they cannot read themselves.

    Raises:
        UnknownChannelError: the asker cannot.
    """
    if call.scope.audiences is not None and audience_id not in call.scope.audiences:
        raise UnknownChannelError


def drawn_on(call: Call, digest: Digest) -> frozenset[int] | None:
    """Return what a digest may draw on; at a terminal, everything.

    Raises:
        UnknownChannelError: its channel is gone.
    """
    if call.spots is None:
        return call.scope.audiences
    spot = call.spots(None if digest.is_direct else digest.place.number)
    if spot is None:
        raise UnknownChannelError
    return spot.audiences


def _told_day(timing: Timing) -> str | None:
    if timing.day is None:
        return None
    if timing.repeat is Repeat.WEEKLY:
        return DAYS[timing.day]
    return "last" if timing.day == LAST_DAY else str(timing.day)


def values_of(digest: Digest) -> dict[str, str]:
    """Return what a form begins with."""
    timing, what = digest.timing, digest.what
    about = what.words if what and what.of is Of.TOPIC and what.words else ""
    if timing is None:
        return {"topic": about}
    at = f":{timing.at:%M}" if timing.repeat is Repeat.HOURLY else f"{timing.at:%H:%M}"
    day = _told_day(timing) or ""
    return {"every": timing.repeat.value, "at": at, "day": day, "zone": timing.zone, "topic": about}


def form_of(title: str, request: Request, values: Mapping[str, Any]) -> Form:
    """Return the questions of a form, with what is known filled in."""

    def ask(name: str, label: str, hint: str, *, required: bool = True, longest: int = 100) -> Field:
        value = str(values.get(name) or "")
        return Field(name, label, required=required, placeholder=hint, longest=longest, value=value)

    asked = (
        ask("every", "How often", "hourly, daily, weekdays, weekly or monthly"),
        ask("at", "At what time", "07:30; of what runs hourly the minute, :15"),
        ask("day", "On which day (weekly and monthly alone)", "Monday; 1 to 31 or last", required=False),
        ask("zone", "In which time zone", "A large city near you: Europe/Berlin"),
        ask("topic", "About which topic", "Empty or - for everything new", required=False, longest=200),
    )
    return Form(title, asked, request)


def _check_spot(call: Call, number: int, role: int | None) -> Spot:
    """Return a channel in which the bot may do all that it has to.

    Raises:
        NeedsDiscordError: nothing is known of channels here.
        UnknownChannelError, LacksPermissionsError, UnknownRoleError: it may not.
    """
    if call.spots is None:
        raise NeedsDiscordError
    spot = call.spots(number)
    if spot is None:
        raise UnknownChannelError
    check_sight(call, spot.audience_id)
    if spot.lacks:
        raise LacksPermissionsError(spot.lacks)
    if role is not None and role not in spot.roles:
        raise UnknownRoleError
    if role in spot.silent:
        raise LacksPermissionsError(["Mention @everyone, @here, and All Roles"], role=True)
    return spot


def _same_place(call: Call, wish: Wish, before: Digest) -> Target:
    """Return where a digest goes, with the role that it is to notify."""
    place, schedule = before.place, before.schedule
    if wish.mention is not None:
        if before.is_direct:
            raise NobodyToNotifyError
        _check_spot(call, place.number, wish.mention)
        place = replace(place, mention=wish.mention)
    elif wish.nobody:
        place = replace(place, mention=None)
    return Target(place, schedule.audience_id, schedule.recipient_id)


def _bare(value: Any) -> Any:  # noqa: ANN401  whatever an option takes
    return (value.strip() or None) if isinstance(value, str) else value
