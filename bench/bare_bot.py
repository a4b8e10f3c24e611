"""The least bot that discord.py can be: what ours is measured against, and the loopback tested with."""

import os

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class BareBot(discord.AutoShardedClient):
    """Answers /ping, in the components that Verbatim uses too."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        self.tree.command(name="ping", description="Answer at once.")(ping)

    async def setup_hook(self) -> None:
        """Register the command."""
        await self.tree.sync()


async def ping(interaction: discord.Interaction) -> None:
    """Answer at once."""
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.Container(discord.ui.TextDisplay("Pong.")))
    await interaction.response.send_message(view=view, ephemeral=True)


def reach(api_url: str) -> None:
    """Let discord.py talk to another address than Discord's."""
    Route.BASE = api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(api_url.replace("http", "ws", 1)).with_path("/gateway/")


def main() -> None:
    """Run until told to stop."""
    reach(os.environ["DISCORD_API_URL"])
    BareBot().run(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    main()
