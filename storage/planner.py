"""What SQLite's query planner should take for granted.

Without statistics it holds that ten rows share a desk, so that any index that begins with the desk looks as good as the
one that fits, and reading slows with the desk. Statistics gathered by ANALYZE would be an average over many small desks
and mislead for the large one. So it is told the same of every database: desks are large, the rest of a key is not
(https://www.sqlite.org/optoverview.html#manual_control_of_query_plans_using_sqlite_stat_tables).
"""

from sqlalchemy import Connection

_TABLE = 1_000_000
_DESK = 20_000
_FEW = 5


def inform_planner(connection: Connection) -> None:
    """Write down how many rows share the beginning of each key, for this connection and all later ones."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("ANALYZE")
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    indexes = connection.exec_driver_sql(
        'SELECT tables.name, indexes.name, indexes."unique", (SELECT group_concat(name) FROM '
        "(SELECT name FROM pragma_index_info(indexes.name) ORDER BY seqno)) "
        "FROM sqlite_master AS tables, pragma_index_list(tables.name) AS indexes "
        "WHERE tables.type = 'table' AND tables.name NOT IN ('alembic_version', 'sqlite_stat1') "
        "AND tables.name NOT LIKE 'posting%'"  # the full-text index knows its own way
    ).all()
    keys = {(table, tuple(columns.split(","))) for table, _, unique, columns in indexes if unique}
    for table, index, _, columns in indexes:
        row = (table, index, " ".join(map(str, _statistics(table, columns.split(","), keys))))
        connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", row)
    connection.exec_driver_sql("ANALYZE sqlite_schema")


def _statistics(table: str, columns: list[str], keys: set[tuple[str, tuple[str, ...]]]) -> list[int]:
    """Return the rows of the table, then how many share the first column of its index, the first two, and so on.

    From where the columns hold a whole key, a row shares them with no other.
    """
    beginnings = [tuple(columns[: number + 1]) for number in range(len(columns))]
    whole = [any((table, part) in keys for part in beginnings[: number + 1]) for number in range(len(columns))]
    return [_TABLE, *(1 if alone else _FEW if number else _DESK for number, alone in enumerate(whole))]
