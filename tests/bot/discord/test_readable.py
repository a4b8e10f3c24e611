"""Which channels somebody can read: worked out quickly, and just as the library would."""

from datetime import UTC, datetime, timedelta

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.calls import readable

GUILD, OWNER, ASKER = 1000, 1, 9
ROLES = (2000, 2001, 2002)
TEXT, VOICE, CATEGORY, NEWS, STAGE, FORUM = 0, 2, 4, 5, 13, 15

# The permissions that decide here, and some that must not.
_BITS = discord.Permissions(
    view_channel=True, read_message_history=True, connect=True, send_messages=True, manage_channels=True
)
_PERMISSIONS = st.sets(st.sampled_from([name for name, has in _BITS if has])).map(
    lambda names: discord.Permissions(**dict.fromkeys(names, True)).value
)
_ADMINISTRATOR = discord.Permissions(administrator=True).value
_ANY = st.one_of(_PERMISSIONS, _PERMISSIONS, _PERMISSIONS, _PERMISSIONS.map(lambda value: value | _ADMINISTRATOR))
_TARGETS = ((GUILD, 0), *((role, 0) for role in ROLES), (ASKER, 1), (OWNER, 1), (77, 1), (2999, 0))
_OVERWRITES = st.lists(
    st.tuples(st.sampled_from(_TARGETS), _PERMISSIONS, _PERMISSIONS), max_size=6, unique_by=lambda one: one[0]
)
_CHANNELS = st.lists(
    st.tuples(st.sampled_from((TEXT, VOICE, CATEGORY, NEWS, STAGE, FORUM)), _OVERWRITES), min_size=1, max_size=6
)


@pytest.fixture(scope="module")
def state():
    """What the library keeps of a connection, without one."""
    return discord.Client(intents=discord.Intents.none())._connection


def make_guild(state, roles, channels):
    """Return a guild as the library makes it of what Discord sends."""
    data = {
        "id": str(GUILD),
        "name": "Harbour Watch",
        "owner_id": str(OWNER),
        "roles": [_role(role, value, place) for place, (role, value) in enumerate(roles)],
        "channels": [_channel(place, *channel) for place, channel in enumerate(channels)],
        "features": [],
    }
    return discord.Guild(data=data, state=state)


def make_member(guild, state, person, roles, until):
    data = {
        "user": {"id": str(person), "username": "amina", "discriminator": "0", "avatar": None},
        "roles": [str(role) for role in roles],
        "joined_at": "2020-01-01T00:00:00+00:00",
        "communication_disabled_until": until and until.isoformat(),
        "flags": 0,
    }
    return discord.Member(data=data, guild=guild, state=state)


def _role(role_id, value, place):
    return {"id": str(role_id), "name": f"role {place}", "permissions": str(value), "position": place, "colors": {}}


def _channel(place, kind, overwrites):
    return {
        "id": str(5000 + place),
        "type": kind,
        "name": f"channel-{place}",
        "position": place,
        "permission_overwrites": [
            {"id": str(target), "type": of, "allow": str(allow & ~deny), "deny": str(deny)}
            for (target, of), allow, deny in overwrites
        ],
        "bitrate": 64000,
        "user_limit": 0,
        "available_tags": [],
    }


def said_by_the_library(guild, reader):
    """Return what the library's own permissions come to."""
    spoken = (discord.VoiceChannel, discord.StageChannel)
    found = {guild.id}
    for channel in guild.channels:
        allowed = channel.permissions_for(reader)
        joins = allowed.connect or not isinstance(channel, spoken)
        if not isinstance(channel, discord.CategoryChannel):
            found |= {channel.id} if allowed.view_channel and allowed.read_message_history and joins else set()
    return found


@given(
    everyone=_ANY,
    values=st.lists(_ANY, min_size=len(ROLES), max_size=len(ROLES)),
    channels=_CHANNELS,
    person=st.sampled_from([ASKER, ASKER, ASKER, OWNER]),
    held=st.sets(st.sampled_from(ROLES)),
    timeout=st.sampled_from([None, None, timedelta(hours=1), timedelta(hours=-1)]),
)
@pytest.mark.trust("member-private-answers", "member-public-answers")
def test_it_is_what_the_library_says_for_members_and_for_roles(
    state, everyone, values, channels, person, held, timeout
):
    guild = make_guild(state, [(GUILD, everyone), *zip(ROLES, values, strict=True)], channels)
    member = make_member(guild, state, person, held, timeout and datetime.now(UTC) + timeout)

    for reader in (member, guild.default_role, guild.get_role(ROLES[0])):
        assert readable(guild, reader) == said_by_the_library(guild, reader)


def test_a_guild_that_is_out_of_sight_has_no_channels_to_read(state):
    guild = discord.Guild(data={"id": str(GUILD), "unavailable": True}, state=state)

    assert readable(guild, guild.default_role) == {GUILD}
