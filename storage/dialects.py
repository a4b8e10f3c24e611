"""The few words of SQL that the two engines spell differently."""

from typing import Any, cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


def insert_into(connection: Connection, table: Table) -> sqlite.Insert:
    """Return an INSERT that takes `on_conflict_do_nothing` and `on_conflict_do_update`, as the engine writes it."""
    if connection.dialect.name == "postgresql":
        return cast("sqlite.Insert", postgresql.insert(table))  # of the same form
    return sqlite.insert(table)


class place_of(GenericFunction[int]):  # noqa: N801  the name of an SQL function
    """Where some words first stand in a text, from 1 on; 0 where they do not. Unlike LIKE it looks at every letter."""

    inherit_cache = True


@compiles(place_of)
def _instr(element: place_of, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401  whatever SQLAlchemy passes on
    return f"instr({compiler.process(element.clauses, **how)})"


@compiles(place_of, "postgresql")
def _strpos(element: place_of, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401  the same
    return f"strpos({compiler.process(element.clauses, **how)})"
