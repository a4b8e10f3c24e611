"""What people correct in how an article was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storage.base.scopes import Scope


@dataclass(frozen=True, slots=True)
class Edit:
    """A correction of what is printed about an article; a field that is not named stays as it is."""

    changes: dict[str, str | datetime | None]
    """Of `title`, `source`, `author`, `published` and `language`; None takes what was there out."""


@dataclass(frozen=True, slots=True)
class Split:
    """A correction that makes two articles of one."""

    at: int
    """Where the first ends in its text; what follows, but for white space, is the second's."""
    title: str | None = None
    """The second's title."""
    body: int | None = None
    """Where the second's text begins, when its title stands between; None for right behind `at`."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A correction that makes an article and the next one of its file into one."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A correction that takes one article out of a file of several."""


Correction = Edit | Split | Merge | Drop


@dataclass(frozen=True, slots=True)
class KeptCorrection:
    """What somebody put right, and whether it still holds."""

    correction_id: int
    article_id: int
    """The article that was corrected, by the name that it has now, or had last."""
    correction: Correction
    made_by: int | None
    """None once that person has asked to be forgotten."""
    made_at: datetime
    withdrawn: bool
    final: bool = False
    """It stands for good: what it was made of has been erased."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction, or withdrawing one, did."""

    correction_id: int
    article_ids: tuple[int, ...]
    """The articles that it concerns, as they are called now, in the order of the file; none where it was dropped."""


class Corrections(Protocol):
    """What people correct in how an article was read. See `storage.base.Storage`."""

    async def correct(
        self, scope: Scope, article_id: int, correction: Correction, *, made_by: int, now: datetime
    ) -> Corrected:
        """Put an article right; what the parser read is kept, and the correction is applied again to any later reading.

        It changes the article as far as the scope can see: the same bytes, brought where the scope cannot see, keep the
        reading that they had.

        Raises:
            UnknownArticleError: it does not exist or is not visible.
            CorrectionError: it cannot be done, such as a split in the middle of a sentence.
        """

    async def withdraw(self, scope: Scope, correction_id: int, *, now: datetime) -> Corrected:
        """Take a correction back; those made after it still hold.

        Raises:
            UnknownCorrectionError: not there, withdrawn already, for good, or not visible.
        """

    async def corrections(self, scope: Scope, article_id: int) -> tuple[KeptCorrection, ...]:
        """Return what was put right in the file of an article, the latest first.

        Raises:
            UnknownArticleError: it does not exist or is not visible.
        """

    async def proposals(self, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Split, ...]]:
        """Return for each of these articles that is visible the splits that reading was too unsure of to make.

        One that was made, or was made otherwise, is none any more, until that is withdrawn.
        """
