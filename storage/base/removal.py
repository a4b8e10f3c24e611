"""What is taken out, brought back, forgotten, and erased for good."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storage.base.articles import ArticleHead
from storage.base.scopes import Scope
from storage.base.uploads import Removed


@dataclass(frozen=True, slots=True)
class Trashed:
    """A removal that can be taken back for a day."""

    removal_id: int
    uploads: int
    articles: int
    """How many articles went out of the scope's sight."""


@dataclass(frozen=True, slots=True)
class InTrash:
    """What a removal took, for those who may bring it back."""

    removal_id: int
    removed_at: datetime
    removed_by: int | None
    """None for the program itself (the message was deleted), and once that person has asked to be forgotten."""
    uploader_ids: frozenset[int]
    upload_ids: tuple[int, ...]
    articles: tuple[ArticleHead, ...]
    """Of very many, those of the first 50 uploads."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """An article that a `Drop` took out of its file, for those who may bring it back."""

    correction_id: int
    made_at: datetime
    made_by: int | None
    """None once that person has asked to be forgotten."""
    uploader_ids: frozenset[int]
    article: ArticleHead


@dataclass(frozen=True, slots=True)
class Records:
    """What a desk keeps of one person."""

    uploads: int
    articles: int
    """Articles that nobody else has brought: they go with the uploads."""
    shared: int
    """Articles that stay, because somebody else has brought them too."""
    trashed: int
    """Uploads in the trash."""
    corrections: int
    """Corrections to what others have brought: they stay, without a name."""
    answers: int
    """Answers whose buttons know for whom they were."""
    settings: int
    """Settings that the person changed last: they stay, without a name."""
    decisions: int = 0
    """Decisions on names, of those that the person can see: they stay, without a name."""
    schedules: int = 0
    """Schedules that post to the person alone: they go."""
    scheduled: int = 0
    """Schedules that the person made for others and can see: they stay, without a name."""


class Removals(Protocol):
    """What is taken out, brought back, forgotten, and erased for good. See `storage.base.Storage`."""

    async def trash(self, scope: Scope, upload_ids: Sequence[int], *, removed_by: int | None, now: datetime) -> Trashed:
        """Remove the visible ones among these uploads, and what was shared from them; `restore` brings them back.

        Raises:
            UnknownUploadError: none is visible.
        """

    async def trash_message(
        self, desk_id: int, message_id: int, *, kept: Collection[int] | None, now: datetime
    ) -> tuple[Trashed, frozenset[int]] | None:
        """Remove what a message brought that was deleted, or edited so that only the attachments `kept` are left.

        For the application's own use. Returns the removal and who had brought it, or None where there was nothing.
        What a deleted message of ours is only cited as, stays, and is cited as no message any more.
        """

    async def trash_channel(
        self, desk_id: int, channel_id: int, *, now: datetime, readers: int | None = None
    ) -> Trashed | None:
        """Remove what was brought for the readers of a channel that is gone, or posted in it; None where nothing was.

        `readers` is the audience that it is brought back for, since nobody reads the channel any more: the guild's id
        if everyone there could read it. With None only a scope of the whole desk can bring it back.
        """

    async def in_trash(
        self, scope: Scope, *, removals: Collection[int] | None = None, limit: int = 25
    ) -> tuple[InTrash, ...]:
        """Return the removals of visible uploads that can be brought back, all or these of them, the latest first."""

    async def dropped(self, scope: Scope, *, limit: int = 25) -> tuple[Dropped, ...]:
        """Return the articles taken out of visible files of several that can be brought back, the latest first."""

    async def restore(self, scope: Scope, removal_id: int) -> Removed:
        """Bring back what a removal took, as far as the scope may see it; return how much.

        Raises:
            UnknownUploadError: it is gone for good, or not visible.
        """

    async def empty_trash(self, *, before: datetime) -> bool:
        """Delete for good what was removed before then, in all desks, a bounded piece a call; tell if that is all.

        Articles that a `Drop` took out before then are erased too: their words are blanked out of the stored text, and
        the file as it was received goes.
        """

    async def records(self, scope: Scope, person_id: int) -> Records:
        """Return what the scope's desk keeps of a person, whoever may see it: for that person alone.

        Only what others brought has to be visible to count as theirs.
        """

    async def forget_person(self, scope: Scope, person_id: int, *, now: datetime) -> Records:
        """Delete everything that a person brought to the scope's desk and every record of the person; return it.

        It is out of sight at once and for good, and erased when this returns. Others' uploads of the same files stay,
        and so do corrections to them and settings, without the name.
        """

    async def forget_desk(self, desk_id: int) -> int:
        """Delete a desk with everything in it, for good; return how many uploads there were."""

    async def leave(self, desk_id: int, *, now: datetime) -> None:
        """Note that the bot is no member any more; `come_back` takes the note back."""

    async def come_back(self, desk_ids: Collection[int]) -> int:
        """Note that the bot is a member of these servers; return how many it had left."""

    async def members_of(self) -> tuple[int, ...]:
        """Return the servers' desks that the bot is not known to have left."""

    async def drop_left(self, *, before: datetime) -> bool:
        """Delete the desks that the bot left before then, for good, a bounded piece a call; tell if that is all."""

    async def expire(self, *, now: datetime) -> bool:
        """Move a piece of what is older than its desk keeps it to the trash; return whether nothing is left of that."""

    async def drop_copies(self, *, before: datetime) -> int:
        """Delete the copies of the database that migrations made before then; return how many."""
