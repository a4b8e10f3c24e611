"""What is said when a server adds the bot: once, and short."""

from collections.abc import Sequence
from datetime import datetime

from bot.services.replies import Block, Bold, Bullets, Command, Heading, Line, Reply, Tone, Words
from storage.base import Storage

_STEPS: tuple[Words, ...] = (
    (
        Bold("Bring an article in: "),
        Command("add"),
        " takes files, a link or pasted text. Or name me in a message with them, or use Apps, Add to the corpus.",
    ),
    (
        Bold("Ask: "),
        Command("summarise"),
        " answers in sentences cut word for word from what you brought. Each number opens the passage.",
    ),
    (
        Bold("Set it up: "),
        Command("settings show"),
        " is for those with Manage Server: channels whose uploads I read unasked, the time zone, who may add.",
    ),
)
_WHO_READS: tuple[Words, ...] = (
    ("This server is a desk of its own: nothing is shared with other servers.",),
    ("An answer that all can see draws on its own channel and on channels that everyone can read.",),
    ("A private answer draws on what its reader can read. What comes from a private channel stays there.",),
)


class WelcomeService:
    """Introduces the bot."""

    def __init__(self, storage: Storage, *, message_content: bool = False) -> None:
        self._storage = storage
        self._message_content = message_content

    async def hello(self, desk_id: int, *, lacks: Sequence[str], now: datetime) -> Reply | None:
        """Return what to say in a server that has just added the bot; None where it was said before.

        `lacks` are the permissions that the bot's role has not, in Discord's own words.
        """
        if not await self._storage.claim(desk_id, "hello", now=now):
            return None
        blocks: list[Block] = [
            Line(
                ("I keep the articles that you bring, and quote them: every sentence of mine stands in one of them.",)
            ),
            Heading(("Three steps",)),
            Bullets(_STEPS),
        ]
        if lacks:
            missing = f"{', '.join(lacks)}. Grant it to my role under Server Settings, Roles."
            blocks += [Heading(("What my role lacks",)), Line((missing,))]
        blocks += [Heading(("Who can read what",)), Bullets(_WHO_READS)]
        if not self._message_content:
            blocks.append(Line((_SEES_LITTLE,), small=True))
        return Reply("Hello", tuple(blocks), tone=Tone.WARNING if lacks else Tone.PLAIN)


_SEES_LITTLE = (
    "Of messages I see only those that name me, that I am sent, or that somebody points me at. Watching a channel "
    "needs the message-content intent, which whoever runs me has left off."
)
