"""Who follows an address, by the address.

Rows under desk 0, kept by triggers, so that no way to follow, to move or to forget a feed can leave them out.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, exists, select, true, tuple_

from storage.tables import feed, feed_source, follower

_INSERT = "INSERT INTO follower (desk_id, source, of_desk, feed_id) VALUES (0, new.source, new.desk_id, new.feed_id)"
_DELETE = (
    "DELETE FROM follower WHERE desk_id = 0 AND source = old.source AND of_desk = old.desk_id AND feed_id = old.feed_id"
)

ON_SQLITE = (
    f"CREATE TRIGGER feed_followed AFTER INSERT ON feed BEGIN {_INSERT}; END",
    f"CREATE TRIGGER feed_moved AFTER UPDATE OF source ON feed BEGIN {_DELETE}; {_INSERT}; END",
    f"CREATE TRIGGER feed_left AFTER DELETE ON feed BEGIN {_DELETE}; END",
)
ON_POSTGRESQL = (
    f"CREATE FUNCTION feed_followed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_INSERT}; RETURN NULL; END $$",
    (
        "CREATE FUNCTION feed_moved() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {_DELETE}; {_INSERT}; RETURN NULL; END $$"
    ),
    f"CREATE FUNCTION feed_left() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_DELETE}; RETURN NULL; END $$",
    "CREATE TRIGGER feed_followed AFTER INSERT ON feed FOR EACH ROW EXECUTE FUNCTION feed_followed()",
    "CREATE TRIGGER feed_moved AFTER UPDATE OF source ON feed FOR EACH ROW EXECUTE FUNCTION feed_moved()",
    "CREATE TRIGGER feed_left AFTER DELETE ON feed FOR EACH ROW EXECUTE FUNCTION feed_left()",
)


def create(connection: Connection) -> None:
    """Create the triggers beside the tables; as the migrations do."""
    for statement in ON_POSTGRESQL if connection.dialect.name == "postgresql" else ON_SQLITE:
        connection.exec_driver_sql(statement)


def follows(sources: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a feed is one of these addresses."""
    here = and_(follower.c.desk_id == 0, follower.c.source.in_(sources))
    return tuple_(feed.c.desk_id, feed.c.feed_id).in_(select(follower.c.of_desk, follower.c.feed_id).where(here))


def is_followed() -> ColumnElement[bool]:
    """Return the condition that somebody follows an address of `feed_source`, be it paused or removed."""
    return exists(select(true()).where(follower.c.desk_id == 0, follower.c.source == feed_source.c.source))
