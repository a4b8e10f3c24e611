"""Taking things out: for a day, so that they can be brought back; and for good, with all that is known of a person."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.services.allowance import Allowance
from bot.services.calls import Call, Incoming
from bot.services.corpus import CorpusService
from bot.services.errors import (
    AmbiguousArticleError,
    NotBroughtError,
    NothingToBringBackError,
    NotYoursError,
    UnknownRequestError,
)
from bot.services.finder import find_article, suggest_articles
from bot.services.gathering import MOST_FILES
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Bullets,
    Choice,
    Command,
    Heading,
    Line,
    Look,
    Menu,
    Reply,
    Request,
    Suggestion,
    Tone,
    Who,
    Words,
)
from bot.services.wording import count, shorten, title_of
from storage.base import LOCAL_DESK, ArticleHead, Drop, Dropped, InTrash, Records, Storage, StoredArticle, StoredUpload
from storage.errors import BusyError, UnknownCorrectionError, UnknownUploadError

# For so long what was taken out can be brought back; it is said in the help and in the README too.
KEPT_FOR = timedelta(days=1)

# For so long a server that took the bot out keeps what it had.
LEFT_FOR = timedelta(days=30)

# What was removed meanwhile is in them still.
COPIES_KEPT_FOR = timedelta(days=7)
"""How long the copy of the database lasts that an update makes before it changes it."""

# What a preview says may be out of date after this time; then it is shown again before anything goes.
PREVIEW_FOR = timedelta(minutes=15)

MOST_SUGGESTED = 25

# Of more removals within a day the earlier ones are found by their buttons alone.
_MOST_LISTED = 100

# A button that undoes more would be a list that nobody reads.
_MOST_UNDONE = 200

# Pieces of the index that are written anew before an answer; what is left goes in the background.
_PURGED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said in a channel about something taken out there, and who may bring it back beside managers."""

    reply: Reply
    owner_id: int


class RemovalService:
    """Takes things out, and brings them back."""

    def __init__(self, storage: Storage, corpus: CorpusService, allowance: Allowance) -> None:
        self._storage = storage
        self._corpus = corpus
        self._forgetters: list[Callable[[int, int], None]] = [allowance.forget]

    def remembering(self, forget: Callable[[int, int], None]) -> None:
        """Have this called with desk and person when somebody is to be forgotten: whoever remembers people says so."""
        self._forgetters.append(forget)

    # One article, or its file.

    async def remove(self, call: Call, *, article: str) -> Reply:
        """Take out an article, or ask whether its whole file is meant.

        Raises:
            NotBroughtError: the asker may not.
            NoSuchArticleError, AmbiguousArticleError, UnknownArticleError: no article, or several.
        """
        stored, _ = await self._theirs(call, await find_article(self._storage, call.scope, article))
        if stored.siblings == 1:
            return await self.remove_file(call, article=stored.article_id)
        told = f"It is one of {count(stored.siblings, 'article')} of its file."
        this = {"article": stored.article_id}
        actions = (
            Action("Only this article", Request("removal.remove_article", this), Look.MAIN),
            Action("The whole file", Request("removal.remove_file", this), Look.DANGER),
        )
        return Reply(f"Remove “{title_of(stored.article)}”?", (Line((told,)), _FOR_A_DAY), actions=actions)

    async def remove_article(self, call: Call, *, article: int) -> Reply:
        """Take one article out of a file of several; raises as `remove` does."""
        stored, _ = await self._theirs(call, article)
        done = await self._storage.correct(
            call.scope, stored.article_id, Drop(), made_by=call.scope.asker_id, now=call.now
        )
        left = f"The other {count(stored.siblings - 1, 'article')} of its file stay." if stored.siblings > 2 else ""
        told = Line((left or "The other article of its file stays.",))
        undo = Action("Undo", Request("removal.bring_back_article", {"correction": done.correction_id}))
        return Reply(f"Removed: {title_of(stored.article)}", (told, _FOR_A_DAY), actions=(undo,), tone=Tone.DONE)

    async def remove_file(self, call: Call, *, article: int) -> Reply:
        """Take out the file of an article, as far as the asker brought it or manages it; raises as `remove` does."""
        stored, origins = await self._theirs(call, article)
        mine = [upload for upload in origins if _may_remove(call, upload)]
        others = len(origins) - len(mine)
        trashed = await self._storage.trash(
            call.scope, [upload.upload_id for upload in mine], removed_by=call.scope.asker_id, now=call.now
        )
        name = title_of(stored.article) if stored.siblings == 1 else mine[0].filename
        what = f"{count(trashed.uploads, 'upload')} with {count(stored.siblings, 'article')}."
        stays = ("What it holds is still here, because others brought it too.",) if others else ()
        blocks = tuple(Line((words,)) for words in (what, *stays))
        return Reply(
            f"Removed: {name}", (*blocks, _FOR_A_DAY), actions=(_bring_back([trashed.removal_id]),), tone=Tone.DONE
        )

    async def remove_uploads(self, call: Call, *, uploads: list[int]) -> Reply:
        """Take these uploads out again.

        Raises:
            UnknownUploadError: none is here.
            NotYoursError: somebody else brought one of them, and the asker is no manager.
        """
        found = await self._storage.uploads(call.scope, uploads)
        if not all(_may_remove(call, upload) for upload in found):
            raise NotYoursError(_WHOSE, advice="Ask one of them.")
        trashed = await self._storage.trash(call.scope, uploads, removed_by=call.scope.asker_id, now=call.now)
        told = f"{count(trashed.uploads, 'upload')} with {count(trashed.articles, 'article')}."
        actions = (_bring_back([trashed.removal_id]),)
        return Reply("Removed again", (Line((told,)), _FOR_A_DAY), actions=actions, tone=Tone.DONE)

    async def suggest_article(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the articles whose title, source or opening holds what was typed, the newest first."""
        return await suggest_articles(self._storage, call.scope, typed)

    # Back again.

    async def restore(self, call: Call, *, removed: str | None = None) -> Reply:
        """Bring back what was taken out within the last day, by what was picked from the list or by words of a title.

        Without either, list what the asker may bring back.

        Raises:
            NothingToBringBackError: nothing fits that the asker may bring back.
            AmbiguousArticleError: several do.
        """
        if not removed:
            return _offered(await self._restorable(call))
        kind, _, number = removed.partition(":")
        if kind in _KINDS and number.isdecimal() and int(number) < 2**63:
            if kind == _REMOVAL:
                return await self.bring_back(call, removals=[int(number)])
            return await self.bring_back_article(call, correction=int(number))
        fitting = [one for one in await self._restorable(call) if one.fits(removed)]
        if not fitting:
            raise NothingToBringBackError
        if len(fitting) > 1:
            raise AmbiguousArticleError(removed, [one.title for one in fitting[:5]])
        return await self.restore(call, removed=fitting[0].value)

    async def suggest_removed(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer what the asker may bring back, the latest first."""
        fitting = [one for one in await self._restorable(call) if one.fits(typed)]
        return [Suggestion(shorten(one.label, 100), one.value) for one in fitting][:MOST_SUGGESTED]

    async def bring_back(self, call: Call, *, removals: list[int]) -> Reply:
        """Bring back what was removed together, as far as the asker may.

        Raises:
            NothingToBringBackError: the day is over, or it was brought again by other means.
            NotYoursError: somebody else brought it, and the asker is no manager.
        """
        found = await self._storage.in_trash(call.scope, removals=removals)
        theirs = [removal for removal in found if _may_restore(call, removal)]
        if found and not theirs:
            raise NotYoursError(_WHOSE, advice="Ask one of them.")
        uploads, articles = 0, 0
        for removal in theirs:
            with suppress(UnknownUploadError):  # brought back by somebody else at this moment
                back = await self._storage.restore(call.scope, removal.removal_id)
                uploads, articles = uploads + back.uploads, articles + back.articles
        if not uploads:
            raise NothingToBringBackError
        return Reply("Brought back", (Line((_here_again(uploads, articles),)),), actions=_undo(theirs), tone=Tone.DONE)

    async def bring_back_article(self, call: Call, *, correction: int) -> Reply:
        """Bring back an article that was taken out of its file; raises as `bring_back` does."""
        found = [
            one
            for one in await self._storage.dropped(call.scope, limit=_MOST_LISTED)
            if one.correction_id == correction
        ]
        if not found:
            raise NothingToBringBackError
        if not _may_undrop(call, found[0]):
            raise NotYoursError(_WHOSE, advice="Ask one of them.")
        try:
            done = await self._storage.withdraw(call.scope, found[0].correction_id, now=call.now)
        except UnknownCorrectionError as error:
            raise NothingToBringBackError from error
        again = Request("removal.remove_article", {"article": (*done.article_ids, found[0].article.article_id)[0]})
        told = Line((f"“{title_of(found[0].article)}” is here again.",))
        return Reply("Brought back", (told,), actions=(Action("Undo", again, Look.DANGER),), tone=Tone.DONE)

    # Messages and channels that are gone, or edited.

    async def message_gone(self, desk_id: int, message_ids: Sequence[int], *, now: datetime) -> Note | None:
        """Take out what deleted messages of one channel brought; return what to say there, if anything."""
        return await self._taken_out(desk_id, message_ids, None, now)

    async def attachments_gone(
        self, desk_id: int, message_id: int, *, kept: Collection[int], now: datetime
    ) -> Note | None:
        """Take out what a message brought that was edited, but for the attachments that it kept."""
        return await self._taken_out(desk_id, [message_id], kept, now)

    async def channel_gone(self, desk_id: int, channel_id: int, *, readers: int | None, now: datetime) -> int:
        """Take out what was brought for a channel's readers; return how many uploads.

        Nothing is said of it anywhere: nobody reads the channel any more. `readers` are those for whom it may be
        brought back.
        """
        trashed = await self._storage.trash_channel(desk_id, channel_id, readers=readers, now=now)
        return trashed.uploads if trashed else 0

    async def brought_with(self, desk_id: int, message_id: int) -> frozenset[int]:
        """Return what a message has brought that is here, by the numbers of its attachments."""
        return await self._storage.attachments_of(desk_id, message_id)

    def offer(self, message_id: int, files: Sequence[Incoming]) -> Reply:
        """Offer to read what was added to a message."""
        names = ", ".join(f"“{shorten(file.filename, 60)}”" for file in files[:MOST_FILES])
        told = f"{names} {'was' if len(files) == 1 else 'were'} added to this message."
        request = Request("removal.read_added", {"message": message_id, "files": [_described(file) for file in files]})
        read = Action("Read it" if len(files) == 1 else "Read them", request, Look.MAIN, Who.ASKER_OR_MANAGER)
        return Reply("Shall I read it?" if len(files) == 1 else "Shall I read them?", (Line((told,)),), actions=(read,))

    async def read_added(self, call: Call, *, message: int, files: list[dict[str, Any]]) -> Reply:
        """Take in what was added to a message; whoever asks for it has brought it. Raises as `CorpusService.gather`."""
        given = [_incoming(file, message) for file in files[:MOST_FILES]]
        return await self._corpus.gather(replace(call, origin_id=message), files=given)

    # Forgetting.

    async def forget_me(self, call: Call) -> Reply:
        """Say what is kept of the asker here, what would go and what would stay, and ask."""
        records = await self._storage.records(call.scope, call.scope.asker_id)
        if not any(astuple(records)) and not (_is_own(call) and await self._storage.count(call.scope)):
            nothing = Line(("There is nothing here that you brought, and no record of you.",))
            return Reply("Nothing of yours", (nothing, Line(_elsewhere(call), small=True)))
        blocks: tuple[Block, ...] = (
            Heading(("Goes for good",)),
            Bullets(_going(records, own=_is_own(call))),
            Heading(("Stays",)),
            Bullets(_staying(records, own=_is_own(call))),
            Line(("There is no Undo for this: nothing of it goes to the trash.",)),
            Line(_elsewhere(call), small=True),
        )
        forget = Request("removal.forget_for_good", {"asked": call.now.isoformat()})
        actions = (
            Action("Delete for good", forget, Look.DANGER),
            Action("Keep everything", Request("removal.keep_everything")),
        )
        return Reply("What I know of you here", blocks, actions=actions, tone=Tone.WARNING)

    async def forget_for_good(self, call: Call, *, asked: str) -> Reply:
        """Delete everything that the asker brought here and every record of the asker, at once."""
        if call.now - _moment(asked) > PREVIEW_FOR:
            return await self.forget_me(call)
        desk_id, asker_id = call.scope.desk_id, call.scope.asker_id
        if _is_own(call):
            records = await self._storage.records(call.scope, asker_id)
            await self._storage.forget_desk(desk_id)
        else:
            records = await self._storage.forget_person(call.scope, asker_id, now=call.now)
        for forget in self._forgetters:
            forget(desk_id, asker_id)
        await self._purge()
        blocks = (
            Line((_gone(records),)),
            Line(("Nothing here names you any more.",)),
            Line(_elsewhere(call), small=True),
        )
        return Reply("Forgotten", blocks, tone=Tone.DONE)

    async def keep_everything(self, _: Call) -> Reply:
        """Leave everything as it is."""
        return Reply("Nothing was deleted", (Line(("Everything stays as it was.",)),))

    # Servers that come and go.

    async def left(self, desk_id: int, *, now: datetime) -> None:
        """Note that a server took the bot out: what it had goes after 30 days, unless the bot comes back."""
        await self._storage.leave(desk_id, now=now)

    async def member_of(self, guild_ids: Collection[int]) -> int:
        """Note that the bot is in these servers; return to how many it has come back."""
        return await self._storage.come_back(guild_ids)

    async def compare(self, guild_ids: Collection[int], *, mine: Callable[[int], bool], now: datetime) -> int:
        """Note which servers the bot is in, of those that this process serves; return how many have taken it out.

        `mine` tells whether this process would know of a server.
        """
        await self.member_of(guild_ids)
        gone = [desk_id for desk_id in await self._storage.members_of() if mine(desk_id) and desk_id not in guild_ids]
        for desk_id in gone:
            await self.left(desk_id, now=now)
        return len(gone)

    async def _taken_out(
        self, desk_id: int, message_ids: Sequence[int], kept: Collection[int] | None, now: datetime
    ) -> Note | None:
        taken = [await self._storage.trash_message(desk_id, each, kept=kept, now=now) for each in message_ids]
        found = [each for each in taken if each is not None]
        if not found:
            return None
        removals = [trashed.removal_id for trashed, _ in found]
        people = frozenset[int]().union(*(brought_by for _, brought_by in found))
        articles, uploads = (sum(trashed.articles for trashed, _ in found), sum(each.uploads for each, _ in found))
        reply = _note(uploads, articles, removals, people, why=_WHY[kept is None][len(message_ids) > 1])
        return Note(reply, next(iter(people)) if len(people) == 1 else 0)

    async def _theirs(self, call: Call, article_id: int) -> tuple[StoredArticle, tuple[StoredUpload, ...]]:
        """Return an article that the asker may take out, and what brought it.

        Raises:
            NotBroughtError: it is for others to take out.
            UnknownArticleError: it is not here.
        """
        stored = await self._storage.article(call.scope, article_id)
        origins = await self._storage.origins(call.scope, stored.article_id)
        if not any(_may_remove(call, upload) for upload in origins):
            raise NotBroughtError(title_of(stored.article), "removed")
        return stored, origins

    async def _restorable(self, call: Call) -> list["_Restorable"]:
        """Return what the asker may bring back, the latest first."""
        removals = [
            one for one in await self._storage.in_trash(call.scope, limit=_MOST_LISTED) if _may_restore(call, one)
        ]
        dropped = [one for one in await self._storage.dropped(call.scope, limit=_MOST_LISTED) if _may_undrop(call, one)]
        found = [
            *(_Restorable(f"{_REMOVAL}:{one.removal_id}", one.articles, one.removed_at) for one in removals),
            *(_Restorable(f"{_CORRECTION}:{one.correction_id}", (one.article,), one.made_at) for one in dropped),
        ]
        return sorted(found, key=lambda one: one.when, reverse=True)

    async def _purge(self) -> None:
        """Erase what is left in the search index; in a large one the rest goes in the background."""
        with suppress(BusyError):
            for _ in range(_PURGED_AT_ONCE):
                if await self._storage.purge_search():
                    return


_REMOVAL, _CORRECTION = "removal", "correction"
_KINDS = frozenset({_REMOVAL, _CORRECTION})


@dataclass(frozen=True, slots=True)
class _Restorable:
    """Something that can be brought back."""

    value: str
    articles: tuple[ArticleHead, ...]
    when: datetime

    @property
    def title(self) -> str:
        return title_of(self.articles[0]) if self.articles else "a file without articles"

    @property
    def label(self) -> str:
        more = len(self.articles) - 1
        return f"{shorten(self.title, 80)} (and {more:,} more)" if more > 0 else self.title

    def fits(self, typed: str) -> bool:
        """Tell whether a title holds every word that was typed."""
        words = typed.casefold().split()
        titles = [title_of(head).casefold() for head in self.articles] or [self.title]
        return any(all(word in title for word in words) for title in titles)


def _offered(found: Sequence[_Restorable]) -> Reply:
    """Return a menu of what can be brought back.

    Raises:
        NothingToBringBackError: nothing can.
    """
    if not found:
        raise NothingToBringBackError
    choices = tuple(
        Choice(shorten(one.label, 100), Request("removal.restore", {"removed": one.value}))
        for one in found[:MOST_SUGGESTED]
    )
    told = Line((f"Of the last day, the latest first: {count(len(choices), 'file or article', 'files or articles')}.",))
    return Reply("What you may bring back", (told,), menus=(Menu("Bring back one of these", choices),))


_WHOSE = "the person who brought it and those who may manage messages here"
_FOR_A_DAY = Line(("It can be brought back for a day, here or with ", Command("article restore"), "."), small=True)
_WHY = {
    True: {
        False: "The message that brought them was deleted.",
        True: "The messages that brought them were deleted.",
    },
    False: {False: "They were taken off the message that brought them."},
}
_WHO = "For a day, those who brought them and those with Manage Messages can bring them back."


def _note(uploads: int, articles: int, removals: list[int], people: frozenset[int], *, why: str) -> Reply:
    """Say in a channel that something went: how much, and nothing of what it was."""
    who = Who.ASKER_OR_MANAGER if len(people) == 1 else Who.ANYONE
    stays = "" if articles else " What they hold is still here, because others brought it too."
    what = count(articles, "article") if articles else count(uploads, "file")
    blocks = (Line((why + stays,)), Line((_WHO,), small=True))
    return Reply(f"Taken out: {what}", blocks, actions=(_bring_back(removals, who),))


def _bring_back(removals: list[int], who: Who = Who.ASKER_OR_MANAGER) -> Action:
    return Action("Bring back", Request("removal.bring_back", {"removals": removals}), who=who)


def _undo(removals: Sequence[InTrash]) -> tuple[Action, ...]:
    uploads = [upload_id for removal in removals for upload_id in removal.upload_ids]
    if len(uploads) > _MOST_UNDONE:
        return ()
    request = Request("removal.remove_uploads", {"uploads": uploads})
    return (Action("Undo", request, Look.DANGER, Who.ASKER_OR_MANAGER),)


def _here_again(uploads: int, articles: int) -> str:
    if articles:
        return f"{count(articles, 'article')} {'is' if articles == 1 else 'are'} here again."
    return f"{count(uploads, 'upload')} {'is' if uploads == 1 else 'are'} back; what it holds was here all the time."


def _may_remove(call: Call, upload: StoredUpload) -> bool:
    return call.manager or upload.uploader_id == call.scope.asker_id


def _may_restore(call: Call, removal: InTrash) -> bool:
    """Tell whether the asker may bring it back: what a manager took out of somebody else's, only managers."""
    asker = call.scope.asker_id
    return call.manager or (asker in removal.uploader_ids and removal.removed_by in {None, asker})


def _may_undrop(call: Call, dropped: Dropped) -> bool:
    asker = call.scope.asker_id
    return call.manager or (asker in dropped.uploader_ids and dropped.made_by in {None, asker})


def _is_own(call: Call) -> bool:
    """Tell whether the desk is the asker's alone: then nothing in it is anybody else's."""
    return call.scope.desk_id in {LOCAL_DESK, -call.scope.asker_id}


def _gone(records: Records) -> str:
    """Say how much was deleted."""
    parts = [f"{count(records.uploads + records.trashed, 'upload')} and {count(records.articles, 'article')} deleted."]
    if records.answers:
        parts.append(f"The buttons of {count(records.answers, 'answer')} work no more.")
    if records.shared:
        parts.append(f"Stayed, because others brought them too: {count(records.shared, 'article')}.")
    return " ".join(parts)


def _going(records: Records, *, own: bool) -> tuple[Words, ...]:
    brought = f"{count(records.uploads, 'file, page or text', 'files, pages and texts')} that you brought"
    items: list[Words] = [(Bold(brought), f", with {count(records.articles, 'article')} that nobody else brought.")]
    if records.trashed:
        items.append((Bold(count(records.trashed, "upload")), " of yours in the trash."))
    if records.answers:
        items.append((Bold(count(records.answers, "answer")), " of mine to you, whose buttons work no more then."))
    if records.schedules and not own:
        posted = count(records.schedules, "digest or watch", "digests and watches")
        items.append((Bold(posted), " for you alone, with what they showed."))
    if own:
        items.append((Bold("Everything else here"), ": what is set, and what anybody brought to this desk."))
    return tuple(items)


def _staying(records: Records, *, own: bool) -> tuple[Words, ...]:
    items: list[Words] = []
    if records.shared and not own:
        said = " that others brought too: your uploads of them go, theirs stay."
        items.append((Bold(count(records.shared, "article")), said))
    if records.corrections and not own:
        items.append((Bold(count(records.corrections, "correction")), " of yours to what others brought, unnamed."))
    if records.settings and not own:
        items.append((Bold(count(records.settings, "setting")), " that you changed last, unnamed."))
    if records.decisions and not own:
        made = count(records.decisions, "decision on a name", "decisions on names")
        items.append((Bold(made), " of yours, unnamed."))
    if records.scheduled and not own:
        items.append((Bold(count(records.scheduled, "schedule")), " that you made for others, unnamed."))
    items.append(("Messages in Discord, yours and mine: delete them there.",))
    mine = f"The copy of the database that an update makes: it goes after {COPIES_KEPT_FOR.days} days."
    items.append((mine, " Other copies are for whoever runs me to delete."))
    return tuple(items)


def _elsewhere(call: Call) -> Words:
    """Say which desk this is about, and where the others are emptied."""
    if call.scope.audiences is None:
        return ("This is about the desk of this terminal alone.",)
    if _is_own(call):
        return (
            "This is about your own desk alone: direct messages, and places where I am no member. In a server, use ",
            Command("forget me"),
            " there.",
        )
    return (
        "This is about this server alone. Your own desk is another one: use ",
        Command("forget me"),
        " in a direct message with me to empty it.",
    )


def _moment(written: str) -> datetime:
    """Take a time back out of a request.

    Raises:
        UnknownRequestError: another version wrote it.
    """
    try:
        return datetime.fromisoformat(written)
    except (TypeError, ValueError) as error:
        raise UnknownRequestError from error


def _described(file: Incoming) -> dict[str, Any]:
    """Return a file of a message as a request keeps it."""
    return {
        "filename": file.filename,
        "size": file.size,
        "attachment_id": file.attachment_id,
        "url": file.url,
        "media_type": file.media_type,
    }


def _incoming(value: Mapping[str, Any], message_id: int) -> Incoming:
    """Take a file of a message back out of a request.

    Raises:
        UnknownRequestError: another version wrote it.
    """
    kinds = {"filename": str, "size": int, "attachment_id": int, "url": str}
    if not isinstance(value, Mapping) or not all(isinstance(value.get(name), kind) for name, kind in kinds.items()):
        raise UnknownRequestError
    media_type = value.get("media_type")
    return Incoming(
        filename=value["filename"],
        size=value["size"],
        attachment_id=value["attachment_id"],
        message_id=message_id,
        url=value["url"],
        media_type=media_type if isinstance(media_type, str) else None,
    )
