"""Digests: made, shown, changed, held, tried, sent at once and removed; each change says what it did and can be undone.

Who may see a digest is who may read where it goes; who manages the server changes it. What goes to one person alone is
that person's.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any

from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.deliveries import Period, Place, paused, resumed
from bot.services.errors import (
    AmbiguousDigestError,
    DigestAlikeError,
    DigestPausedError,
    NobodyToPostToError,
    NotDigestAdminError,
    UnknownDigestError,
)
from bot.services.filters import suggest_sources
from bot.services.identity import Identities
from bot.services.newspaper import KIND, Newspaper, What
from bot.services.replies import (
    Action,
    Block,
    Bullets,
    Form,
    Line,
    Moment,
    Reply,
    Request,
    Suggestion,
    Tone,
)
from bot.services.rota import (
    AT_TERMINAL,
    BY_HAND,
    LONGEST_NAME,
    Digest,
    compared,
    keep,
    listed,
    may_change,
    next_line,
    shown,
    take_back,
    told_history,
    usual_name,
    where,
)
from bot.services.schedules import LAST_DAY, Repeat, Timing, next_slot
from bot.services.timings import DAYS, USUAL_TIME, tell_timing
from bot.services.wishes import (
    Wish,
    WishReader,
    check_place,
    check_sight,
    drawn_on,
    form_of,
    is_for_asker,
    read_target,
    values_of,
)
from bot.services.wording import shorten
from bot.services.zones import clock, offer_zones
from storage.base import LOCAL_DESK, NewSchedule, Schedule, Scope, Storage
from storage.errors import UnknownScheduleError
from storage.folding import fold

MOST_FOR_DESK = 25
MOST_FOR_PERSON = 5
MOST_SUGGESTED = 25

# What a preview tells of where there is no digest yet.
_TRIAL = timedelta(days=7)
_MOST_RUNS = 15


class DigestService:
    """What a desk has posted by schedule."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._identities = Identities(storage, compute)
        self._reader = WishReader(storage, self._identities)
        self._newspaper = Newspaper(storage, compute)

    async def ask_add(self, call: Call, **options: Any) -> Form | None:  # noqa: ANN401  as `add` takes it
        """Ask for the most important things, unless it was said how often it is to run."""
        wish = Wish.read(options)
        if wish.every:
            return None
        settings = await self._storage.settings(call.scope.desk_id)
        usual = {"every": "daily", "at": f"{USUAL_TIME:%H:%M}", "zone": settings.zone, **wish.given}
        title = "A digest for you" if is_for_asker(call, wish) else "A digest for a channel"
        return form_of(title, Request("digests.add", wish.given), usual)

    async def add(
        self,
        call: Call,
        *,
        every: str | None = None,
        at: str | None = None,
        day: str | None = None,
        zone: str | None = None,
        channel: int | None = None,
        to_me: bool | None = None,
        topic: str | None = None,
        entity: str | None = None,
        source: str | None = None,
        length: str | None = None,
        when_empty: bool | None = None,
        quiet: str | None = None,
        mention: int | None = None,
        missed: str | None = None,
        name: str | None = None,
    ) -> Reply | Form:
        """Make a digest: for a channel, a thread, a forum, or the asker alone.

        Raises:
            NotDigestAdminError: it is to go to a channel, and the asker may not manage the server.
            UnknownChannelError, LacksPermissionsError, UnknownRoleError: it cannot be posted there.
            RunTimeError, IntervalTooShortError, UnknownZoneError, ScheduleTimeError: its times cannot be.
            DigestSubjectsError, NoSuchSourceError, QueryError: what it is of cannot be.
            DigestAlikeError, TooManySchedulesError: there is one like it, or there are too many.
        """
        wish = Wish.read(locals())
        form = await self.ask_add(call, **wish.given)
        if form:
            return form
        target = read_target(call, wish)
        timing = await self._reader.timing(call, wish)
        what = await self._reader.what(call, wish, Request("digests.add", wish.given))
        if isinstance(what, Reply):
            return what
        slot = await asyncio.to_thread(next_slot, timing, call.now)
        new = NewSchedule(
            audience_id=target.audience_id,
            recipient_id=target.recipient_id,
            made_by=call.scope.asker_id,
            made_at=call.now,
            kind=KIND,
            name=shorten(wish.name or usual_name(timing, what), LONGEST_NAME),
            what=what.to_json(),
            timing=timing.to_json(),
            place=target.place.to_json(),
            next_slot=slot.key,
            next_at=slot.at,
            catches_up=wish.missed != "skip",
            paused=AT_TERMINAL if call.scope.desk_id == LOCAL_DESK else None,
        )
        made = await self._make(call, new)
        undo = Action("Undo", made.request("remove"))
        return await asyncio.to_thread(shown, made, call, head="Digest added: ", more=_for_whom(call, wish), undo=undo)

    async def list(self, call: Call) -> Reply:
        """List the digests that post where the asker can read, each with its next three runs."""
        digests = await self._digests(call)
        return await asyncio.to_thread(listed, digests, call)

    async def show(self, call: Call, *, digest: str) -> Reply:
        """Show all that holds of a digest.

        Raises:
            UnknownDigestError, AmbiguousDigestError: none that the asker can see, or several.
        """
        return await asyncio.to_thread(shown, await self._find(call, digest), call)

    async def ask_edit(self, call: Call, *, digest: str, **given: Any) -> Form | None:  # noqa: ANN401  as `edit` takes it
        """Ask for the most important things with what holds now filled in, unless something was given; see `edit`."""
        if Wish.read(given).given:
            return None
        found = await self._theirs(call, digest)
        values = values_of(found)
        return form_of(f"Change {found.name}", Request("digests.edit", {"digest": str(found.digest_id)}), values)

    async def edit(
        self,
        call: Call,
        *,
        digest: str,
        every: str | None = None,
        at: str | None = None,
        day: str | None = None,
        zone: str | None = None,
        channel: int | None = None,
        to_me: bool | None = None,
        topic: str | None = None,
        entity: str | None = None,
        source: str | None = None,
        length: str | None = None,
        when_empty: bool | None = None,
        quiet: str | None = None,
        mention: int | None = None,
        nobody: bool | None = None,
        missed: str | None = None,
        name: str | None = None,
    ) -> Reply | Form:
        """Change a digest and say what was different; a new place lets one that was paused run again.

        Raises:
            NotDigestAdminError: it is for others to change; otherwise as `add` and `show`.
        """
        wish = Wish.read(locals())
        form = await self.ask_edit(call, digest=digest, **wish.given)
        if form:
            return form
        before = await self._theirs(call, digest)
        target = read_target(call, wish, before)
        timing = await self._reader.timing(call, wish, before.timing)
        request = Request("digests.edit", {"digest": str(before.digest_id), **wish.given})
        what = await self._reader.what(call, wish, request, before.what)
        if isinstance(what, Reply):
            return what
        wanted = {
            "name": shorten(_name(before, wish, timing, what), LONGEST_NAME),
            "what": what.to_json(),
            "timing": timing.to_json(),
            "place": target.place.to_json(),
            "audience_id": target.audience_id,
            "recipient_id": target.recipient_id,
            "catches_up": before.schedule.catches_up if wish.missed is None else wish.missed != "skip",
        }
        return await self._change(call, before, wanted)

    async def put_back(self, call: Call, *, digest: str, kept: dict[str, Any]) -> Reply:
        """Make a digest again what it was before a change.

        Raises:
            NotDigestAdminError, UnknownDigestError: it is for others to change, or gone.
            UnknownChannelError: it went where the asker cannot read.
        """
        before = await self._theirs(call, digest)
        wanted = take_back(before.schedule, kept)
        check_sight(call, wanted.audience_id)
        names = ("name", "what", "timing", "place", "audience_id", "recipient_id", "catches_up")
        return await self._change(call, before, {name: getattr(wanted, name) for name in names})

    async def pause(self, call: Call, *, digest: str) -> Reply:
        """Hold a digest; what comes in meanwhile is told by the next one after that.

        Raises:
            NotDigestAdminError: it is for others to hold; otherwise as `show`.
        """
        found = await self._theirs(call, digest)
        if found.schedule.paused:
            return await asyncio.to_thread(shown, found, call)
        reason = BY_HAND
        _, after = await self._storage.change_schedule(
            call.scope, found.digest_id, lambda kept: kept if kept.paused else paused(kept, reason)
        )
        return await asyncio.to_thread(shown, Digest.read(after), call, head="Paused: ")

    async def resume(self, call: Call, *, digest: str) -> Reply:
        """Let a digest run again, from its next time on; it goes on where it stopped.

        Raises:
            NobodyToPostToError: it is the terminal's.
            UnknownChannelError, LacksPermissionsError: it cannot be posted where it goes.
            NotDigestAdminError: it is for others to resume; otherwise as `show`.
        """
        found = await self._theirs(call, digest)
        if call.scope.desk_id == LOCAL_DESK:
            raise NobodyToPostToError
        check_place(call, found.place)
        _, after = await self._storage.change_schedule(
            call.scope, found.digest_id, lambda kept: resumed(kept, call.now) if kept.paused else kept
        )
        said = Line(("It goes on where it stopped: the next one tells of all since ", Moment(after.covered_until), "."))
        return await asyncio.to_thread(shown, Digest.read(after), call, head="Resumed: ", more=(said,))

    async def preview(self, call: Call, *, digest: str | None = None) -> Reply:
        """Show what a digest would say if it were posted now; without one, everything new of the last week.

        It draws on what is read where the digest goes, so that it is what would be posted.
        """
        if digest is None:
            period = Period(call.now - _TRIAL, call.now)
            composed = await self._newspaper.compose(call.scope, What(), period, title="Digest")
            return _previewed("Digest", composed.reply if composed else None, period.since)
        found = await self._find(call, digest)
        await call.progress(f"Putting together {found.name}")
        scope = Scope(call.scope.desk_id, found.schedule.made_by or 0, drawn_on(call, found))
        period = Period(min(found.schedule.covered_until, call.now), call.now)
        composed = await self._newspaper.deliver(scope, found.schedule, period)
        return _previewed(found.name, composed.reply if composed else None, period.since)

    async def now(self, call: Call, *, digest: str) -> Reply:
        """Send a digest at once, beside its times; asked twice by the same press it is sent once.

        Raises:
            DigestPausedError, NobodyToPostToError: it does not run.
            NotDigestAdminError: it is for others to send; otherwise as `show`.
        """
        found = await self._theirs(call, digest)
        if call.scope.desk_id == LOCAL_DESK:
            raise NobodyToPostToError
        if found.schedule.paused:
            raise DigestPausedError(found.name, found.schedule.paused)
        check_place(call, found.place)
        slot = f"now:{call.origin_id}"
        begun = await self._storage.run_schedule(call.scope, found.digest_id, slot=slot, now=call.now)
        history = Action("History", found.request("history"))
        if not begun:
            said = Line(("One is under way already: another is not begun before it has arrived.",))
            return Reply(found.name, (said,), (history,), tone=Tone.WARNING)
        told = Line(
            ("It is on its way to ", *where(found), ". If nothing is new, nothing is posted, and the history says so.")
        )
        return Reply(f"Sending: {found.name}", (told,), (history,), tone=Tone.DONE)

    async def remove(self, call: Call, *, digest: str) -> Reply:
        """Remove a digest; for a day Undo brings it back with its history.

        Raises:
            NotDigestAdminError: it is for others to remove; otherwise as `show`.
        """
        found = await self._theirs(call, digest)
        await self._storage.remove_schedule(call.scope, found.digest_id, now=call.now)
        said = Line(("It is posted no more. What it has posted stays where it is. For a day it can be brought back.",))
        return Reply(f"Removed: {found.name}", (said,), (Action("Undo", found.request("bring_back")),), tone=Tone.DONE)

    async def bring_back(self, call: Call, *, digest: str) -> Reply:
        """Let a digest be there again that was removed: it goes on where it stopped.

        Raises:
            UnknownScheduleError: it cannot be brought back any more.
            NotDigestAdminError, UnknownChannelError, DigestAlikeError, TooManySchedulesError: it cannot be now.
        """
        if not digest.isdecimal():
            raise UnknownScheduleError

        def run_again(kept: Schedule) -> Schedule:
            if kept.kind != KIND:
                raise UnknownScheduleError
            if not may_change(Digest.read(kept), call):
                raise NotDigestAdminError
            check_sight(call, kept.audience_id)
            return kept if kept.paused else resumed(kept, call.now)

        back = await self._storage.bring_schedule_back(
            call.scope, int(digest), run_again, most=_most, check=_check_alike
        )
        said = Line(("It goes on where it stopped: the next one tells of all since ", Moment(back.covered_until), "."))
        return await asyncio.to_thread(shown, Digest.read(back), call, head="Brought back: ", more=(said,))

    async def history(self, call: Call, *, digest: str) -> Reply:
        """Say what a digest did: sent, left out and why, failed and why; raises as `show` does."""
        found = await self._find(call, digest)
        runs = await self._storage.deliveries(call.scope, found.digest_id, limit=_MOST_RUNS)
        return told_history(found, runs)

    async def suggest_digest(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the digests whose name holds what was typed."""
        wanted = fold(typed)
        fitting = [one for one in await self._digests(call) if wanted in fold(one.name)]
        return [Suggestion(shorten(_label(one), 100), str(one.digest_id)) for one in fitting[:MOST_SUGGESTED]]

    async def suggest_zone(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer time zones whose name holds what was typed, with the time that it is there."""
        names = await asyncio.to_thread(offer_zones, typed, MOST_SUGGESTED)
        return [Suggestion(f"{name} · {clock(call.now, name)}", name) for name in names]

    async def suggest_day(self, _: Call, typed: str, *, every: str | None = None) -> Sequence[Suggestion]:
        """Offer the days of the week, or of the month where it runs monthly."""
        months = ["last", *(str(number) for number in range(1, LAST_DAY + 1))]
        weekly = [name for name in DAYS if name.casefold().startswith(typed.strip().casefold())]
        monthly = [name for name in months if name.startswith(typed.strip().casefold())]
        offered = monthly if every == Repeat.MONTHLY else weekly if every == Repeat.WEEKLY else [*weekly, *monthly]
        return [Suggestion(name, name) for name in offered[:MOST_SUGGESTED]]

    async def suggest_entity(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the names with a spelling that holds what was typed."""
        return await self._identities.suggest(call.scope, typed)

    async def suggest_source(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the sources of the articles that the asker can see."""
        return await suggest_sources(self._storage, call, typed)

    # What is found.

    async def _digests(self, call: Call) -> Sequence[Digest]:
        """Return the digests that the asker can see, by their names."""
        kept = await self._storage.schedules(call.scope)
        return [Digest.read(one) for one in kept if one.kind == KIND and _is_in_sight(call, one)]

    async def _find(self, call: Call, asked: str) -> Digest:
        """Return the digest of this id or name.

        Raises:
            UnknownDigestError, AmbiguousDigestError: none that the asker can see, or several.
        """
        known, typed = await self._digests(call), asked.strip()
        by_id = [one for one in known if str(one.digest_id) == typed]
        if by_id:
            return by_id[0]
        wanted = fold(typed)
        exact = [one for one in known if fold(one.name) == wanted]
        fitting = exact or [one for one in known if wanted and wanted in fold(one.name)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise AmbiguousDigestError(typed, [_label(one) for one in fitting[:5]])
        if typed.isdecimal():
            raise UnknownScheduleError
        raise UnknownDigestError(shorten(typed, 100), get_close_matches(typed, [one.name for one in known], n=3))

    async def _theirs(self, call: Call, asked: str) -> Digest:
        """Return a digest that the asker may change.

        Raises:
            NotDigestAdminError: it is for others to change; otherwise as `_find`.
        """
        found = await self._find(call, asked)
        if not may_change(found, call):
            raise NotDigestAdminError
        return found

    # What is changed.

    async def _make(self, call: Call, new: NewSchedule) -> Digest:
        """Keep a new digest; raises as `add` does."""
        most = _most(new.recipient_id)
        return Digest.read(await self._storage.make_schedule(call.scope, new, most=most, check=_check_alike))

    async def _change(self, call: Call, before: Digest, wanted: dict[str, Any]) -> Reply:
        """Bring a digest to what is wanted, and say what was different."""
        moved = wanted["place"] != before.schedule.place
        after = Digest.read(replace(before.schedule, **wanted))
        lines = compared(before, after)
        if not lines:
            return Reply(
                before.name, (Line(("It was so already: nothing was changed.",)),), again=before.request("show")
            )
        restarts = call.scope.desk_id != LOCAL_DESK

        def change(kept: Schedule) -> Schedule:
            made = replace(kept, **wanted)
            runs = restarts and (moved or kept.paused is None)
            return resumed(made, call.now) if runs else made

        old, new = await self._storage.change_schedule(call.scope, before.digest_id, change, check=_check_alike)
        put_back = Request("digests.put_back", {"digest": str(before.digest_id), "kept": keep(old)})
        undo = Action("Undo", put_back)
        reply = await asyncio.to_thread(shown, Digest.read(new), call, head="Changed: ", undo=undo)
        told = Bullets((*lines, await asyncio.to_thread(next_line, Digest.read(new), call.now)))
        return replace(reply, blocks=(told, *reply.blocks[1:]))


def _is_in_sight(call: Call, schedule: Schedule) -> bool:
    """Tell whether the asker may see it: who made one whose channel is gone may, to give it another."""
    audiences = call.scope.audiences
    if audiences is None or schedule.audience_id in audiences:
        return True
    return call.lacks(Place.from_json(schedule.place).number) is None


def _label(digest: Digest) -> str:
    told = tell_timing(digest.timing) if digest.timing else ""
    return f"{digest.name} · {told}" if told else digest.name


def _name(before: Digest, wish: Wish, timing: Timing, what: What) -> str:
    """Return what a digest is called after a change: a name that nobody chose goes with what it is of."""
    chosen = not (before.timing and before.what) or before.name != usual_name(before.timing, before.what)
    return wish.name or (before.name if chosen else usual_name(timing, what))


def _for_whom(call: Call, wish: Wish) -> tuple[Block, ...]:
    """Say why a digest goes to the asker alone where nobody said so."""
    if wish.to_me or call.scope.desk_id <= LOCAL_DESK or call.admin:
        return ()
    return (Line(("It goes to you alone: posting to a channel is for those with Manage Server.",), small=True),)


def _previewed(name: str, reply: Reply | None, since: datetime) -> Reply:
    """Return what would be posted, under a title that says that it was not."""
    if reply is not None:
        return replace(reply, title=f"Preview: {reply.title}")
    said = Line(("Nothing is new since ", Moment(since), ": nothing would be posted."))
    return Reply(f"Preview: {name}", (said,))


def _most(recipient_id: int | None) -> int:
    """Return how many digests there may be, for one person or for channels."""
    return MOST_FOR_DESK if recipient_id is None else MOST_FOR_PERSON


def _check_alike(wanted: Schedule, others: Sequence[Schedule]) -> None:
    """Look whether there is the same digest already: who may make one for a place may see what is posted there.

    Raises:
        DigestAlikeError: there is.
    """
    digest = Digest.read(wanted)
    for other in map(Digest.read, others):
        if other.same_as(digest):
            raise DigestAlikeError(other.name)
