import io
import json
import logging

import pytest

from bot.logs import set_up


def logged(style, *, secret=None, level="INFO"):
    file = io.StringIO()
    set_up(level, style, secret=secret, file=file)
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
