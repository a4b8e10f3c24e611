"""What the console adds to the help: what can be typed only here."""

from collections.abc import Sequence
from dataclasses import replace

from bot.console.declared import Declared
from bot.services.replies import Bold, Bullets, Code, Heading, Line, Reply, Words

_AT_THE_PROMPT: tuple[Words, ...] = (
    (Code("1"), ", ", Code("2"), " … – press what the last answer offers under that number"),
    (Code("open 2"), " – show a quote of the last answer in its paragraph"),
    (Code("/help add"), " – what a command does and takes"),
    (Code("quit"), " – leave (or Ctrl-D)"),
)
_EXAMPLE: Words = ("For example: ", Code("/add file:~/article.txt"))


def with_prompt(reply: Reply) -> Reply:
    """Return the overview with what can be typed besides commands."""
    added = (Heading(("At this prompt",)), Bullets(_AT_THE_PROMPT), Line(_EXAMPLE))
    return replace(reply, blocks=(*reply.blocks, *added))


def with_questions_of(reply: Reply, asked: str, commands: Sequence[Declared]) -> Reply:
    """Return a command's page with the options that only the console has: the questions of its form."""
    name = " ".join(asked.strip("/ ").lower().split())
    options = [option for command in commands if command.name == name for option in command.options if option.asked]
    if not options:
        return reply
    items = tuple((Bold(f"{option.name}:"), f" {option.description}") for option in options)
    return replace(reply, blocks=(*reply.blocks, Heading(("Here also",)), Bullets(items)))
