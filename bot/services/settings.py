"""What the managers of a desk decide: each change says what is different now, and can be undone."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.services.allowance import DAY, MIB
from bot.services.calls import Call
from bot.services.errors import (
    NeedsServerError,
    NotAdminError,
    SettingChoiceError,
    SettingRangeError,
    UnknownChannelError,
)
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Bullets,
    Channel,
    Code,
    Command,
    Heading,
    Inline,
    Line,
    Reply,
    Request,
    Suggestion,
    Tone,
    Words,
)
from bot.services.wording import count
from bot.services.zones import clock, find_zone, offer_zones
from storage.base import LOCAL_DESK, DeskSettings, DeskUsage, Storage
from summariser.methods import MOST_SENTENCES

MOST_SUGGESTED = 25

ANSWERS = ("public", "private")
ADDERS = ("everyone", "managers")

# The most that limits may be set to: beyond that, counting would slow everyone down.
MOST_PERSON_FILES = 10_000
MOST_SERVER_FILES = 20_000
MOST_PERSON_MIB = 100_000
MOST_SERVER_MIB = 1_000_000
MOST_ARTICLES = 10_000_000
MOST_COMMANDS = 600
MOST_DAYS = 3650
"""The longest that articles may be kept before they are taken out by themselves."""

_Change = Callable[[DeskSettings], DeskSettings]


@dataclass(frozen=True, slots=True)
class Limit:
    """One of the limits, and the most that it may be set to."""

    setting: str
    what: str
    most: int


LIMITS = {
    "person_files": Limit("person_uploads_a_day", "Files of one person within a day", MOST_PERSON_FILES),
    "server_files": Limit("desk_uploads_a_day", "Files of the whole server within a day", MOST_SERVER_FILES),
    "person_mib": Limit("person_mib_a_day", "MiB of one person within a day", MOST_PERSON_MIB),
    "server_mib": Limit("desk_mib_a_day", "MiB of the whole server within a day", MOST_SERVER_MIB),
    "articles": Limit("desk_articles", "Articles in all", MOST_ARTICLES),
    "commands": Limit("person_commands_a_minute", "Commands of one person within a minute", MOST_COMMANDS),
}


class SettingsService:
    """What a desk has set."""

    def __init__(self, storage: Storage, *, message_content: bool = False) -> None:
        self._storage = storage
        self._message_content = message_content

    async def of(self, call: Call) -> DeskSettings:
        """Return what the call's desk has set."""
        return await self._storage.settings(call.scope.desk_id)

    async def show(self, call: Call) -> Reply:
        """Say what is set, and what is missing for it to work.

        Raises:
            NotAdminError: as every use case here, for whoever may not manage the server.
        """
        _check_admin(call)
        settings = await self.of(call)
        items = _server_lines(settings) if _is_server(call) else ()
        missing = self._missing(call, settings)
        blocks: list[Block] = [Bullets((*_lines(settings, call.now), *items))]
        if not _is_server(call):
            blocks.append(Line((_OWN_DESK,), small=True))
        if missing:
            blocks += [Heading(("What is missing",)), Bullets(missing)]
        title = "Settings of this server" if _is_server(call) else "Settings of your own desk"
        tone = Tone.WARNING if missing else Tone.PLAIN
        return Reply(title, tuple(blocks), tone=tone, again=Request("settings.show"))

    async def watch(self, call: Call, *, channel: int) -> Reply:
        """Read every upload in a channel from now on.

        Raises:
            NeedsServerError: the desk is a person's own.
            UnknownChannelError: the asker cannot read such a channel.
        """
        _check_channel(call, channel, "Watched channels")
        change = await self._change(call, lambda kept: replace(kept, watched=kept.watched | {channel}))
        missing = self._missing_for_watching(call, {channel})
        blocks: tuple[Block, ...] = (
            Line(("Every file in ", Channel(channel), " and its threads is read from now on, unasked.")),
            *((Heading(("What is missing",)), Bullets(missing)) if missing else ()),
        )
        reply = _told(change, "Watching", blocks, Request("settings.unwatch", {"channel": channel}))
        return replace(reply, tone=Tone.WARNING) if missing else reply

    async def unwatch(self, call: Call, *, channel: int) -> Reply:
        """Read uploads in a channel only when asked; raises as `watch` does."""
        _check_server(call, "Watched channels")
        change = await self._change(call, lambda kept: replace(kept, watched=kept.watched - {channel}))
        words = ("I read nothing in ", Channel(channel), " unless I am asked. What was read stays.")
        return _told(change, "Not watching", (Line(words),), Request("settings.watch", {"channel": channel}))

    async def share(self, call: Call, *, channel: int) -> Reply:
        """Let answers anywhere in the server draw on a channel; raises as `watch` does."""
        _check_channel(call, channel, "Shared channels")
        change = await self._change(call, lambda kept: replace(kept, shared=kept.shared | {channel}))
        words = (
            "Answers anywhere in this server may quote what is brought in ",
            Channel(channel),
            ", also to people who cannot open that channel.",
        )
        return _told(change, "Shared", (Line(words),), Request("settings.unshare", {"channel": channel}))

    async def unshare(self, call: Call, *, channel: int) -> Reply:
        """Keep what is in a channel for those who can read it; raises as `watch` does."""
        _check_server(call, "Shared channels")
        change = await self._change(call, lambda kept: replace(kept, shared=kept.shared - {channel}))
        words = ("What is brought in ", Channel(channel), " is quoted only where its readers can see it.")
        return _told(change, "Not shared", (Line(words),), Request("settings.share", {"channel": channel}))

    async def zone(self, call: Call, *, zone: str) -> Reply:
        """Set the time zone of days and hours that cannot follow their reader's own.

        Raises:
            UnknownZoneError: there is none of that name.
        """
        _check_admin(call)
        found = await asyncio.to_thread(find_zone, zone)
        before, after = change = await self._change(call, lambda kept: replace(kept, zone=found))
        words = (f"It was {before.zone}. There it is {clock(call.now, after.zone)}.",)
        return _told(change, f"Time zone: {found}", (Line(words),), Request("settings.zone", {"zone": before.zone}))

    async def suggest_zone(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer time zones whose name holds what was typed, with the time that it is there."""
        names = await asyncio.to_thread(offer_zones, typed, MOST_SUGGESTED)
        return [Suggestion(f"{name} · {clock(call.now, name)}", name) for name in names]

    async def length(self, call: Call, *, sentences: int) -> Reply:
        """Set how many sentences a summary has where nobody says.

        Raises:
            SettingRangeError: not between 1 and 12.
        """
        _check_admin(call)
        _check_range("The length of a summary", sentences, MOST_SENTENCES)
        before, _ = change = await self._change(call, lambda kept: replace(kept, sentences=sentences))
        words = (f"It was {before.sentences}. ", Code("sentences:"), " in a command still has its way.")
        title = f"Usual length: {count(sentences, 'sentence')}"
        return _told(change, title, (Line(words),), Request("settings.length", {"sentences": before.sentences}))

    async def answers(self, call: Call, *, shown: str) -> Reply:
        """Show answers to everyone, or to the asker alone, where nobody says."""
        _check_admin(call)
        _check_choice("Answers", shown, ANSWERS)
        before, _ = change = await self._change(call, lambda kept: replace(kept, private=shown == "private"))
        words = (_ANSWERS[shown], " ", Code("private:"), " in a command still has its way.")
        undo = Request("settings.answers", {"shown": ANSWERS[before.private]})
        return _told(change, f"Answers: {shown}", (Line(words),), undo)

    async def adding(self, call: Call, *, who: str) -> Reply:
        """Let everyone bring articles in, or managers alone; raises as `watch` does."""
        _check_server(call, "Rules about who may add")
        _check_choice("Adding", who, ADDERS)
        before, _ = change = await self._change(call, lambda kept: replace(kept, adders=who))
        undo = Request("settings.adding", {"who": before.adders})
        return _told(change, f"Adding: {who}", (Line((_ADDERS[who],)),), undo)

    async def receipts(self, call: Call, *, quiet: bool) -> Reply:
        """Send receipts that nobody asked for with or without a notification."""
        _check_admin(call)
        before, _ = change = await self._change(call, lambda kept: replace(kept, quiet=quiet))
        undo = Request("settings.receipts", {"quiet": before.quiet})
        return _told(change, f"Receipts: {_QUIET[quiet]}", (Line((_RECEIPTS[quiet],)),), undo)

    async def retention(self, call: Call, *, days: int) -> Reply:
        """Set after how many days what was brought is taken out by itself; 0 is never.

        Raises:
            SettingRangeError: more than ten years, or less than none.
        """
        _check_admin(call)
        if not 0 <= days <= MOST_DAYS:
            raise SettingRangeError("The days for which articles are kept", 0, MOST_DAYS)
        before, _ = change = await self._change(call, lambda kept: replace(kept, keep_days=days))
        words = _KEEPS_DAYS if days else _KEEPS
        undo = Request("settings.retention", {"days": before.keep_days})
        return _told(change, f"Articles are kept {kept_for(days)}", (Line((words,)),), undo)

    async def limits(
        self,
        call: Call,
        *,
        person_files: int | None = None,
        server_files: int | None = None,
        person_mib: int | None = None,
        server_mib: int | None = None,
        articles: int | None = None,
        commands: int | None = None,
    ) -> Reply:
        """Change limits; without any, say what they are and how much is used.

        Raises:
            NeedsServerError: the desk is a person's own; whoever runs the bot answers for those.
            SettingRangeError: one of the numbers is out of its range.
        """
        _check_server(call, "Limits that can be changed")
        given = {
            "person_files": person_files,
            "server_files": server_files,
            "person_mib": person_mib,
            "server_mib": server_mib,
            "articles": articles,
            "commands": commands,
        }
        wanted = {name: number for name, number in given.items() if number is not None}
        for name, number in wanted.items():
            _check_range(LIMITS[name].what, number, LIMITS[name].most)
        if not wanted:
            return await self._show_limits(call)
        fields: dict[str, Any] = {LIMITS[name].setting: number for name, number in wanted.items()}
        before, after = change = await self._change(call, lambda kept: replace(kept, **fields))
        undo = Request("settings.limits", {name: getattr(before, LIMITS[name].setting) for name in wanted})
        lines = tuple(_limit_line(name, after, f" (was {getattr(before, LIMITS[name].setting):,})") for name in wanted)
        return _told(change, "Limits changed", (Bullets(lines),), undo)

    async def _show_limits(self, call: Call) -> Reply:
        settings = await self.of(call)
        usage = await self._storage.usage(call.scope.desk_id, call.scope.asker_id, since=call.now - DAY)
        lines = tuple(_limit_line(name, settings, _used(name, usage)) for name in LIMITS)
        return Reply("Limits", (Bullets(lines),), again=Request("settings.limits"))

    async def _change(self, call: Call, change: _Change) -> tuple[DeskSettings, DeskSettings]:
        """Change what is set, for those who may; return it as it was and as it is."""
        _check_admin(call)
        asker = call.scope.asker_id
        return await self._storage.change_settings(call.scope.desk_id, change, changed_by=asker, now=call.now)

    def _missing(self, call: Call, settings: DeskSettings) -> tuple[Words, ...]:
        """Say what keeps settings from taking effect, and answers from being given."""
        here = [] if call.channel_id in settings.watched else [call.channel_id]
        lacking = [_lacking(channel, lacks) for channel in here if (lacks := call.lacks(channel))]
        return (*lacking, *self._missing_for_watching(call, settings.watched))

    def _missing_for_watching(self, call: Call, channels: Iterable[int]) -> tuple[Words, ...]:
        missing: list[Words] = []
        for channel in sorted(channels):
            lacks = call.lacks(channel)
            if lacks is None:
                missing.append((Channel(channel), " is gone: ", Command("settings unwatch"), " takes it off the list."))
            elif lacks:
                missing.append(_lacking(channel, lacks))
        if channels and not self._message_content:
            missing.append(_NO_INTENT)
        return tuple(missing)


_OWN_DESK = "Watched and shared channels, who may add, and limits belong to a server: this desk is yours alone."
_NO_INTENT: Words = (
    "The message-content intent is off: I see only uploads of messages that name me. Whoever runs me sets ",
    Code("MESSAGE_CONTENT_INTENT=true"),
    " and allows it in the developer portal.",
)
_ANSWERS = {
    "public": "Answers are shown to everyone in the channel.",
    "private": "Answers are shown to the one who asks, and draw on what that person may read.",
}
_ADDERS = {
    "everyone": "Whoever can use me here may bring articles in.",
    "managers": "Only those with Manage Messages or Manage Server bring articles in.",
}
_QUIET = {True: "quiet", False: "as usual"}
_RECEIPTS = {
    True: "Receipts for what I read unasked come as silent messages, without a notification.",
    False: "Receipts for what I read unasked notify like any message.",
}


_KEEPS = "What is brought stays until somebody takes it out."
_KEEPS_DAYS = (
    "What is older is taken out by itself, from an hour from now on. Like all that is taken out it can be brought back "
    "for a day, then it is deleted for good. What is brought again counts from then."
)


def kept_for(days: int) -> str:
    """Say how long articles are kept."""
    return f"for {count(days, 'day')}" if days else "until somebody takes them out"


def _is_server(call: Call) -> bool:
    return call.scope.desk_id > LOCAL_DESK


def _check_admin(call: Call) -> None:
    if not call.admin:
        raise NotAdminError


def _check_server(call: Call, what: str) -> None:
    _check_admin(call)
    if not _is_server(call):
        raise NeedsServerError(what)


def _check_channel(call: Call, channel: int, what: str) -> None:
    """Let nobody open up a channel that they cannot read themselves: Manage Server alone does not show it to them."""
    _check_server(call, what)
    if call.scope.audiences is not None and channel not in call.scope.audiences:
        raise UnknownChannelError


def _check_range(what: str, number: int, most: int) -> None:
    if not 1 <= number <= most:
        raise SettingRangeError(what, 1, most)


def _check_choice(what: str, chosen: str, takes: Sequence[str]) -> None:
    if chosen not in takes:
        raise SettingChoiceError(what, takes)


def _told(change: tuple[DeskSettings, DeskSettings], title: str, blocks: tuple[Block, ...], undo: Request) -> Reply:
    """Say what is different now, or that nothing is."""
    before, after = change
    if before == after:
        return Reply(title, (Line(("It was so already: nothing was changed.",)), *blocks))
    return Reply(title, blocks, actions=(Action("Undo", undo),), tone=Tone.DONE)


def _lines(settings: DeskSettings, now: datetime) -> tuple[Words, ...]:
    return (
        _line("Time zone", "settings zone", f"{settings.zone}, where it is {clock(now, settings.zone)}"),
        _line("Usual length", "settings length", count(settings.sentences, "sentence")),
        _line("Answers", "settings answers", ANSWERS[settings.private]),
        _line("Receipts", "settings receipts", _QUIET[settings.quiet]),
        _line("Articles are kept", "settings retention", kept_for(settings.keep_days)),
    )


def _server_lines(settings: DeskSettings) -> tuple[Words, ...]:
    uploads = f"{settings.person_uploads_a_day:,} files a day each, {settings.desk_uploads_a_day:,} in all"
    return (
        _line("Watched channels", "settings watch", *_channels(settings.watched)),
        _line("Shared channels", "settings share", *_channels(settings.shared)),
        _line("Adding", "settings adding", settings.adders),
        _line("Limits", "settings limits", uploads),
    )


def _line(what: str, command: str, *value: Inline) -> Words:
    return (Bold(f"{what}: "), *value, " · ", Command(command))


def _channels(channels: Iterable[int]) -> Words:
    words: list[Inline] = []
    for channel in sorted(channels):
        words += [", ", Channel(channel)] if words else [Channel(channel)]
    return tuple(words) or ("none",)


def _lacking(channel: int, lacks: Sequence[str]) -> Words:
    return ("In ", Channel(channel), f" I lack {', '.join(lacks)}.")


def _limit_line(name: str, settings: DeskSettings, also: str) -> Words:
    limit = LIMITS[name]
    return (Bold(f"{limit.what}: "), f"{getattr(settings, limit.setting):,}{also}")


def _used(name: str, usage: DeskUsage) -> str:
    used = {
        "person_files": usage.person.uploads,
        "server_files": usage.desk.uploads,
        "person_mib": -(-usage.person.bytes // MIB),
        "server_mib": -(-usage.desk.bytes // MIB),
        "articles": usage.articles,
    }
    whose = " by you" if name.startswith("person") else ""
    return f", {used[name]:,} used{whose}" if name in used else ""
