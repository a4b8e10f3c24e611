"""What the metrics say of what people did."""

import pytest
import pytest_asyncio

from bot.gateway import Gateway
from bot.metrics.prometheus import Prometheus
from bot.monitor import Monitor
from storage.base import DeskSettings

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def monitor():
    return Monitor(Prometheus())


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def _watched(env, services, storage, monitor):
    await env.restart_bot(Gateway(services, storage, shard_count=1, monitor=monitor))


def lines(monitor, name):
    """Return the lines of a metric that say more than nothing, without its name."""
    found = [line for line in monitor.metrics.text()[0].decode().splitlines() if line.startswith(name)]
    return {line.removeprefix(name).rpartition(" ")[0] for line in found if not line.endswith(" 0.0")}


def ended(monitor):
    return lines(monitor, "verbatim_commands_total")


@pytest_asyncio.fixture(loop_scope="session")
async def summary(news, guild, amina, bring, _watched):
    await bring(guild, news, amina)
    return (await amina.slash(news, "summarise", article="salt works", sentences=3)).response


async def test_an_answer_is_counted_with_its_command_and_how_long_it_took(monitor, amina, news):
    await amina.slash(news, "help")

    assert ended(monitor) == {'{command="help",outcome="answered"}'}
    assert lines(monitor, "verbatim_ack_seconds_count") == {""}
    assert lines(monitor, "verbatim_answer_seconds_count") == {'{command="help"}'}


async def test_a_refusal_a_bug_and_a_control_are_told_apart(monitor, services, summary, amina, news, monkeypatch):
    async def break_down(*_, **__):
        raise ZeroDivisionError

    await amina.click(summary, label="Longer")
    await amina.slash(news, "summarise", article="nothing of the kind")
    monkeypatch.setattr(type(services.corpus), "add", break_down)
    await amina.slash(news, "add", url="https://a.example")

    assert ended(monitor) == {
        '{command="summarise",outcome="answered"}',
        '{command="summarise",outcome="refused"}',
        '{command="control",outcome="answered"}',
        '{command="add",outcome="failed"}',
    }
    assert lines(monitor, "verbatim_bugs_total") == {""}


async def test_one_command_too_many_is_counted_as_limited(monitor, services, amina, news, monkeypatch):
    async def strict(_):
        return DeskSettings(person_commands_a_minute=1)

    monkeypatch.setattr(type(services.settings), "of", lambda _, call: strict(call))
    await amina.slash(news, "help")
    await amina.slash(news, "help")

    assert '{command="help",outcome="limited"}' in ended(monitor)


async def test_the_gateway_tells_of_its_shards_and_servers(monitor, env, guild):
    bot = env.bot
    bot.dispatch("shard_connect", 0)
    bot.dispatch("shard_ready", 0)
    bot.dispatch("shard_resumed", 0)
    bot.dispatch("shard_disconnect", 0)
    await env.settle()

    assert lines(monitor, "verbatim_gateway_events_total") >= {
        f'{{event="{event}"}}' for event in ("connected", "identified", "resumed", "disconnected")
    }
    assert lines(monitor, "verbatim_guilds") == {""}
