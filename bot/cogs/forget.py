"""The commands by which people take back what is known of them."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer
from bot.cogs.calls import Interaction
from bot.services import Services


class Forget(commands.Cog):
    """What people take out of themselves."""

    service_name = "removal"

    forget = app_commands.Group(
        name="forget",
        description="Delete what I know, for good",
        extras={"help": "What goes does not go through the trash. Only you see the question and the answer."},
    )

    def __init__(self, services: Services) -> None:
        self._service = services.removal

    @forget.command(
        description="Delete everything that you brought, and every record of you; it shows first what goes",
        extras={
            "use_case": "removal.forget_me",
            "help": "It is about the desk in which you ask: this server, or your own. Nothing goes before you press "
            "the red button. What others brought too stays theirs.",
        },
    )
    async def me(self, interaction: Interaction) -> None:
        """Forget the one who asks."""
        await answer(interaction, self._service.forget_me, answer_privately=True)
