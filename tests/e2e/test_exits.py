"""How `verbatim run` ends when it cannot begin: a few lines that help, and an exit code that tells the kind."""

import socket

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")

NO_NETWORK, NOT_CONFIGURED = 75, 78


def lines(program):
    return [line for line in program.said.splitlines() if line.strip()]


async def test_without_a_token_it_says_how_to_get_one(verbatim):
    run = verbatim(DISCORD_TOKEN="")

    await run.start()

    assert await run.ended() == NOT_CONFIGURED, run.said
    assert len(lines(run)) == 3
    assert "DISCORD_TOKEN" in run.said


async def test_a_refused_token_is_one_line(verbatim):
    run = verbatim(DISCORD_TOKEN="somebody.else's.token")

    await run.start()

    assert await run.ended() == NOT_CONFIGURED, run.said
    assert len(lines(run)) == 1
    assert "somebody" not in run.said


async def test_a_network_that_is_away_is_one_line(verbatim):
    run = verbatim(DISCORD_API_URL=f"http://127.0.0.1:{closed_port()}/api/v10")

    await run.start()

    assert await run.ended() == NO_NETWORK, run.said
    assert len(lines(run)) == 1


async def test_a_discord_that_is_down_is_one_line(verbatim, faults):
    faults.next("GET /*", status=503, times=100)
    run = verbatim()

    await run.start()

    assert await run.ended(within=60) == NO_NETWORK, run.said
    assert len(lines(run)) == 1


async def test_a_privileged_intent_that_was_not_granted_is_told(verbatim):
    run = verbatim(MESSAGE_CONTENT_INTENT="true")

    await run.start()

    assert await run.ended() == NOT_CONFIGURED, run.said
    assert "MESSAGE_CONTENT_INTENT" in run.said
    assert "Traceback" not in run.said


@pytest.mark.parametrize("setting", [{"READ_SECONDS": "soon"}, {"DATABASE_URL": "postgres://nowhere"}])
async def test_a_setting_that_makes_no_sense_is_named(verbatim, setting):
    run = verbatim(**setting)

    await run.start()

    assert await run.ended() == NOT_CONFIGURED, run.said
    assert next(iter(setting)) in run.said.upper()
    assert "Traceback" not in run.said


def closed_port():
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
