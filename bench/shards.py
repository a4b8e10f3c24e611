"""What one process costs for each server and each message that it hears of, against the loopback Discord.

    python bench/shards.py [--guilds 500 1000] [--messages 4000]

Each server has 25 channels, of which five are hidden by overwrites, and 10 roles. Memory is that of the bot's own
process, without its workers; the difference between two rows is the servers'. Messages are ordinary ones that name
nobody and bring nothing: all that most of them cost is to be looked at.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

# ruff: noqa: E402  the path comes first
from loopback import LoopbackDiscord
from loopback.program import Program

CHANNELS, HIDDEN, ROLES = 25, 5, 10
REST_SECONDS = 5
TICKS = os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Return the MiB that a process touches."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def busy(pid: int) -> float:
    """Return the seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def measure(guilds: int, messages: int) -> None:
    """Print what so many servers and messages cost."""
    with tempfile.TemporaryDirectory() as folder:
        async with LoopbackDiscord() as discord:
            served = [_guild(discord, number) for number in range(guilds)]
            settings = {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.url, "WORKERS": "1"}
            settings |= {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "LOG_LEVEL": "WARNING"}
            program = Program(["-m", "bot", "run"], Path(folder), settings)
            before = asyncio.get_running_loop().time()
            await program.start(discord, within=300)
            try:
                online = asyncio.get_running_loop().time() - before
                await _come_to_rest(program.pid)
                used, held = busy(program.pid), memory(program.pid)
                for number in range(messages):
                    channel, person = served[number % len(served)]
                    discord.say(person, channel, f"Has anybody seen the ferry today, number {number}?")
                    if number % 50 == 0:
                        await asyncio.sleep(0)
                await _come_to_rest(program.pid)
                each = (busy(program.pid) - used) / messages * 1000 if messages else 0.0
                print(f"| {guilds} | {online:.1f} | {used:.1f} | {held:.0f} | {each:.2f} |", flush=True)
            finally:
                await program.clean_up()


def _guild(discord, number):
    guild = discord.guild(f"Harbour {number}")
    person = guild.member("Amina")
    for role in range(ROLES):
        guild.role(f"Role {role}")
    for channel in range(CHANNELS):
        hidden = [person] if channel < HIDDEN else None
        made = guild.channel(f"channel-{channel}", readers=hidden)
    return made, person


async def _come_to_rest(pid: int) -> None:
    """Wait until the process has done what it was given."""
    while True:
        before = busy(pid)
        await asyncio.sleep(REST_SECONDS)
        if busy(pid) - before < REST_SECONDS * 0.05:
            return


async def main(guilds: list[int], messages: int) -> None:
    """Measure each number of servers in turn."""
    print(
        "| servers | online after (s) | CPU until then (s) | memory (MiB) | CPU a message (ms) |\n" + "| --- " * 5 + "|"
    )
    for number in guilds:
        await measure(number, messages)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guilds", type=int, nargs="+", default=[1, 500, 1000])
    parser.add_argument("--messages", type=int, default=4000)
    given = parser.parse_args()
    asyncio.run(main(given.guilds, given.messages))
