"""What the managers of a desk decide."""

from dataclasses import replace

import pytest

from bot.services import build
from bot.services.errors import (
    NeedsServerError,
    NotAdminError,
    SettingChoiceError,
    SettingRangeError,
    UnknownChannelError,
    UnknownZoneError,
)
from bot.services.replies import Bullets, Channel, Command, Heading, Tone
from bot.services.settings import LIMITS
from storage.base import DeskSettings, Scope
from summariser.limits import Limits

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD = 4_000_000_000_000
AMINA = 71
NEWS, ARCHIVE = 501, 502

# One way to change each setting, and what is to be so afterwards.
CHANGES = [
    ("watch", {"channel": NEWS}, {"watched": frozenset({NEWS})}),
    ("share", {"channel": NEWS}, {"shared": frozenset({NEWS})}),
    ("zone", {"zone": "tokyo"}, {"zone": "Asia/Tokyo"}),
    ("length", {"sentences": 3}, {"sentences": 3}),
    ("answers", {"shown": "private"}, {"private": True}),
    ("adding", {"who": "managers"}, {"adders": "managers"}),
    ("receipts", {"quiet": True}, {"quiet": True}),
    ("retention", {"days": 90}, {"keep_days": 90}),
    (
        "limits",
        {"person_files": 3, "commands": 7},
        {"person_uploads_a_day": 3, "person_commands_a_minute": 7},
    ),
]
SERVER_ONLY = {"watch", "unwatch", "share", "unshare", "adding", "limits"}


@pytest.fixture
def admin(call):
    """Amina, who may manage a server, in its channel #news."""
    scope = Scope(GUILD, AMINA, frozenset({NEWS, AMINA}))
    return replace(call, scope=scope, channel_id=NEWS, audience_id=AMINA, guild_id=GUILD, private=True, admin=True)


@pytest.fixture
def own(call):
    """Amina, in her own desk."""
    scope = Scope(-AMINA, AMINA, frozenset({AMINA}))
    return replace(call, scope=scope, channel_id=9, audience_id=AMINA, private=True, admin=True)


def words(reply):
    """Return what a reply says, without looks."""
    items = [line for block in reply.blocks for line in (block.items if isinstance(block, Bullets) else [block.words])]
    return "\n".join("".join(map(_plain, line)) for line in items)


def _plain(part):
    match part:
        case str():
            return part
        case Command(name):
            return f"/{name}"
        case Channel(channel_id):
            return f"#{channel_id}"
    return part.text


@pytest.mark.parametrize(("method", "options", "after"), CHANGES)
async def test_a_change_holds_and_its_undo_puts_back_what_was(services, storage, admin, method, options, after):
    changed = await getattr(services.settings, method)(admin, **options)

    (undo,) = changed.actions
    assert undo.label == "Undo"
    assert await storage.settings(GUILD) == replace(DeskSettings(), **after)

    undone = await services.perform(admin, undo.request)

    assert await storage.settings(GUILD) == DeskSettings()
    (redo,) = undone.actions
    await services.perform(admin, redo.request)
    assert await storage.settings(GUILD) == replace(DeskSettings(), **after)


@pytest.mark.parametrize(("method", "options", "_"), CHANGES)
async def test_nothing_new_is_said_to_be_so_already(services, admin, method, options, _):
    await getattr(services.settings, method)(admin, **options)

    again = await getattr(services.settings, method)(admin, **options)

    assert again.actions == ()
    assert "It was so already" in words(again)


@pytest.mark.parametrize(("method", "options", "_"), [*CHANGES, ("show", {}, {})])
@pytest.mark.trust("member-no-settings")
async def test_who_may_not_manage_the_server_is_refused_at_the_command_and_at_the_button(
    services, storage, admin, method, options, _
):
    done = await getattr(services.settings, method)(admin, **options)
    before = await storage.settings(GUILD)
    # Manage Messages is not enough.
    member = replace(admin, admin=False, manager=True)

    with pytest.raises(NotAdminError, match="Manage Server"):
        await getattr(services.settings, method)(member, **options)
    for action in done.actions:
        with pytest.raises(NotAdminError):
            await services.perform(member, action.request)

    assert await storage.settings(GUILD) == before


@pytest.mark.parametrize(("method", "options", "after"), CHANGES)
@pytest.mark.trust("admin-not-beyond")
async def test_in_a_desk_of_one_s_own_what_needs_a_server_says_why(services, storage, own, method, options, after):
    if method in SERVER_ONLY:
        with pytest.raises(NeedsServerError, match="this desk is yours alone"):
            await getattr(services.settings, method)(own, **options)
    else:
        await getattr(services.settings, method)(own, **options)
        assert await storage.settings(-AMINA) == replace(DeskSettings(), **after)


async def test_settings_of_a_server_are_shown_with_the_command_that_changes_each(services, admin):
    await services.settings.zone(admin, zone="Asia/Tokyo")
    await services.settings.share(admin, channel=NEWS)

    shown = await services.settings.show(admin)

    assert "Time zone: Asia/Tokyo, where it is 18:30 on Wednesday, 4 March 2026 · /settings zone" in words(shown)
    assert f"Shared channels: #{NEWS} · /settings share" in words(shown)
    assert "Watched channels: none" in words(shown)
    assert shown.tone is Tone.PLAIN


async def test_settings_of_one_s_own_desk_say_what_is_not_there(services, own):
    shown = await services.settings.show(own)

    assert shown.title == "Settings of your own desk"
    assert "Watched channels:" not in words(shown)
    assert "belong to a server: this desk is yours alone" in words(shown)


async def test_a_watched_channel_without_the_intent_says_what_is_missing(services, admin):
    watched = await services.settings.watch(admin, channel=NEWS)
    shown = await services.settings.show(admin)

    for reply in (watched, shown):
        assert reply.tone is Tone.WARNING
        assert Heading(("What is missing",)) in reply.blocks
        assert "The message-content intent is off" in words(reply)


async def test_with_the_intent_and_the_permissions_nothing_is_missing(storage, compute, web, admin):
    services = build(storage, compute, web, Limits(), message_content=True)

    watched = await services.settings.watch(admin, channel=NEWS)
    shown = await services.settings.show(admin)

    assert (watched.tone, shown.tone) == (Tone.DONE, Tone.PLAIN)


async def test_permissions_that_the_bot_lacks_are_named_with_their_channel(storage, compute, web, admin):
    services = build(storage, compute, web, Limits(), message_content=True)
    missing = {NEWS: ("Attach Files",), ARCHIVE: ("View Channel", "Send Messages")}
    here = replace(admin, lacks=missing.get)
    await storage.change_settings(
        GUILD, lambda kept: replace(kept, watched=frozenset({ARCHIVE, 503})), changed_by=1, now=admin.now
    )

    shown = await services.settings.show(here)

    assert f"In #{NEWS} I lack Attach Files." in words(shown)
    assert f"In #{ARCHIVE} I lack View Channel, Send Messages." in words(shown)
    assert "#503 is gone: /settings unwatch takes it off the list." in words(shown)


@pytest.mark.parametrize("method", ["watch", "share"])
@pytest.mark.trust("admin-only-what-they-read")
async def test_nobody_opens_up_a_channel_that_they_cannot_read(services, storage, admin, method):
    with pytest.raises(UnknownChannelError):
        await getattr(services.settings, method)(admin, channel=ARCHIVE)

    assert await storage.settings(GUILD) == DeskSettings()


@pytest.mark.parametrize("method", ["watch", "share"])
@pytest.mark.trust("admin-only-what-they-read")
async def test_undoing_the_end_of_a_channel_s_sharing_needs_its_reading_too(services, storage, admin, method):
    await getattr(services.settings, method)(admin, channel=NEWS)
    ended = await getattr(services.settings, f"un{method}")(admin, channel=NEWS)
    elsewhere = replace(admin, scope=replace(admin.scope, audiences=frozenset({AMINA})))

    with pytest.raises(UnknownChannelError):
        await services.perform(elsewhere, ended.actions[0].request)


@pytest.mark.parametrize(
    ("method", "options", "error"),
    [
        ("zone", {"zone": "Atlantis"}, UnknownZoneError),
        ("length", {"sentences": 0}, SettingRangeError),
        ("length", {"sentences": 13}, SettingRangeError),
        ("answers", {"shown": "loud"}, SettingChoiceError),
        ("adding", {"who": "nobody"}, SettingChoiceError),
        ("limits", {"commands": 0}, SettingRangeError),
        ("limits", {"articles": 10**12}, SettingRangeError),
    ],
)
async def test_what_a_setting_does_not_take_is_refused_whole(services, storage, admin, method, options, error):
    with pytest.raises(error):
        await getattr(services.settings, method)(admin, **options)

    assert await storage.settings(GUILD) == DeskSettings()


async def test_zones_are_offered_with_the_time_that_it_is_there(services, admin):
    offered = await services.settings.suggest_zone(admin, "tokyo")

    assert [(item.label, item.value) for item in offered] == [
        ("Asia/Tokyo · 18:30 on Wednesday, 4 March 2026", "Asia/Tokyo")
    ]


@pytest.mark.trust("admin-numbers")
async def test_limits_are_shown_with_what_is_used(services, storage, admin, ferry):
    await services.corpus.add(admin, file=ferry)

    shown = await services.settings.limits(admin)

    assert "Files of one person within a day: 200, 1 used by you" in words(shown)
    assert "Articles in all: 200,000, 1 used" in words(shown)
    assert shown.actions == ()


@pytest.mark.trust("admin-not-beyond")
async def test_every_limit_has_a_setting_and_a_ceiling_above_the_usual():
    usual = DeskSettings()

    for limit in LIMITS.values():
        assert 1 <= getattr(usual, limit.setting) <= limit.most


async def test_a_summary_has_the_length_that_the_desk_has_set(services, admin, ferry):
    await services.settings.length(admin, sentences=2)

    usual = await services.summaries.summarise(admin, file=ferry)
    asked = await services.summaries.summarise(admin, article="night ferry", sentences=4)

    assert [choice.label[:3] for choice in usual.menus[0].choices] == ["[1]", "[2]"]
    assert len(asked.menus[0].choices) == 4
