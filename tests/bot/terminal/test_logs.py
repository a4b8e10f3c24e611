import asyncio
import gc
import io
import json
import logging
import sqlite3
from urllib.parse import quote

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError

from bot.config import Settings
from bot.logs import set_up
from bot.services.errors import NoSuchArticleError, WorkerDiedError
from storage.errors import FailedDatabaseError, FullError, UnknownNameError


def logged(style, *, secret=None, level="INFO"):
    file = io.StringIO()
    set_up(level, style, secrets=[secret] if secret else [], file=file)
    return file


def test_a_console_line_holds_the_event_and_its_fields():
    file = logged("console")

    logging.getLogger("bot.test").info("digest sent", extra={"guild": 7, "place": "two words"})

    assert file.getvalue().endswith('INFO    digest sent guild=7 place="two words"\n')


def test_a_json_line_is_one_object_with_the_fields_beside_the_event():
    file = logged("json")

    logging.getLogger("bot.test").warning("digest sent", extra={"guild": 7, "where": object})

    event = json.loads(file.getvalue())
    assert (event["event"], event["guild"], event["level"], event["logger"]) == (
        "digest sent",
        7,
        "WARNING",
        "bot.test",
    )


def test_a_value_with_line_breaks_stays_on_its_line():
    file = logged("console")

    logging.getLogger("bot.test").info("read\nfiles", extra={"title": "a\nb\x1b[2J"})

    assert file.getvalue().count("\n") == 1
    assert "\x1b" not in file.getvalue()


@pytest.mark.parametrize("style", ["console", "json"])
@pytest.mark.trust("operator-logs")
def test_the_token_is_struck_out_even_of_a_traceback(style):
    file = logged(style, secret="s3cret-token")

    logging.getLogger("library").error(
        "login with %s failed", "s3cret-token", exc_info=ValueError("s3cret-token"), extra={"used": "s3cret-token"}
    )

    assert "s3cret-token" not in file.getvalue()
    assert "ValueError" in file.getvalue()


def test_events_below_the_level_are_left_out():
    file = logged("console", level="WARNING")

    logging.getLogger("bot.test").info("nothing much")

    assert file.getvalue() == ""


@pytest.mark.parametrize("name", ["discord.http", "discord.gateway", "discord.webhook.async_"])
@pytest.mark.trust("operator-logs")
def test_what_people_wrote_stays_out_of_the_log_at_every_level(name):
    file = logged("console", level="DEBUG")

    logging.getLogger(name).debug("has received %s", {"content": "an article"})

    assert file.getvalue() == ""


# What errors say

CANARY = "Zorblatt"


def raised(error, cause=None):
    try:
        raise error from cause  # noqa: TRY301  so that it has a frame
    except BaseException as caught:  # noqa: BLE001  whatever is raised is what is logged
        return caught


@pytest.mark.parametrize("style", ["console", "json"])
@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"could not convert {CANARY}"),
        KeyError(CANARY),
        UnicodeEncodeError("ascii", CANARY, 0, 1, CANARY),
        FileNotFoundError(2, "No such file or directory", f"/tmp/{CANARY}.txt"),
        UnknownNameError(CANARY),
        NoSuchArticleError(CANARY, [f"{CANARY} returns"]),
        WorkerDiedError(f"{CANARY}.pdf", "its reader crashed"),
        raised(FailedDatabaseError("disk I/O error"), sqlite3.IntegrityError(f"UNIQUE constraint: {CANARY}")),
        raised(LookupError(), IntegrityError(f"INSERT '{CANARY}'", {"text": CANARY}, Exception(CANARY))),
        ExceptionGroup(CANARY, [ValueError(CANARY), ExceptionGroup(CANARY, [OSError(CANARY)])]),
        json.JSONDecodeError(f"Expecting {CANARY}", CANARY, 0),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
@pytest.mark.trust("operator-logs")
def test_an_error_is_told_without_what_it_quotes(style, error):
    file = logged(style, level="DEBUG")

    error.add_note(f"while it read {CANARY}")
    text = CANARY  # in the frame that is told
    logging.getLogger("bot.test").error("it failed", exc_info=raised(error), extra={"error": error})

    assert text not in file.getvalue()
    assert type(error).__name__ in file.getvalue()
    assert "test_logs.py" in file.getvalue()


def test_an_error_is_told_with_what_is_harmless_and_what_it_came_from():
    file = logged("console")
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"

    logging.getLogger("bot.test").warning("not kept", extra={"error": raised(FullError(), full)})
    logging.getLogger("bot.test").warning("not sent", extra={"error": ConnectionResetError(104, "Connection reset")})
    logging.getLogger("bot.test").warning("a bug", extra={"error": TypeError("'int' object is not callable")})

    told = file.getvalue()
    assert "FullError from OperationalError(sqlite_errorname=SQLITE_FULL)" in told
    assert "ConnectionResetError(errno=104, Connection reset)" in told
    assert "TypeError('int' object is not callable)" in told


def test_a_traceback_shows_the_way_to_each_error_of_a_chain():
    file = logged("console")

    logging.getLogger("bot.test").error("it failed", exc_info=raised(LookupError(), raised(ZeroDivisionError())))

    assert file.getvalue().count("Traceback") == 2
    assert file.getvalue().index("ZeroDivisionError") < file.getvalue().index("and from that")
    assert file.getvalue().rstrip().endswith("LookupError from ZeroDivisionError")


def test_what_asyncio_shows_of_a_task_is_left_out():
    file = logged("console")

    async def fail(text):
        raise ValueError(text)

    async def leave():
        task = asyncio.ensure_future(fail(CANARY))
        await asyncio.sleep(0.01)
        del task
        gc.collect()

    asyncio.run(leave())

    assert "Task exception was never retrieved" in file.getvalue()
    assert CANARY not in file.getvalue()


@pytest.mark.parametrize("style", ["console", "json"])
@pytest.mark.parametrize("secret", ["p@ss/w0rd", 'quo"te\\d', "plain-password", "пароль"])
@pytest.mark.trust("operator-logs")
def test_a_password_is_struck_out_however_it_is_written(style, secret):
    settings = Settings.model_construct(database_url=f"postgresql+asyncpg://bot:{quote(secret, safe='')}@host/db")
    file = io.StringIO()
    set_up("INFO", style, secrets=settings.secrets, file=file)

    for shown in (secret, repr(secret), {"password": secret}, settings.database_url, json.dumps(secret)):
        logging.getLogger("library").error("no login with %s", shown, extra={"used": shown})

    written = file.getvalue()
    assert not [spelled for spelled in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1]) if spelled in written]
    assert "[secret]" in written


def test_each_place_for_a_password_is_known():
    settings = Settings.model_construct(
        discord_token=SecretStr("token-1"),
        database_url="postgresql+asyncpg://host/db?user=bot&password=word-2",
        discord_api_url="http://user:word-3@proxy/api/v10",
        discord_gateway_url="wss://gateway.example",
    )

    assert {"token-1", "word-2", "word-3"} <= set(settings.secrets)
    assert not {"", "user", "bot"} & set(settings.secrets)


@pytest.mark.parametrize("style", ["console", "json"])
@pytest.mark.trust("operator-logs")
def test_the_token_of_an_interaction_is_struck_out_of_an_address(style):
    file = logged(style)

    for address in ("/webhooks/17/aW50ZXJh.Y3Rpb24/messages/@original", "/interactions/18/aW50ZXJh.Y3Rpb24/callback"):
        logging.getLogger("library").warning("429 from %s", f"https://discord.com/api/v10{address}")

    assert "aW50ZXJh" not in file.getvalue()
    assert file.getvalue().count("[token]") == 2
