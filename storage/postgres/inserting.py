"""Rows of several tables in one statement: for a server each statement is a way there and back.

A column goes as one array, so that the statement has the same words however many rows there are, and is prepared once.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, Connection, String, Table, Text, TextClause, bindparam, text
from sqlalchemy.types import TypeEngine

Rows = Sequence[dict[str, Any]]


def insert_all(connection: Connection, rows_of: Sequence[tuple[Table, Rows]], new_in: Collection[Table] = ()) -> None:
    """Insert rows, those that others refer to first or not: what refers to what is looked at in the end.

    Of one table all rows have to have the same columns. Into those of `new_in` only what is new there, by its key.
    """
    told = [(table, rows) for table, rows in rows_of if rows]
    if not told:
        return
    statement = _statement(tuple((table, tuple(rows[0]), table in new_in) for table, rows in told))
    values = {
        _name(number, column): [row[column] for row in rows]
        for number, (_, rows) in enumerate(told)
        for column in rows[0]
    }
    connection.execute(statement, values)


@lru_cache(maxsize=64)
def _statement(shapes: tuple[tuple[Table, tuple[str, ...], bool], ...]) -> TextClause:
    """Return the statement that inserts into these columns of these tables, into some of them only what is new."""
    parts = [_insert(number, *shape) for number, shape in enumerate(shapes)]
    others = ", ".join(f"i{number} AS ({part})" for number, part in enumerate(parts[:-1]))
    given = [
        bindparam(_name(number, column), type_=ARRAY(_kind(table, column), dimensions=1))
        for number, (table, columns, _) in enumerate(shapes)
        for column in columns
    ]
    return text(f"WITH {others} {parts[-1]}" if others else parts[-1]).bindparams(*given)


def _insert(number: int, table: Table, columns: Sequence[str], new: bool) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    arrays = ", ".join(f":{_name(number, column)}" for column in columns)
    told = f'INSERT INTO "{table.name}" ({names}) SELECT * FROM unnest({arrays})'  # noqa: S608  names of the schema's
    return f"{told} ON CONFLICT DO NOTHING" if new else told


def _name(number: int, column: str) -> str:
    return f"p{number}_{column}"


def _kind(table: Table, column: str) -> TypeEngine[Any]:
    """Return the type of a column's values; an array of texts has no order of its own."""
    kind = table.c[column].type
    return Text() if isinstance(kind, String) else kind
