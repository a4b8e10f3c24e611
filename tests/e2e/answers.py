"""What the tests of processes have in common: the files that they upload, and what they read in an answer."""

import asyncio
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from loopback import Attachment, Message, checks
from loopback.interactions import Does, find_command
from loopback.messages import numbered

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(__file__).parent / "data"

# Whatever this machine's own settings are, they are not the test's.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")

QUOTE = re.compile(r"^\*\*(?:\[(?P<linked>\d+)\]\((?P<url>[^)]+)\)|(?P<bare>\d+))\*\* (?P<words>.+)$", re.MULTILINE)
BOLD = re.compile(r"\*\*(.+?)(?<!\\)\*\*", re.DOTALL)


def environment(**settings):
    """Return what a process is to see: nothing of this machine's settings, and these."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | settings


def sample(name, **options):
    """Return one of the files in data/ as something to upload."""
    return Attachment(name, (DATA / name).read_bytes(), **options)


def finished(message):
    """Tell an answer from the news that it is being worked on."""
    return not message.text.startswith("⏳")


def unescaped(markdown):
    """Return what a reader sees of escaped text."""
    return re.sub(r"\\([^\w\s])", r"\1", markdown)


def quotes(message):
    """Return the quoted sentences of an answer, by their numbers."""
    return {int(hit["linked"] or hit["bare"]): unescaped(hit["words"]) for hit in QUOTE.finditer(message.text)}


def opened(message):
    """Return the sentence that an opened passage shows in bold."""
    return unescaped(BOLD.search(message.text.partition("\n> ")[2])[1])


async def settle(look):
    """Wait for something of which the loopback hears nothing: inside a bot, or among processes."""
    async with asyncio.timeout(40):
        while not look():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)


def rows(database):
    """Return what a corpus holds: the rows of each table, without the controls of answers."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in tables
            # The index holds what `spelling` holds, in tables of its own that cannot be counted.
            if name not in {"action", "alembic_version"} and not name.startswith("posting")
        }


def old_message(discord, channel, custom_id):
    """Return a message of the bot's own with a button that is not from now."""
    button = {"type": 2, "style": 2, "label": "Next", "custom_id": custom_id}
    components = numbered([{"type": 10, "content": "From long ago."}, {"type": 1, "components": [button]}])
    message = Message(
        discord.state.ids.next(), channel, discord.state.bot, components=components, flags=checks.COMPONENTS_V2
    )
    return discord.state.add_message(message)


def slash_unchecked(discord, user, channel, command, **options):
    """Run a command with numbers and texts that Discord's own client would not let pass."""
    registered, declared = find_command(discord.state.commands[0], command)
    kinds = {option["name"]: option["type"] for option in declared}
    given = [{"name": name, "type": kinds[name], "value": value} for name, value in options.items()]
    data = {"id": registered["id"], "name": command, "type": 1, "options": given}
    return discord._interact(Does.COMMAND, user, channel, data)
