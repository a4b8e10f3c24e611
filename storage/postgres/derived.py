"""What `storage.derived` keeps at hand, kept by PostgreSQL: the same rows after whatever happens.

The triggers fire once a statement and see all its rows, so that a batch of mentions is counted in one go, and so that
the tables may be partitioned: row by row, PostgreSQL shows a trigger on a partition no table of what was changed.

What goes by a cascade is queued, and its triggers see the state at the end of the whole statement. Counting down needs
both the mention and its readers, so the readers of a reading go before the reading itself, while its mentions stand.

Two who write for one desk at once would not see each other's rows, and each would count without the other's. So what
sets the rest off first takes its desk's turn, the lock that `storage.postgres.engine` takes before: whoever writes in
another way, with psql say, waits for it here.
"""

# Whoever writes for a desk takes it first.
TURN = "pg_advisory_xact_lock(hashint8extended({row}desk_id, 8))"
# In the order of the desks, so that two who write for several cannot wait for each other.
_TURNS = f"PERFORM {TURN.format(row='')} FROM (SELECT DISTINCT desk_id FROM {{rows}} ORDER BY desk_id) AS d;"  # noqa: S608  ours

# A plan is kept for as long as a connection lives: made while tables are small, it would walk through them when they
# are large. All that is looked up here has its key.
_BY_KEYS = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"

# What a statement changed of its rows, where it changed something: looked for by hashes, not each among all others.
_CHANGED = "(SELECT {columns} FROM {these} EXCEPT SELECT {columns} FROM {those}) {name}"
_MOVED_UPLOADS = _CHANGED.format(
    columns="desk_id, upload_id, blob, audience_id", these="new_rows", those="old_rows", name="u"
)
_MOVED_READINGS = _CHANGED.format(
    columns="desk_id, extraction_id, blob, superseded", these="new_rows", those="old_rows", name="e"
)

_SEEN = (
    "INSERT INTO sight (desk_id, extraction_id, upload_id, audience_id) "
    "SELECT u.desk_id, e.extraction_id, u.upload_id, u.audience_id FROM {these} "
    "ON e.desk_id = u.desk_id AND e.blob = u.blob AND NOT e.superseded ON CONFLICT DO NOTHING;"
)
_SEE_UPLOADS = _SEEN.format(these="new_rows u JOIN extraction e")
_SEE_READINGS = _SEEN.format(these="new_rows e JOIN upload u")
_MOVE_UPLOADS = (
    f"DELETE FROM sight s USING {_MOVED_UPLOADS} WHERE s.desk_id = u.desk_id AND s.upload_id = u.upload_id; "  # noqa: S608  ours
    + _SEEN.format(these=f"{_MOVED_UPLOADS} JOIN extraction e")
)
_MOVE_READINGS = (
    f"DELETE FROM sight s USING {_MOVED_READINGS} WHERE s.desk_id = e.desk_id AND s.extraction_id = e.extraction_id; "  # noqa: S608  ours
    + _SEEN.format(these=f"{_MOVED_READINGS} JOIN upload u")
)

# The audiences of each reading that came into or out of somebody's sight, in their order. A key of PostgreSQL's has
# room for 2,700 bytes, and this is a part of several: many audiences are known by what their list hashes to.
_LONGEST = 500
_AUDIENCES = (
    "SELECT string_agg(a.audience_id::text, ' ' ORDER BY a.audience_id) AS list FROM (SELECT DISTINCT s.audience_id "
    "FROM sight s WHERE s.desk_id = r.desk_id AND s.extraction_id = r.extraction_id) a"
)
_CIRCLES = (
    f"(SELECT r.desk_id, r.extraction_id, CASE WHEN length(l.list) > {_LONGEST} THEN md5(l.list) ELSE l.list END "  # noqa: S608  ours
    f"AS circle FROM (SELECT DISTINCT desk_id, extraction_id FROM {{rows}}) r CROSS JOIN LATERAL ({_AUDIENCES}) l "
    "OFFSET 0) AS c"
)
_MORE_READERS = (
    "INSERT INTO readers (desk_id, extraction_id, circle) SELECT c.desk_id, c.extraction_id, c.circle "  # noqa: S608  ours
    f"FROM {_CIRCLES} WHERE c.circle IS NOT NULL ON CONFLICT (desk_id, extraction_id) DO UPDATE "
    "SET circle = excluded.circle WHERE readers.circle <> excluded.circle;"
)
_SAME_READING = "r.desk_id = c.desk_id AND r.extraction_id = c.extraction_id"
_FEWER_READERS = (
    f"DELETE FROM readers r USING {_CIRCLES} WHERE {_SAME_READING} AND c.circle IS NULL; "  # noqa: S608  ours
    f"UPDATE readers r SET circle = c.circle FROM {_CIRCLES} WHERE {_SAME_READING} AND r.circle <> c.circle;"
)

_DRAW_CIRCLES = (
    "INSERT INTO circle (desk_id, audience_id, circle) SELECT DISTINCT n.desk_id, s.audience_id, n.circle "
    "FROM new_rows n JOIN sight s ON s.desk_id = n.desk_id AND s.extraction_id = n.extraction_id "
    "ON CONFLICT DO NOTHING;"
)
_DROP_CIRCLES = (
    "DELETE FROM circle c USING (SELECT DISTINCT desk_id, circle FROM old_rows) o "
    "WHERE c.desk_id = o.desk_id AND c.circle = o.circle AND NOT EXISTS "
    "(SELECT 1 FROM readers r WHERE r.desk_id = o.desk_id AND r.circle = o.circle);"
)

# Mentions, each with the circle of its readers: of readings as a whole, and of some alone.
_OF_READINGS = (
    "{rows} r JOIN article a ON a.desk_id = r.desk_id AND a.extraction_id = r.extraction_id "
    "JOIN mention m ON m.desk_id = a.desk_id AND m.article_id = a.article_id"
)
_OF_MENTIONS = "{rows} m JOIN readers r ON r.desk_id = m.desk_id AND r.extraction_id = m.extraction_id"

_TALLIED = (
    "SELECT m.desk_id, m.name_id, m.surface, coalesce(m.source, '') AS source, r.circle, sum(m.mentions) AS mentions, "
    "count(*) AS articles, count(*) FILTER (WHERE m.total > 0) AS named FROM {these} "
    "GROUP BY m.desk_id, m.name_id, m.surface, coalesce(m.source, ''), r.circle"
)
_MONTHLY = (
    "SELECT m.desk_id, m.name_id, coalesce(m.month, 0) AS month, coalesce(m.source, '') AS source, r.circle, "
    "sum(m.total) AS mentions, count(*) AS articles FROM {these} WHERE m.total > 0 "
    "GROUP BY m.desk_id, m.name_id, coalesce(m.month, 0), coalesce(m.source, ''), r.circle"
)
_UP = (
    "INSERT INTO tally AS t (desk_id, name_id, surface, source, circle, mentions, articles, named) {tallied} "
    "ON CONFLICT (desk_id, name_id, surface, source, circle) DO UPDATE SET mentions = t.mentions + excluded.mentions, "
    "articles = t.articles + excluded.articles, named = t.named + excluded.named; "
    "INSERT INTO monthly AS t (desk_id, name_id, month, source, circle, mentions, articles) {monthly} "
    "ON CONFLICT (desk_id, name_id, month, source, circle) DO UPDATE SET mentions = t.mentions + excluded.mentions, "
    "articles = t.articles + excluded.articles;"
)
# What nothing is left of goes; that and the rest are different rows, so that one statement may do both.
_SAME = (
    "t.desk_id = c.desk_id AND t.name_id = c.name_id AND t.{what} = c.{what} AND t.source = c.source "
    "AND t.circle = c.circle AND t.articles {left} c.articles"
)
_DOWN = (
    "WITH c AS MATERIALIZED ({tallied}), gone AS (DELETE FROM tally t USING c "  # noqa: S608  ours
    f"WHERE {_SAME.format(what='surface', left='<=')}) "
    "UPDATE tally t SET mentions = t.mentions - c.mentions, articles = t.articles - c.articles, "
    f"named = t.named - c.named FROM c WHERE {_SAME.format(what='surface', left='>')}; "
    "WITH c AS MATERIALIZED ({monthly}), gone AS (DELETE FROM monthly t USING c "
    f"WHERE {_SAME.format(what='month', left='<=')}) "
    "UPDATE monthly t SET mentions = t.mentions - c.mentions, articles = t.articles - c.articles "
    f"FROM c WHERE {_SAME.format(what='month', left='>')};"
)


def _count(how: str, these: str) -> str:
    """Return the statements that count mentions up or down."""
    return how.format(tallied=_TALLIED.format(these=these), monthly=_MONTHLY.format(these=these))


_OLD_READINGS, _NEW_READINGS = _OF_READINGS.format(rows="old_rows"), _OF_READINGS.format(rows="new_rows")
_OLD_MENTIONS, _NEW_MENTIONS = _OF_MENTIONS.format(rows="old_rows"), _OF_MENTIONS.format(rows="new_rows")
_COLUMNS = "desk_id, name_id, surface, article_id, extraction_id, mentions, total, source, month"
_BEFORE = _OF_MENTIONS.format(rows=_CHANGED.format(columns=_COLUMNS, these="old_rows", those="new_rows", name=""))
_AFTER = _OF_MENTIONS.format(rows=_CHANGED.format(columns=_COLUMNS, these="new_rows", those="old_rows", name=""))
_LEFT = "NOT EXISTS (SELECT 1 FROM mention m WHERE m.desk_id = o.desk_id AND m.name_id = o.name_id{more})"
_NAMELESS = (
    "DELETE FROM alias a USING (SELECT DISTINCT desk_id, name_id, surface FROM old_rows) o "  # noqa: S608  ours
    "WHERE a.desk_id = o.desk_id AND a.name_id = o.name_id AND a.surface = o.surface "
    f"AND {_LEFT.format(more=' AND m.surface = o.surface')}; "
    "DELETE FROM name n USING (SELECT DISTINCT desk_id, name_id FROM old_rows) o "
    f"WHERE n.desk_id = o.desk_id AND n.name_id = o.name_id AND {_LEFT.format(more='')};"
)


def triggered(
    name: str, table: str, event: str, body: str, *, declared: str = "", turn: bool = False
) -> tuple[str, str]:
    """Return the statements that make what is done after each statement of this kind that changes rows of a table.

    `body` is PL/pgSQL, in which they are `old_rows` and `new_rows`; it may take their desks' turns before.
    """
    rows = {"INSERT": "new_rows", "UPDATE": "new_rows", "DELETE": "old_rows"}[event]
    seen = {
        "INSERT": "NEW TABLE AS new_rows",
        "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "DELETE": "OLD TABLE AS old_rows",
    }[event]
    start = f"DECLARE {declared} BEGIN" if declared else "BEGIN"
    turns = _TURNS.format(rows=rows) if turn else ""
    whole = f"IF EXISTS (SELECT 1 FROM {rows}) THEN {turns} {body} END IF; RETURN NULL;"  # noqa: S608  ours
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {_BY_KEYS} AS $$ {start} {whole} END $$",
        (
            f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {seen} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        ),
    )


STATEMENTS = (
    *triggered("upload_seen", "upload", "INSERT", _SEE_UPLOADS, turn=True),
    *triggered("upload_moved", "upload", "UPDATE", _MOVE_UPLOADS, turn=True),
    *triggered("extraction_seen", "extraction", "INSERT", _SEE_READINGS, turn=True),
    *triggered("extraction_moved", "extraction", "UPDATE", _MOVE_READINGS, turn=True),
    (
        f"CREATE FUNCTION extraction_leaving() RETURNS trigger LANGUAGE plpgsql {_BY_KEYS} AS $$ BEGIN "  # noqa: S608  ours
        f"PERFORM {TURN.format(row='old.')}; "
        "DELETE FROM sight WHERE desk_id = old.desk_id AND extraction_id = old.extraction_id; "
        "DELETE FROM readers WHERE desk_id = old.desk_id AND extraction_id = old.extraction_id; "
        "RETURN old; END $$"
    ),
    (
        "CREATE TRIGGER extraction_leaving BEFORE DELETE ON extraction "
        "FOR EACH ROW EXECUTE FUNCTION extraction_leaving()"
    ),
    *triggered("sight_added", "sight", "INSERT", _MORE_READERS.format(rows="new_rows")),
    *triggered("sight_deleted", "sight", "DELETE", _FEWER_READERS.format(rows="old_rows")),
    *triggered("readers_added", "readers", "INSERT", f"{_DRAW_CIRCLES} {_count(_UP, _NEW_READINGS)}"),
    *triggered(
        "readers_changed",
        "readers",
        "UPDATE",
        f"{_count(_DOWN, _OLD_READINGS)} {_DRAW_CIRCLES} {_count(_UP, _NEW_READINGS)} {_DROP_CIRCLES}",
    ),
    *triggered("readers_deleted", "readers", "DELETE", f"{_count(_DOWN, _OLD_READINGS)} {_DROP_CIRCLES}"),
    *triggered("mention_added", "mention", "INSERT", _count(_UP, _NEW_MENTIONS), turn=True),
    *triggered("mention_changed", "mention", "UPDATE", f"{_count(_DOWN, _BEFORE)} {_count(_UP, _AFTER)}", turn=True),
    *triggered("mention_deleted", "mention", "DELETE", f"{_count(_DOWN, _OLD_MENTIONS)} {_NAMELESS}", turn=True),
)
