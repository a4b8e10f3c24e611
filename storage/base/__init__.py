"""The contract of every storage engine: one method a question, the scope always first.

A desk is one tenant. A guild's desk has the guild's id, a person's desk the negative of the person's id, the terminal's
desk is `LOCAL_DESK`. Ids are 64-bit and made by the application. Nothing reads across desks.

An *audience* is who may read an upload: the id of the channel whose members may (a public thread counts as its parent,
a private thread as itself), the id of the guild for all its members, or the id of the one person for whom it was read.
A `Scope` names the audiences that an answer may draw on; an article is visible when at least one of its uploads is.
"""

from typing import Protocol

from storage.base.articles import Alike, ArticleHead, Articles, Listed, StoredArticle, StoredText, Unsigned
from storage.base.corrections import Corrected, Correction, Corrections, Drop, Edit, KeptCorrection, Merge, Split
from storage.base.desks import Ceilings, Desks, DeskSettings, DeskUsage, KeptActions, Usage
from storage.base.feeds import Feeds, FeedSource, FollowedFeed, Heard, HeardEntry, NewFeed, WaitingEntry
from storage.base.names import (
    KeptDecision,
    KnownName,
    NamedIn,
    NamedInPage,
    NamedWith,
    Names,
    Rewritten,
    Seen,
    Sighted,
    Spelled,
    Standing,
    SuggestedName,
    Unnamed,
    Uses,
)
from storage.base.removal import Dropped, InTrash, Records, Removals, Trashed
from storage.base.schedules import Beside, Claimed, Delivery, NewSchedule, Opening, Outcome, Schedule, Schedules
from storage.base.scopes import GUILD_ID_STEP, LOCAL_DESK, LOCAL_PERSON, Scope, Shards
from storage.base.search import Found, Search, Searches
from storage.base.turns import Turns
from storage.base.uploads import Added, Exported, NewExtraction, NewUpload, Origin, Removed, StoredUpload, Uploads
from storage.base.watches import Alerting, Arrival, Hit, Watches

__all__ = [
    "GUILD_ID_STEP",
    "LOCAL_DESK",
    "LOCAL_PERSON",
    "Added",
    "Alerting",
    "Alike",
    "Arrival",
    "ArticleHead",
    "Beside",
    "Ceilings",
    "Claimed",
    "Corrected",
    "Correction",
    "Delivery",
    "DeskSettings",
    "DeskUsage",
    "Drop",
    "Dropped",
    "Edit",
    "Exported",
    "FeedSource",
    "FollowedFeed",
    "Found",
    "Heard",
    "HeardEntry",
    "Hit",
    "InTrash",
    "KeptActions",
    "KeptCorrection",
    "KeptDecision",
    "KnownName",
    "Listed",
    "Merge",
    "NamedIn",
    "NamedInPage",
    "NamedWith",
    "NewExtraction",
    "NewFeed",
    "NewSchedule",
    "NewUpload",
    "Opening",
    "Origin",
    "Outcome",
    "Records",
    "Removed",
    "Rewritten",
    "Schedule",
    "Scope",
    "Search",
    "Seen",
    "Shards",
    "Sighted",
    "Spelled",
    "Split",
    "Standing",
    "Storage",
    "StoredArticle",
    "StoredText",
    "StoredUpload",
    "SuggestedName",
    "Trashed",
    "Unnamed",
    "Unsigned",
    "Usage",
    "Uses",
    "WaitingEntry",
]


class Storage(
    Uploads,
    Articles,
    Searches,
    Corrections,
    Names,
    Removals,
    Desks,
    Turns,
    Schedules,
    Watches,
    Feeds,
    Protocol,
):
    """One database. Every method is one transaction; all raise `BusyError` when its time limit passes."""

    async def close(self) -> None:
        """Give every connection back; finish what is being written."""

    async def check(self) -> str:
        """Run the engine's own integrity check and return its verdict, `ok` when all is well."""

    async def revision(self) -> str:
        """Return the schema's revision."""
