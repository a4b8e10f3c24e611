"""A throw-away PostgreSQL: its own cluster in a temporary folder, for one test process, gone when that ends.

The server refuses to run as root, so there it runs as the user `postgres`, or `nobody`. It answers on a socket in its
folder, where everybody is let in, and on loopback, where a password is asked for. Nothing that it writes is waited for.
Its default order of letters is a language's, as on most servers, so that a column without an order of its own shows.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "correct horse"

_STARTS_WITHIN = 60.0
_OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "48MB",
    "max_connections": "150",
    "autovacuum": "off",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "log_min_messages": "panic",
    "lc_messages": "C",
}


# Rows are deleted without their triggers; where many were deleted before, the table is made anew.
_EMPTY = """
DO $$ DECLARE one regclass; BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relname <> 'alembic_version'
            AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 LOOP
        IF pg_relation_size(one) > 300000 THEN EXECUTE 'TRUNCATE ' || one || ' CASCADE';
        ELSE EXECUTE 'DELETE FROM ' || one; END IF;
    END LOOP;
END $$
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"

    def url(self, database: str) -> str:
        """The address of a database, by the socket."""
        return f"postgresql+asyncpg://tester@/{database}?host={self.folder}&port={self.port}"

    def loopback(self, database: str, password: str = PASSWORD) -> str:
        """The address of a database, by loopback, with a password."""
        return f"postgresql+asyncpg://tester:{password.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str, database: str = "postgres") -> str:
        """What psql answers to statements, each in a transaction of its own."""
        given = [part for statement in statements for part in ("-c", statement)]
        where = ["-h", str(self.folder), "-p", str(self.port), "-U", "tester", "-d", database]
        command = [str(_programs() / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *where, *given]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def empty(self, database: str) -> None:
        """Cut off whoever uses a database of ours, and delete every row in it."""
        self.run(_EMPTY, database=database)


@contextmanager
def postgres(prepare: Callable[[Path], dict[str, str]] | None = None) -> Iterator[Server]:
    """Start a server; stop it and delete its folder when the block ends.

    `prepare` is given the folder once there is a database in it, and returns further options.
    """
    folder = Path(tempfile.mkdtemp(prefix="verbatim-pg-"))
    try:
        give(folder)
        _initdb(folder)
        server = start(folder, options=prepare(folder) if prepare else {})
        try:
            yield server
        finally:
            stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start(folder: Path, port: int | None = None, *, options: Mapping[str, str] | None = None) -> Server:
    """Start a server in its folder, and wait until it answers."""
    port = port or _free_port()
    where = {"unix_socket_directories": str(folder), "listen_addresses": "127.0.0.1", "port": str(port)}
    given = [
        part for name, value in (_OPTIONS | dict(options or {}) | where).items() for part in ("-c", f"{name}={value}")
    ]
    # If the tests are killed, the server is told to end.
    command = [*_unprivileged(), "setpriv", "--pdeathsig", "INT", "--", str(_programs() / "postgres")]
    log = (folder / "log").open("ab")
    with log:
        process = subprocess.Popen([*command, "-D", str(folder / "data"), *given], stdout=log, stderr=log, cwd="/")
    server = Server(folder, port, process)
    deadline = time.monotonic() + _STARTS_WITHIN
    ready = [str(_programs() / "pg_isready"), "-q", "-h", str(folder), "-p", str(port)]
    while subprocess.run(ready, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError((folder / "log").read_text())
        time.sleep(0.05)
    return server


def stop(server: Server, how: signal.Signals = signal.SIGINT) -> None:
    """Stop a server at once: SIGINT cuts its connections, SIGQUIT is a crash."""
    server.process.send_signal(how)
    server.process.wait(_STARTS_WITHIN)


def _initdb(folder: Path) -> None:
    password = folder / "password"
    password.write_text(PASSWORD)
    give(password)
    order = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en"]
    users = ["--username=tester", f"--pwfile={password}", "--auth-local=trust", "--auth-host=scram-sha-256"]
    command = [str(_programs() / "initdb"), "-D", str(folder / "data"), "-E", "UTF8", "--no-sync", *order, *users]
    done = subprocess.run([*_unprivileged(), *command], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr


def _programs() -> Path:
    """Where the newest server's programs are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("pg_ctl")
    if not found and on_path:
        return Path(on_path).resolve().parent
    assert found, "These tests need a PostgreSQL server's programs: apt-get install postgresql (15 or later)."
    return found[-1].parent


def _user() -> pwd.struct_passwd | None:
    """The user to run as, where the tests run as root."""
    if os.geteuid():
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _unprivileged() -> list[str]:
    user = _user()
    if user is None:
        return []
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]


def give(path: Path) -> None:
    """Make a file or folder the server's own."""
    user = _user()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
