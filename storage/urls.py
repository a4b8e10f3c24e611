"""What a database URL names."""

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import DatabaseUrlError


def find_server(url: str) -> URL | None:
    """Return the parts of a URL that names PostgreSQL, None for any other.

    Raises:
        DatabaseUrlError: it names no database of the server. A password in it is not repeated, wherever it stands.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return None
    if parsed.drivername != "postgresql+asyncpg":
        return None
    if not parsed.database:
        raise DatabaseUrlError(parsed.set(query={}).render_as_string(hide_password=True))
    return parsed
