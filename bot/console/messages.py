"""The console's answers as the messages that Discord would be sent: to draw them, and to look at a change."""

import base64
import json
from collections.abc import Iterable
from typing import IO, Any

from bot.render.discord import lay_out, modal
from bot.services.replies import Attachment, Form, Line, Reply, Tone

# Components V2 (Discord, message flags).
_COMPONENTS_V2 = 1 << 15
# No message of these is ever sent, so that its buttons and commands need ids of the right shape alone.
_NO_CONTROLS = 1
_NO_COMMAND = 1


class MessageLines:
    """For drawing: one JSON object a line, the command that somebody types and then the message that answers it.

    The message is an object of Discord's REST API, and a form an object with its modal.
    """

    def __init__(self, file: IO[str], commands: Iterable[str]) -> None:
        self._file = file
        self._commands = dict.fromkeys((name.partition(" ")[0] for name in commands), _NO_COMMAND)

    def command(self, line: str) -> None:
        """Print a command as it is typed; what has a number here is pressed in Discord, and leaves no line."""
        if line.startswith("/"):
            self._print({"user": "you", "says": line})

    def reply(self, line: str, reply: Reply) -> None:  # noqa: ARG002  the protocol's
        """Print the first page of the answer."""
        layout = lay_out(reply, commands=self._commands)
        view: Any = layout.view(_NO_CONTROLS)  # what it is turned into has no types in the library
        files = [_attachment(number, item) for number, item in enumerate(layout.attachments)]
        self._print(
            {
                "type": 20,
                "flags": _COMPONENTS_V2,
                "author": {"id": "1", "username": "verbatim", "global_name": "Verbatim", "bot": True},
                "attachments": files,
                "components": view.to_components(),
            }
        )

    def error(self, line: str, why: str, form: Form | None = None) -> None:
        """Print the form that the command opens, or what went wrong."""
        if form is not None:
            self._print({"modal": modal(form, f"vf:{_NO_CONTROLS}:0").to_dict()})
            return
        self.reply(line, Reply("That did not work", (Line((why,)),), tone=Tone.ERROR))

    def _print(self, value: dict[str, Any]) -> None:
        self._file.write(json.dumps(value, ensure_ascii=True, allow_nan=False) + "\n")
        self._file.flush()


def _attachment(number: int, item: Attachment) -> dict[str, Any]:
    """Return a file as a message names it; a picture that is shown comes along, since nobody could fetch it."""
    url = f"https://cdn.discordapp.com/attachments/1/1/{item.filename}"
    if item.shown:
        url = f"data:image/png;base64,{base64.b64encode(item.data).decode()}"
    return {"id": str(number), "filename": item.filename, "size": len(item.data), "url": url}
