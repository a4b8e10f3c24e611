"""Giving a desk's managers what it holds, as far as they can read it, in a file that programs and people can read."""

import asyncio

from bot.services.calls import Call
from bot.services.corpus import MOST_ATTACHED
from bot.services.errors import ExportForManagersError, PrivatelyAloneError
from bot.services.replies import Attachment, Block, Bullets, Code, Line, Reply, Tone
from bot.services.wording import count
from storage.base import Exported, Storage
from storage.errors import NothingToExportError, TooLargeExportError

# Room for what Discord adds to a message.
_MOST = MOST_ATTACHED - 2**14

_TOLD = (
    ("articles", "article", None),
    ("uploads", "upload", None),
    ("corrections", "correction", None),
    ("names", "name", None),
    ("decisions", "decision on a name", "decisions on names"),
    ("schedules", "digest or watch", "digests and watches"),
    ("feeds", "feed", None),
)


class ExportService:
    """Writes out what somebody can read."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        # Each takes some memory: they wait for each other.
        self._turn = asyncio.Lock()

    async def export(self, call: Call) -> Reply:
        """Return what the asker can read of the desk, as a .zip for the asker alone.

        Raises:
            ExportForManagersError: the asker may not manage the server.
            PrivatelyAloneError: the answer would be seen by others.
            TooLargeExportError: it is too much for a file in Discord.
        """
        if not call.admin:
            raise ExportForManagersError
        if not call.private and call.scope.audiences is not None:
            raise PrivatelyAloneError
        try:
            async with self._turn:
                made = await self._make(call)
        except NothingToExportError:
            return Reply("Nothing to export", (Line(("There is nothing here yet.",)),))
        name = f"verbatim-{abs(call.scope.desk_id)}-{call.now:%Y-%m-%d}.zip"
        file = Attachment(name, made.data, "What you can read here, as JSON Lines")
        return Reply("Export", _told(made), attachments=(file,), tone=Tone.DONE)

    async def _make(self, call: Call) -> Exported:
        """Return the file, without the originals where it would be too large with them."""
        try:
            return await self._storage.export(call.scope, most=_MOST, originals=True)
        except TooLargeExportError:
            return await self._storage.export(call.scope, most=_MOST, originals=False)


def _told(made: Exported) -> tuple[Block, ...]:
    held = [(count(made.rows[part], one, many),) for part, one, many in _TOLD if made.rows.get(part)]
    files = count(made.originals, "file as it was received", "files as they were received")
    return (
        Bullets((*held, (files,))),
        *(() if made.whole else (Line((_WITHOUT_FILES,)),)),
        Line((_LEFT_OUT,)),
        Line((_FORMAT, Code("verbatim import"), "."), small=True),
    )


_WITHOUT_FILES = "With the files as they were received it would be too large for Discord: they are left out."
_FORMAT = "A .zip of JSON Lines, a file for each kind; manifest.json lists them. Another Verbatim reads it in by "
_LEFT_OUT = (
    "It holds what you can read here. What stands in channels that you cannot open, the trash, and what is other "
    "people's alone is not in it: whoever runs me can write out everything."
)
