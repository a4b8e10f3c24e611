"""A copy of its own for bytes whose reading is corrected, so that nobody out of sight is read a correction.

The same bytes may have been brought for several circles of readers, who must not learn of each other. Corrected bytes
therefore stand under a name that their sha256 does not tell. Where the scope sees everyone who brought them they are
renamed; where it does not, what it sees moves to a copy, and the rest stays as it is.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Insert,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    literal,
    select,
    update,
)

from storage.base import Scope
from storage.ids import new_id
from storage.rows import Row
from storage.tables import (
    article,
    blob,
    corrected,
    correction,
    extraction,
    former,
    mention,
    proposal,
    sentence,
    signature,
    signature_key,
    spelling,
    trash,
    uncorrected,
    unnamed,
    upload,
)
from storage.visibility import visible


@dataclass(frozen=True, slots=True)
class Own:
    """Bytes that may be corrected."""

    blob: str
    ids: dict[int, int] = field(default_factory=dict)
    """What the articles are called in the copy, by what they were called."""


def own_copy(connection: Connection, scope: Scope, digest: str, now: datetime) -> Own:
    """Return these bytes where all who brought them are in sight, or a copy for those who are."""
    kept = connection.execute(select(corrected).where(_these(corrected, scope.desk_id, digest))).one_or_none()
    hidden = any(not _in_sight(scope, audience_id) for audience_id in _audiences(connection, scope.desk_id, digest))
    if kept is not None and not hidden:
        return Own(digest)
    name = secrets.token_hex(32)
    connection.execute(_copy(blob, {"sha256": literal(name)}, _these(blob, scope.desk_id, digest)))
    copy_of = digest if kept is None else kept.copy_of
    connection.execute(insert(corrected), {"desk_id": scope.desk_id, "blob": name, "copy_of": copy_of})
    if hidden:
        return Own(name, _Copying(connection, scope, digest, name, now).copy())
    _rename(connection, scope.desk_id, digest, name)
    return Own(name)


def _in_sight(scope: Scope, audience_id: int) -> bool:
    return scope.audiences is None or audience_id in scope.audiences


def _audiences(connection: Connection, desk_id: int, digest: str) -> set[int]:
    """Return for whom these bytes were brought, those in the trash too."""
    statements = (select(table.c.audience_id).where(_these(table, desk_id, digest)) for table in (upload, trash))
    return {audience_id for statement in statements for audience_id in connection.execute(statement).scalars()}


def _these(table: Table, desk_id: int, digest: str) -> ColumnElement[bool]:
    """Return the condition that a row belongs to these bytes."""
    name = table.c.sha256 if table is blob else table.c.blob
    return and_(table.c.desk_id == desk_id, name == digest)


def _copy(table: Table, changed: dict[str, ColumnElement[Any]], which: ColumnElement[bool]) -> Insert:
    """Return the statement that copies rows within the engine, with these columns changed."""
    values = [changed.get(column.name, column) for column in table.c]
    return insert(table).from_select([column.name for column in table.c], select(*values).where(which))


def _rename(connection: Connection, desk_id: int, digest: str, name: str) -> None:
    """Hang everything that belongs to these bytes on their new name."""
    for table in (extraction, upload, trash):
        connection.execute(update(table).where(_these(table, desk_id, digest)).values(blob=name))
    connection.execute(delete(blob).where(_these(blob, desk_id, digest)))


class _Copying:
    """Making the copy: what was read in the bytes, under new ids, and the uploads in sight, under their own."""

    def __init__(self, connection: Connection, scope: Scope, digest: str, name: str, now: datetime) -> None:
        self._connection = connection
        self._scope = scope
        self._digest = digest
        self._name = name
        fresh: Callable[[], int] = partial(new_id, now)
        self._extractions: defaultdict[int, int] = defaultdict(fresh)
        self._articles: defaultdict[int, int] = defaultdict(fresh)

    def copy(self) -> dict[int, int]:
        """Return the new ids of the articles by their old ones."""
        these = _these(extraction, self._scope.desk_id, self._digest)
        # In order, and so are the new ids: PostgreSQL returns rows as they lie.
        olds = select(extraction.c.extraction_id).where(these).order_by(extraction.c.extraction_id)
        for old in self._connection.execute(olds).scalars().all():
            self._copy_extraction(old)
        self._copy_corrections()
        for table in (upload, trash):
            mine = and_(visible(self._scope, table), _these(table, self._scope.desk_id, self._digest))
            self._connection.execute(update(table).where(mine).values(blob=self._name))
        return dict(self._articles)

    def _copy_extraction(self, old: int) -> None:
        new = self._extractions[old]
        changed: dict[str, ColumnElement[Any]] = {"extraction_id": literal(new), "blob": literal(self._name)}
        self._connection.execute(_copy(extraction, changed, self._read_in(extraction, old)))
        ids = select(article.c.article_id).where(self._read_in(article, old)).order_by(article.c.ordinal)
        pairs = [{"old": one, "new": self._articles[one]} for one in self._connection.execute(ids).scalars()]
        for table in (article, sentence, spelling, signature, signature_key, mention, unnamed):
            self._copy_rows(table, new, pairs)
        offered: dict[str, ColumnElement[Any]] = {"extraction_id": literal(new)}
        self._connection.execute(_copy(proposal, offered, self._read_in(proposal, old)))
        self._note_former(old, new)
        for row in self._connection.execute(select(uncorrected).where(self._read_in(uncorrected, old))).all():
            pieces = [{**piece, "article": self._articles[piece["article"]]} for piece in row.articles]
            key = {"desk_id": self._scope.desk_id, "extraction_id": new}
            self._connection.execute(insert(uncorrected), {**key, "articles": pieces})

    def _copy_rows(self, table: Table, extraction_id: int, pairs: list[Row]) -> None:
        """Copy what belongs to these articles."""
        changed: dict[str, ColumnElement[Any]] = {
            "article_id": bindparam("new", type_=BigInteger),
            "extraction_id": literal(extraction_id),
            "paired": literal(0),
        }
        which = and_(table.c.desk_id == self._scope.desk_id, table.c.article_id == bindparam("old", type_=BigInteger))
        if pairs:
            self._connection.execute(_copy(table, changed, which), pairs)

    def _note_former(self, old: int, new: int) -> None:
        """Let citations of the old ids find their words in the copy."""
        columns = [column.name for column in former.c]
        for table in (article, former):
            values = [literal(new) if name == "extraction_id" else table.c[name] for name in columns]
            statement = select(*values).where(self._read_in(table, old))
            self._connection.execute(insert(former).from_select(columns, statement))

    def _copy_corrections(self) -> None:
        """Copy what was put right before, under the same ids: each can be withdrawn in either copy."""
        these = _these(correction, self._scope.desk_id, self._digest)
        made = select(correction).where(these).order_by(correction.c.correction_id)
        rows = self._connection.execute(made).mappings().all()
        copies = [
            {
                **row,
                "blob": self._name,
                "article_id": self._articles.get(row["article_id"], row["article_id"]),
                "values": self._moved(row["values"]),
            }
            for row in rows
        ]
        if copies:
            self._connection.execute(insert(correction), copies)

    def _moved(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return what is kept of a correction with the ids of the copy."""
        cut = values["cut"]
        moved = cut and {**cut, "second": self._articles[cut["second"]]}
        return {**values, "extraction": self._extractions[values["extraction"]], "cut": moved}

    def _read_in(self, table: Table, extraction_id: int) -> ColumnElement[bool]:
        return and_(table.c.desk_id == self._scope.desk_id, table.c.extraction_id == extraction_id)
