"""What both engines' full text gives to search: what is found, in stretches, the newest first."""

from dataclasses import dataclass

from sqlalchemy import FromClause


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some of what a query finds, as a table that statements can be made of and kept."""

    found: FromClause
    """It has one column, `rowid`, in descending order. Queries of one form share it."""
    asked: dict[str, object]
    """With which values a statement made of it is run."""
