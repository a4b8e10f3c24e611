"""Run the loopback by itself: it prints what to put into the environment, then serves until Ctrl-C."""

import argparse
import asyncio

from .server import LoopbackDiscord


async def _serve(port: int, shards: int) -> None:
    async with LoopbackDiscord(port=port, shards=shards) as discord:
        guild = discord.guild()
        guild.channel("news")
        print(f"DISCORD_API_URL={discord.url}\nDISCORD_TOKEN={discord.token}", flush=True)  # noqa: T201 - its answer
        await asyncio.Event().wait()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="loopback", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--shards", type=int, default=1)
    arguments = parser.parse_args()
    try:
        asyncio.run(_serve(arguments.port, arguments.shards))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
