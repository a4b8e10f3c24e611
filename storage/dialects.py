"""The few words of SQL that the two engines spell differently."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from storage.postgres.inserting import insert_all


def insert_into(connection: Connection, table: Table) -> sqlite.Insert:
    """Return an INSERT that takes `on_conflict_do_nothing` and `on_conflict_do_update`, as the engine writes it."""
    if connection.dialect.name == "postgresql":
        return cast("sqlite.Insert", postgresql.insert(table))  # of the same form
    return sqlite.insert(table)


def insert_rows(
    connection: Connection, *rows_of: tuple[Table, Sequence[dict[str, Any]]], new_in: Collection[Table] = ()
) -> None:
    """Insert rows into several tables, each before those that refer to it: for a server, in one statement.

    Into those of `new_in` only what is new there, by its key.
    """
    if connection.dialect.name == "postgresql":
        insert_all(connection, rows_of, new_in)
        return
    for table, rows in rows_of:
        if rows:
            connection.execute(_insert(table, new=table in new_in), rows)


@cache
def _insert(table: Table, *, new: bool) -> sqlite.Insert:
    """Return SQLite's INSERT, made once: to make one takes several times as long as to run it."""
    return sqlite.insert(table).on_conflict_do_nothing() if new else sqlite.insert(table)


class place_of(GenericFunction[int]):  # noqa: N801  the name of an SQL function
    """Where some words first stand in a text, from 1 on; 0 where they do not. Unlike LIKE it looks at every letter."""

    inherit_cache = True


@compiles(place_of)
def _instr(element: place_of, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401  whatever SQLAlchemy passes on
    return f"instr({compiler.process(element.clauses, **how)})"


@compiles(place_of, "postgresql")
def _strpos(element: place_of, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401  the same
    return f"strpos({compiler.process(element.clauses, **how)})"
