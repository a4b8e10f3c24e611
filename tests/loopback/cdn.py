"""The CDN: files under addresses that expire, and every way in which a download goes wrong."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, quote, urlsplit

from aiohttp import web

from .checks import json_response
from .messages import Attachment, StoredFile

# Discord's attachment links are good for about a day.
LIFETIME = 24 * 3600
DRIP_SECONDS = 0.2
LATE_SECONDS = 2


class Cdn:
    """Keeps files and serves them."""

    def __init__(self) -> None:
        self.base = ""
        self._files: dict[int, StoredFile] = {}
        self.fetched: list[str] = []
        """The names of the files that were asked for, in order."""

    def store(
        self, file_id: int, channel_id: int, attachment: Attachment, description: str | None = None
    ) -> StoredFile:
        """Keep a file under its id."""
        self._files[file_id] = StoredFile(file_id, channel_id, attachment, description)
        return self._files[file_id]

    def __getitem__(self, file_id: int) -> StoredFile:
        return self._files[file_id]

    def sign(self, file: StoredFile) -> str:
        """Return the address of a file, good for a day (unless its trouble is to have expired)."""
        expires = int(time.time()) + (-60 if file.attachment.trouble == "expired" else LIFETIME)
        stamp = f"ex={expires:x}&is={expires - LIFETIME:x}"
        return f"{self.base}{quote(file.path)}?{stamp}&hm={_signature(file, stamp)}"

    def refresh(self, url: str) -> str:
        """Return a fresh address for a stale one; one that is not ours comes back as it is."""
        parts = urlsplit(url).path.split("/")
        file = self._files.get(int(parts[3])) if len(parts) > 4 and parts[3].isdigit() else None
        return self.sign(file) if file else url

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a download."""
        file = self._files.get(int(request.match_info["file"]))
        if file is None or file.attachment.trouble == "missing":
            return json_response({"message": "404: Not Found", "code": 0}, status=404)
        self.fetched.append(file.attachment.filename)
        query = parse_qs(request.query_string)
        stamp = f"ex={query.get('ex', [''])[0]}&is={query.get('is', [''])[0]}"
        stale = int(query.get("ex", ["0"])[0], 16) < time.time()
        if stale or query.get("hm") != [_signature(file, stamp)]:
            return web.Response(status=403, text="This content is no longer available.")
        return await _TROUBLES[file.attachment.trouble](request, file.attachment)


async def _whole(request: web.Request, attachment: Attachment) -> web.StreamResponse:
    response = await _begin(request, attachment)
    await response.write(attachment.data)
    await response.write_eof()
    return response


async def _late(request: web.Request, attachment: Attachment) -> web.StreamResponse:
    await asyncio.sleep(LATE_SECONDS)
    return await _whole(request, attachment)


async def _truncated(request: web.Request, attachment: Attachment) -> web.StreamResponse:
    response = await _begin(request, attachment)
    await response.write(attachment.data[: len(attachment.data) // 2])
    # An orderly end, only too early: half of the file does arrive.
    assert request.transport is not None
    request.transport.close()
    return response


async def _drip(request: web.Request, attachment: Attachment) -> web.StreamResponse:
    response = await _begin(request, attachment)
    for byte in attachment.data:
        await response.write(bytes([byte]))
        await asyncio.sleep(DRIP_SECONDS)
    return response


async def _hang(request: web.Request, attachment: Attachment) -> web.StreamResponse:
    await _begin(request, attachment)
    await asyncio.sleep(3600)
    raise AssertionError("the client waited for an hour")


_TROUBLES: dict[str | None, Callable[[web.Request, Attachment], Awaitable[web.StreamResponse]]] = {
    None: _whole,
    "late": _late,
    "truncated": _truncated,
    "drip": _drip,
    "hang": _hang,
}


async def _begin(request: web.Request, attachment: Attachment) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_length = len(attachment.data)
    if attachment.content_type is not None:
        response.headers["Content-Type"] = attachment.content_type
    await response.prepare(request)
    return response


def _signature(file: StoredFile, stamp: str) -> str:
    return hashlib.sha256(f"{file.path}?{stamp}".encode()).hexdigest()
