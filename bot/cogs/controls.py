"""Buttons and menus, known by their custom_id alone: they work after a restart, and in messages of years ago."""

import re
from typing import Any

import discord

from bot.cogs.answer import BUTTON, MENU, answering
from bot.cogs.calls import Interaction


class ControlButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=BUTTON):
    """A button whose action is kept in the database."""

    def __init__(self, item: discord.ui.Button[Any], actions_id: int, index: int) -> None:
        super().__init__(item)
        self._actions_id = actions_id
        self._index = index

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "ControlButton":
        """Return the button that was pressed."""
        if not isinstance(item, discord.ui.Button):
            raise TypeError(f"{match[0]} is no button")
        return cls(item, int(match["id"]), int(match["index"]))

    async def callback(self, interaction: Interaction) -> None:
        """Do what the button stands for."""
        await answering(interaction).control(interaction, self._actions_id, self._index)


class ControlMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=MENU):
    """A menu whose lines are actions kept in the database; a line's value is its index among them."""

    def __init__(self, item: discord.ui.Select[Any], actions_id: int) -> None:
        super().__init__(item)
        self._actions_id = actions_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "ControlMenu":
        """Return the menu that was used."""
        if not isinstance(item, discord.ui.Select):
            raise TypeError(f"{match[0]} is no menu")
        return cls(item, int(match["id"]))

    async def callback(self, interaction: Interaction) -> None:
        """Do what the chosen line stands for."""
        await answering(interaction).control(interaction, self._actions_id, int(self.item.values[0]))


CONTROLS = (ControlButton, ControlMenu)
