"""Whether a database on a server is sound."""

from sqlalchemy import Connection, inspect

# What an index made beside the running program leaves behind when it fails, and a constraint taken on trust.
_UNSOUND = (
    "SELECT 'index ' || c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace "
    "UNION ALL SELECT 'constraint ' || conname FROM pg_constraint "
    "WHERE NOT convalidated AND connamespace = current_schema()::regnamespace LIMIT 1"
)


def check(connection: Connection) -> str:
    """Return `ok`, or the first that is wrong: an index or a constraint that does not hold.

    A server keeps its files whole by itself; all that is left to try is whether it can read them.

    Raises:
        FailedDatabaseError: it cannot.
    """
    unsound = connection.exec_driver_sql(_UNSOUND).scalar()
    if unsound is not None:
        return f"{unsound} is not valid"
    quote = connection.dialect.identifier_preparer.quote
    for table in inspect(connection).get_table_names():
        connection.exec_driver_sql(f"SELECT count(*) FROM {quote(table)}")  # noqa: S608  a name of the schema's
    return "ok"
