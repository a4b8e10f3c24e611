"""Verbatim as a process, with a Discord of its own on 127.0.0.1; both serve a whole file of tests."""

import pytest
import pytest_asyncio
from answers import environment
from loopback import LoopbackDiscord
from loopback.program import Program


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord():
    async with LoopbackDiscord() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def program(tmp_path_factory):
    """Make programs, each in a folder of its own, that are gone when the tests are through."""
    made = []

    def make(*command, **settings):
        made.append(Program(command, tmp_path_factory.mktemp("program"), environment(**settings)))
        return made[-1]

    yield make
    for each in made:
        await each.clean_up()


@pytest.fixture(scope="module")
def verbatim(program, discord):
    """Make `verbatim run`."""

    def make(**settings):
        usual = {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.url, "WORKERS": "1"}
        usual["FETCH_SECONDS"] = "5"
        # They are killed and started again within seconds; tests/e2e/test_shards_discord.py is about the wait between.
        usual["IDENTIFY_SECONDS"] = "0"
        usual["DATABASE_URL"] = "sqlite+aiosqlite:///data/verbatim.db"
        return program("-m", "bot", "run", **(usual | settings))

    return make


@pytest.fixture(scope="module")
def shared(verbatim):
    return verbatim()


@pytest_asyncio.fixture(loop_scope="module")
async def bot(shared, discord):
    """Verbatim, online; it is started anew if another test has left it dead."""
    if not shared.running:
        await shared.start(discord)
    return shared


@pytest.fixture
def faults(discord):
    """What is to go wrong in this test alone."""
    yield discord.faults
    discord.faults.orders.clear()


@pytest.fixture
def guild(discord):
    """A guild of this test alone."""
    return discord.guild("Harbour Watch")


@pytest.fixture
def news(guild):
    return guild.channel("news")


@pytest.fixture
def amina(guild):
    return guild.member("Amina")
