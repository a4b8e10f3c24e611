"""The way in: from what a person hands over to stored articles."""

import asyncio
import hashlib
from dataclasses import dataclass, replace

from bot.metrics import SILENT, Metrics
from bot.services.allowance import Allowance, limit_reached
from bot.services.calls import Call, Incoming
from bot.services.compute import Compute
from bot.services.errors import UserError
from bot.services.web import Web
from storage.base import Added, Ceilings, NewExtraction, NewUpload, Storage
from storage.errors import MissingExtractionError, OverLimitError
from summariser.errors import SummariserError
from summariser.limits import PARSER, PARSER_VERSION, Limits
from summariser.model import Reading


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing that was taken in."""

    upload_id: int
    article_ids: tuple[int, ...]
    known: tuple[int, ...]
    """Those of the articles that were here before, as far as the asker can see."""
    repeated: bool
    """The same origin brought the same thing before: nothing was written."""
    filename: str
    data: bytes
    citable: bool
    """It came with a message or from a page of its own, to which a citation can link."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One thing that was fetched and read, ready to be stored."""

    upload: NewUpload
    extraction: NewExtraction | None
    """What was read in it; None where it is here already."""
    ceilings: Ceilings | None
    """What must still hold when it is stored."""
    charset: str | None = None
    """The encoding that a web server named for it."""


@dataclass(frozen=True, slots=True)
class _Fetched:
    data: bytes
    filename: str
    media_type: str | None
    url: str | None
    charset: str | None = None


# So many files are held in memory at once while they are fetched and read; the others wait before they are fetched.
AT_ONCE = 8


class Intake:
    """Fetches, reads and stores, one thing at a time, within the limits."""

    def __init__(
        self,
        storage: Storage,
        compute: Compute,
        web: Web,
        limits: Limits,
        allowance: Allowance | None = None,
        *,
        metrics: Metrics = SILENT,
    ) -> None:
        self._metrics = metrics
        self._allowance = allowance or Allowance(storage, limits)
        self._storage = storage
        self._compute = compute
        self._web = web
        self._limits = limits
        self._places = asyncio.Semaphore(AT_ONCE)

    async def take(self, call: Call, incoming: Incoming) -> Taken:
        """Take in a file that a front end holds; raises as `prepare` and `keep` do."""
        return await self.keep(call, await self.prepare(call, incoming))

    async def take_page(self, call: Call, url: str) -> Taken:
        """Take in a page of the web; raises as `take` does."""
        return await self.keep(call, await self.prepare_page(call, url))

    async def take_text(self, call: Call, text: str) -> Taken:
        """Take in pasted text; raises as `take` does."""
        return await self.keep(call, await self.prepare_text(call, text))

    async def prepare(self, call: Call, incoming: Incoming) -> Prepared:
        """Fetch and read a file that a front end holds; nothing is stored.

        Raises:
            UserError: it cannot be fetched, or the worker that read it died.
            ReadError: it cannot be read.
            MayNotAddError, LimitError: the asker may bring nothing here, or nothing more for now.
        """
        await self._allowance.admit(call, size=incoming.size or 0)
        async with self._places:
            data = await self._web.attachment(incoming, limit=self._limits.bytes)
            fetched = _Fetched(data, incoming.filename, incoming.media_type, None)
            return await self._prepare(call, fetched, incoming.attachment_id, incoming.message_id)

    async def prepare_page(
        self, call: Call, url: str, *, message_id: int | None = None, key: str | None = None
    ) -> Prepared:
        """Fetch and read a page of the web, which the message `message_id` named; raises as `prepare` does.

        It is known by its address, or by a `key`.
        """
        await self._allowance.admit(call)
        async with self._places:
            page = await self._web.page(url, limit=self._limits.bytes)
            fetched = _Fetched(page.data, page.filename, page.media_type, page.url, page.charset)
            return await self._prepare(call, fetched, _stable_id((key or page.url).encode()), message_id)

    async def prepare_text(self, call: Call, text: str, *, message_id: int | None = None) -> Prepared:
        """Read pasted text, or that of the message `message_id`; raises as `prepare` does."""
        # Half a character, which a client may send, is for the reader to replace and to note.
        data = text.encode(errors="surrogatepass")
        name = "pasted text.txt" if message_id is None else "message.txt"
        return await self._prepare(call, _Fetched(data, name, "text/plain", None), _stable_id(data), message_id)

    async def prepare_given(
        self, call: Call, data: bytes, filename: str, *, media_type: str, url: str | None, key: str
    ) -> Prepared:
        """Read what a program brings in somebody's place, known by its `key`; raises as `prepare` does."""
        await self._allowance.admit(call, size=len(data))
        async with self._places:
            return await self._prepare(call, _Fetched(data, filename, media_type, url), _stable_id(key.encode()), None)

    async def keep(self, call: Call, prepared: Prepared) -> Taken:
        """Store what was read.

        Raises:
            LimitError: others have used up what was left meanwhile.
            StorageError: it could not be stored, and nothing was.
        """
        upload = prepared.upload
        try:
            added = await self._add(call, prepared)
        except MissingExtractionError:  # it was here when we looked, and has been taken out since
            extraction = await self._read(upload.data, upload.filename, prepared.charset)
            added = await self._add(call, replace(prepared, extraction=extraction))
        return Taken(
            upload_id=added.upload_id,
            article_ids=added.article_ids,
            known=added.known,
            repeated=added.repeated,
            filename=upload.filename,
            data=upload.data,
            citable=upload.message_id is not None or upload.url is not None,
        )

    async def _add(self, call: Call, prepared: Prepared) -> Added:
        try:
            return await self._storage.add(call.scope, prepared.upload, prepared.extraction, ceilings=prepared.ceilings)
        except OverLimitError as error:
            raise limit_reached(error, call) from error

    async def _prepare(self, call: Call, fetched: _Fetched, attachment_id: int, message_id: int | None) -> Prepared:
        ceilings = await self._allowance.admit(call, size=len(fetched.data))
        blob = await asyncio.to_thread(lambda: hashlib.sha256(fetched.data).hexdigest())
        desk_id = call.scope.desk_id
        known = await self._storage.has_extraction(desk_id, blob, parser=PARSER, parser_version=PARSER_VERSION)
        if known:
            self._metrics.upload("known", "known", size=len(fetched.data))
        extraction = None if known else await self._read(fetched.data, fetched.filename, fetched.charset)
        upload = NewUpload(
            data=fetched.data,
            filename=fetched.filename,
            uploader_id=call.scope.asker_id,
            audience_id=call.audience_id,
            channel_id=call.channel_id,
            origin_id=call.origin_id,
            attachment_id=attachment_id,
            created_at=call.now,
            message_id=message_id,
            url=fetched.url,
            media_type=fetched.media_type,
        )
        return Prepared(upload, extraction, ceilings, fetched.charset)

    async def _read(self, data: bytes, filename: str, charset: str | None) -> NewExtraction:
        try:
            reading: Reading = await self._compute.read(data, filename, self._limits, charset=charset)
        except (SummariserError, UserError) as error:
            # What it is, is not known, and what its name says of it is somebody's words.
            outcome = "refused" if isinstance(error, SummariserError) else "failed"
            self._metrics.upload("unknown", outcome, size=len(data))
            raise
        document = reading.document
        self._metrics.upload(document.format, "read", size=len(data))
        return NewExtraction(
            parser=PARSER,
            parser_version=PARSER_VERSION,
            format=document.format,
            text=document.text,
            articles=document.articles,
            sentences=reading.sentences,
            notes=document.notes,
            encoding=document.encoding,
            proposals=document.proposals,
            signatures=reading.signatures,
            names=reading.names,
        )


def _stable_id(data: bytes) -> int:
    """Return an id of these bytes for what has no attachment id of its own: below 0, where Discord's never are."""
    return -1 - (int.from_bytes(hashlib.sha256(data).digest()[:8]) >> 1)
