"""Who may bring how much, and ask how often."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.services.allowance import Allowance
from bot.services.errors import LimitError, MayNotAddError
from storage.base import DeskSettings, Scope

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD = 4_000_000_000_000
AMINA, TOMAS = 71, 72
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def in_guild(call):
    """Amina, in a server."""
    scope = Scope(GUILD, AMINA, frozenset({5}))
    return replace(call, scope=scope, channel_id=5, audience_id=5, guild_id=GUILD)


def later(call, **ahead):
    return replace(call, now=call.now + timedelta(**ahead), origin_id=call.origin_id + 1)


def by(call, asker):
    return replace(call, scope=replace(call.scope, asker_id=asker))


async def setting(storage, desk_id=GUILD, **values):
    await storage.change_settings(desk_id, lambda kept: replace(kept, **values), changed_by=1, now=NOW)


@pytest.mark.trust("member-limits-commands")
async def test_so_many_commands_a_minute_and_no_more(storage, in_guild):
    allowance, three = Allowance(storage), DeskSettings(person_commands_a_minute=3)

    for _ in range(3):
        allowance.spend(in_guild, three)
    with pytest.raises(
        LimitError, match=r"asked 3 times within a minute, which is the limit here. Try again in"
    ) as over:
        allowance.spend(in_guild, three)

    assert over.value.opens == in_guild.now + timedelta(seconds=20)
    allowance.spend(replace(in_guild, now=over.value.opens), three)


async def test_what_one_person_asks_keeps_nobody_else_waiting(storage, in_guild):
    allowance, one = Allowance(storage), DeskSettings(person_commands_a_minute=1)
    allowance.spend(in_guild, one)

    allowance.spend(by(in_guild, TOMAS), one)
    allowance.spend(replace(in_guild, scope=replace(in_guild.scope, desk_id=-AMINA)), one)

    with pytest.raises(LimitError):
        allowance.spend(in_guild, one)


async def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing(storage, in_guild):
    allowance, two = Allowance(storage), DeskSettings(person_commands_a_minute=2)
    allowance.spend(in_guild, two)

    allowance.spend(later(in_guild, hours=-1), two)

    with pytest.raises(LimitError):
        allowance.spend(later(in_guild, hours=-1), two)


async def test_people_who_are_through_are_forgotten(storage, in_guild, monkeypatch):
    monkeypatch.setattr("bot.services.allowance._MANY", 10)
    allowance = Allowance(storage)

    for asker in range(50):
        allowance.spend(by(later(in_guild, minutes=asker), asker), DeskSettings())

    assert len(allowance._buckets) <= 12


@pytest.mark.trust("operator-terminal")
async def test_the_terminal_has_no_limits(storage, services, call, ferry):
    await setting(storage, desk_id=call.scope.desk_id, person_uploads_a_day=1, adders="managers")
    await setting(storage, desk_id=call.scope.desk_id, person_commands_a_minute=1)

    for number in range(3):
        await services.enter(call)
        await services.corpus.add(replace(call, origin_id=number), file=ferry)


@pytest.mark.trust("member-limits-uploads")
async def test_an_upload_over_the_day_s_limit_is_refused_before_it_is_fetched(storage, services, in_guild, ferry):
    await setting(storage, person_uploads_a_day=1)
    await services.corpus.add(in_guild, file=ferry)

    with pytest.raises(LimitError, match=r"brought 1 file within a day.*Try again in 23 hours") as over:
        await services.corpus.add(later(in_guild, hours=1), file=replace(ferry, path="/nowhere"))

    assert over.value.opens == in_guild.now + timedelta(days=1)
    receipt = await services.corpus.add(later(in_guild, days=1), file=ferry)
    assert receipt.title == "Already here"


async def test_the_rest_of_many_files_comes_in_up_to_the_limit(storage, services, in_guild, ferry, tmp_path):
    await setting(storage, person_uploads_a_day=1)
    second = tmp_path / "second.txt"
    second.write_text("The mill at Karsk burnt down on Sunday. Nobody was hurt.")

    reply = await services.corpus.add(
        in_guild, file=ferry, file2=replace(ferry, path=str(second), filename="second.txt", attachment_id=2)
    )

    assert reply.title == "Added 1 article"
    assert "which is the limit here" in str(reply.blocks)


async def test_a_server_s_limit_is_told_as_the_server_s(storage, services, in_guild, ferry):
    await setting(storage, desk_uploads_a_day=1)
    await services.corpus.add(by(in_guild, TOMAS), file=ferry)

    with pytest.raises(LimitError, match="This server has taken in 1 file"):
        await services.corpus.add(later(in_guild, hours=1), file=ferry)


@pytest.mark.trust("member-limits-uploads")
async def test_bytes_are_told_in_mib(storage, services, in_guild, ferry):
    await setting(storage, person_mib_a_day=1)

    with pytest.raises(LimitError, match="more than 1 MiB within a day") as over:
        await services.corpus.add(in_guild, file=replace(ferry, size=2 * 2**20))

    assert over.value.opens is None


@pytest.mark.trust("member-limits-articles")
async def test_a_full_desk_says_what_makes_room(storage, services, in_guild, ferry):
    await setting(storage, desk_articles=1)
    await services.corpus.add(in_guild, file=ferry)

    with pytest.raises(LimitError, match=r"holds 1 article, its limit. Take some out"):
        await services.corpus.add(later(in_guild, hours=1), file=ferry)


@pytest.mark.parametrize(("manager", "admin", "allowed"), [(0, 0, False), (1, 0, True), (0, 1, True)])
async def test_where_managers_alone_may_add_others_are_told_where_they_can(
    storage, services, in_guild, ferry, manager, admin, allowed
):
    await setting(storage, adders="managers")
    asker = replace(in_guild, manager=bool(manager), admin=bool(admin))

    if allowed:
        assert (await services.corpus.add(asker, file=ferry)).title == "Added 1 article"
    else:
        for bring in (services.corpus.add, services.summaries.summarise):
            with pytest.raises(MayNotAddError, match="in a direct message: that desk is your own"):
                await bring(asker, file=ferry)
