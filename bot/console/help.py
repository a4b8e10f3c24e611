"""The console's own help, made of what the cogs declare."""

from collections.abc import Sequence

from bot.console.declared import Declared, Option
from bot.console.parsing import takes
from bot.services.replies import Bold, Bullets, Code, Command, Heading, Inline, Line, Reply, Words


def list_commands(commands: Sequence[Declared]) -> Reply:
    """Return what can be typed."""
    example = next((command for command in commands if command.name == "add"), commands[0])
    option = example.options[0].name if example.options else ""
    items: list[Words] = [(Command(command.name), f" – {command.description}") for command in commands]
    numbers: Words = (Code("1"), ", ", Code("2"), " … – press what the last answer offers under that number")
    opened: Words = (Code("open 2"), " – show a quote of the last answer in its paragraph")
    topic: Words = (Code(f"/help {example.name}"), " – the options of a command")
    return Reply(
        "What you can type",
        (
            Bullets((*items, numbers, opened, topic, (Code("quit"), " – leave (or Ctrl-D)"))),
            Line(("For example: ", Code(f"/{example.name} {option}:~/article.txt"))),
        ),
    )


def explain_command(command: Declared) -> Reply:
    """Return what a command takes."""
    if not command.options:
        return Reply(f"/{command.name}", (Line((command.description,)), Line(("It takes no options.",))))
    items = tuple(_explain(option) for option in command.options)
    return Reply(f"/{command.name}", (Line((command.description,)), Heading(("Options",)), Bullets(items)))


def _explain(option: Option) -> Words:
    needed: tuple[Inline, ...] = (" (needed)",) if option.required else ()
    usual = f"; {option.default} if you leave it out" if option.default not in (None, False) else ""
    return (Bold(f"{option.name}:"), *needed, f" {option.description} – {takes(option)}{usual}")
