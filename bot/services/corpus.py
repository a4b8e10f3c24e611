"""Taking articles in, showing what was read, opening passages, taking them out again."""

from collections.abc import Sequence
from dataclasses import replace

from bot.services.calls import Call, Incoming
from bot.services.compute import Compute
from bot.services.errors import NothingAddedError, NothingGivenError, NothingInMessageError, NotYoursError
from bot.services.facts import brought, left_out, measured, printed
from bot.services.gathering import MOST_FILES, gather
from bot.services.intake import Intake, Taken
from bot.services.links import links_alone
from bot.services.receipts import Read, receipt
from bot.services.replies import (
    Asked,
    Attachment,
    Block,
    Bold,
    Bullets,
    Command,
    Divider,
    Excerpt,
    Field,
    Form,
    Line,
    Link,
    Reply,
    Request,
    Tone,
    Words,
    join,
)
from bot.services.wording import address, count, provenance, title_of
from storage.base import Storage
from storage.errors import UnknownUploadError
from summariser.model import Setting, Span

# Discord takes at most this many bytes of files with one message from a bot.
MOST_ATTACHED = 10 * 2**20

# A paragraph of a PDF can be a whole page; this much on either side of a passage is context enough.
CONTEXT = 700

_PASTE_HERE = "https://…, one or several, or an article with its headline"


class CorpusService:
    """What a desk keeps."""

    def __init__(self, storage: Storage, compute: Compute, intake: Intake) -> None:
        self._storage = storage
        self._compute = compute
        self._intake = intake

    def add_form(self, **given: object) -> Form | None:
        """Ask for files, links or text, unless there is something to read already."""
        if any(given.values()):
            return None
        files = Field("files", "Files", required=False, kind=Asked.FILES, most=MOST_FILES)
        text = Field("text", "Links, or an article's text", paragraph=True, required=False, placeholder=_PASTE_HERE)
        return Form("Bring articles in", (files, text), Request("corpus.add"))

    async def add(
        self,
        call: Call,
        *,
        file: Incoming | None = None,
        file2: Incoming | None = None,
        file3: Incoming | None = None,
        file4: Incoming | None = None,
        file5: Incoming | None = None,
        url: str | None = None,
        files: Sequence[Incoming] = (),
        text: str | None = None,
    ) -> Reply:
        """Take in up to five files, or a page, and say what was read.

        `files` and `text`, which holds links or an article, are what the form asks for.

        Raises:
            NothingGivenError: neither a file nor an address nor text.
            NothingAddedError: none of them could be taken in; it says why of each.
        """
        given = [each for each in (file, file2, file3, file4, file5, *files) if each]
        text = (text or "").strip()
        if not (given or url or text):
            raise NothingGivenError
        links = links_alone(text)
        return await self.gather(
            call, files=given, urls=[url, *links] if url else links, text=None if links else text or None
        )

    async def gather(
        self,
        call: Call,
        *,
        files: Sequence[Incoming] = (),
        urls: Sequence[str] = (),
        text: str | None = None,
        message_id: int | None = None,
    ) -> Reply:
        """Take in what one message, form or command brings, and say in one receipt what was read.

        Files know the message that they came with; `message_id` is that of the links and of the text.

        Raises:
            NothingInMessageError: there is nothing.
            NothingAddedError: none of it could be taken in; it says why of each.
        """
        if not (files or urls or text):
            raise NothingInMessageError
        gathered = await gather(self._intake, call, files=files, urls=urls, text=text, message_id=message_id)
        taken, failures = gathered.taken, gathered.failures
        if not taken:
            raise NothingAddedError(list(dict.fromkeys(why for _, why in failures)))
        uploads = [item.upload_id for item in taken]
        # What the same message brought before, by whatever way, is here already.
        known = [article_id for item in taken for article_id in (item.article_ids if item.repeated else item.known)]
        reply = await self.receipt(call, uploads=uploads, failures=failures, known=known)
        return with_originals(call, reply, taken)

    async def receipt(
        self, call: Call, *, uploads: list[int], failures: list[list[str]], known: Sequence[int] = ()
    ) -> Reply:
        """Say again what was read in these uploads, and what could not be."""
        found = await self._storage.uploads(call.scope, uploads)
        again = Request("corpus.receipt", {"uploads": uploads, "failures": failures, "known": list(known)})
        ids = [head.article_id for upload in found for head in upload.articles]
        read = Read(
            frozenset(known),
            await self._storage.alike(call.scope, ids),
            await self._storage.proposals(call.scope, ids),
        )
        return receipt(found, failures=failures, read=read, again=again)

    async def undo(self, call: Call, *, uploads: list[int]) -> Reply:
        """Take these uploads out again, for good.

        Raises:
            UnknownUploadError: they are gone already.
            NotYoursError: somebody else brought one of them, and the asker is no manager.
        """
        found = await self._storage.uploads(call.scope, uploads)
        if not found:
            raise UnknownUploadError
        if not call.manager and any(upload.uploader_id != call.scope.asker_id for upload in found):
            whose = "the person who brought it and those who may manage messages here"
            raise NotYoursError(whose, advice="Ask one of them.")
        removed = await self._storage.remove_uploads(call.scope, uploads)
        gone = f"{count(removed.uploads, 'upload')} taken back, {count(removed.articles, 'article')} deleted. "
        return Reply("Undone", (Line((gone, Command("add"), " brings it in again.")),), tone=Tone.DONE)

    async def passage(self, call: Call, *, article: int, start: int, end: int, number: int) -> Reply:
        """Open a quoted sentence in its paragraph, with source, date and place."""
        # It may have been put right since it was quoted: the words are where they were, in another article perhaps.
        stored, span = await self._storage.passage(call.scope, article, Span(start, end))
        origins = await self._storage.origins(call.scope, stored.article_id)
        setting: Setting = await self._compute.run("summariser.text:locate", stored.article.text, span)
        place = f"paragraph {setting.paragraph} of {setting.paragraphs}"
        blocks: list[Block] = [
            Line(join([provenance(stored.article), (place,)]), small=True),
            Excerpt(_tail(setting.before), setting.words, _head(setting.after)),
        ]
        where = address(call.scope.desk_id, origins, setting.words)
        blocks += [Line((Link("Open it where it came from", where),))] if where else []
        again = Request("corpus.passage", {"article": article, "start": start, "end": end, "number": number})
        return Reply(f"[{number}] {title_of(stored.article)}", tuple(blocks), again=again)

    async def sources(self, call: Call, *, article: int) -> Reply:
        """Say what is printed about an article, where it came from, and what reading left out."""
        stored = await self._storage.article(call.scope, article)
        origins = await self._storage.origins(call.scope, stored.article_id)
        text: Words = (Bold("Text: "), f"SHA-256 {stored.text_id[:16]}…, never changed since")
        facts = (*printed(stored.article), *measured(stored), text)
        blocks: list[Block] = [Bullets(facts), Divider(), *brought(call.scope.desk_id, origins)]
        blocks += left_out(origins[0])
        return Reply(title_of(stored.article), tuple(blocks), again=Request("corpus.sources", {"article": article}))

    async def sent(self, call: Call, reply: Reply, *, channel_id: int, message_id: int) -> None:
        """Record the message that carries a reply as the place to cite for what came with it."""
        await self._storage.anchor(call.scope, reply.anchors, channel_id=channel_id, message_id=message_id)


def with_originals(call: Call, reply: Reply, taken: Sequence[Taken]) -> Reply:
    """Attach what a public command brought, when no message or page of its own could be cited."""
    homeless = [item for item in taken if not item.citable]
    if call.private or not call.channel_id or not homeless:
        return reply
    attached: list[Attachment] = []
    room = MOST_ATTACHED
    for item in homeless:
        if len(item.data) <= room:
            room -= len(item.data)
            attached.append(Attachment(item.filename, item.data, "The original, as it was brought"))
    return replace(reply, attachments=tuple(attached), anchors=tuple(item.upload_id for item in homeless))


def _tail(text: str) -> str:
    """Return the end of a long paragraph's part before the passage."""
    if len(text) <= CONTEXT:
        return text
    return "… " + text[-CONTEXT:].partition(" ")[2]


def _head(text: str) -> str:
    """Return the beginning of a long paragraph's part after the passage."""
    if len(text) <= CONTEXT:
        return text
    return text[:CONTEXT].rpartition(" ")[0] + " …"
