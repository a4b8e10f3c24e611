import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import Settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"
SETTING = re.compile(r"^#?([A-Z][A-Z_]+)=(.*)$", re.MULTILINE)
DEFAULT = re.compile(r"^# Default: (.+)$", re.MULTILINE)


def paragraphs():
    return [part for part in EXAMPLE.read_text().split("\n\n") if SETTING.search(part)]


def read(tmp_path, monkeypatch, text):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    path = tmp_path / ".env"
    path.write_text(text)
    return Settings(_env_file=path)


def test_the_example_names_every_setting_and_no_other():
    named = [name.lower() for name, _ in SETTING.findall(EXAMPLE.read_text())]

    assert sorted(named) == sorted(Settings.model_fields)


def test_each_setting_of_the_example_is_explained_and_has_its_default_told():
    for paragraph in paragraphs():
        explained = [line for line in paragraph.splitlines() if line.startswith("# ") and "Default:" not in line]

        assert len(SETTING.findall(paragraph)) == 1
        assert len(DEFAULT.findall(paragraph)) == 1
        assert explained


@pytest.mark.parametrize("paragraph", paragraphs(), ids=lambda paragraph: SETTING.search(paragraph)[1])
def test_the_defaults_told_are_true(paragraph, tmp_path, monkeypatch):
    name = SETTING.search(paragraph)[1].lower()
    told = DEFAULT.search(paragraph)[1].partition(" (")[0]

    default = getattr(read(tmp_path, monkeypatch, ""), name)

    if told == "none":
        assert not default
    else:
        assert getattr(read(tmp_path, monkeypatch, f"{name.upper()}={told}"), name) == default


def test_the_example_is_valid_as_it_stands_and_with_every_line_switched_on(tmp_path, monkeypatch):
    text = EXAMPLE.read_text()
    switched_on = SETTING.sub(r"\1=\2", text)

    assert read(tmp_path, monkeypatch, text) == read(tmp_path, monkeypatch, "")
    assert read(tmp_path, monkeypatch, switched_on).discord_api_url == "http://localhost:8080/api/v10"


def test_networks_are_written_as_a_list_with_commas(tmp_path, monkeypatch):
    settings = read(tmp_path, monkeypatch, "FETCH_ALLOW_NETWORKS=10.0.0.0/8, fd00::/8")

    assert [str(network) for network in settings.fetch_allow_networks] == ["10.0.0.0/8", "fd00::/8"]


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    path = tmp_path / ".env"
    path.write_text("WORKERS=3")
    monkeypatch.setenv("WORKERS", "5")

    assert Settings(_env_file=path).workers == 5


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - {"discord_token"}))
@pytest.mark.trust("operator-settings")
def test_no_error_repeats_a_value_that_might_be_a_secret(name, tmp_path, monkeypatch):
    complaint = ""

    try:
        read(tmp_path, monkeypatch, f"{name.upper()}=SHAMEFUL-VALUE")
    except ValidationError as error:
        complaint = str(error)

    assert "SHAMEFUL-VALUE" not in complaint


@pytest.mark.trust("operator-settings")
def test_the_token_is_shown_nowhere(tmp_path, monkeypatch):
    settings = read(tmp_path, monkeypatch, "DISCORD_TOKEN=SHAMEFUL-VALUE")

    assert "SHAMEFUL-VALUE" not in f"{settings!r} {settings}"


def test_importing_the_settings_reads_nothing(tmp_path):
    (tmp_path / ".env").write_text("WORKERS=not-a-number")

    code = "import bot.config, bot.cli, bot.logs"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"LOG_LEVEL": "nonsense"}, check=False)

    assert done.returncode == 0


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("LOG_LEVEL=debug", "log_level", "DEBUG"),
        ("DISCORD_API_URL=https://proxy.example/api/v10", "discord_api_url", "https://proxy.example/api/v10"),
        ("DISCORD_GATEWAY_URL=wss://gateway.example", "discord_gateway_url", "wss://gateway.example"),
    ],
)
def test_settings_are_taken_as_people_write_them(tmp_path, monkeypatch, line, name, value):
    assert getattr(read(tmp_path, monkeypatch, line), name) == value


def test_blanks_around_the_token_are_no_part_of_it(tmp_path, monkeypatch):
    settings = read(tmp_path, monkeypatch, 'DISCORD_TOKEN=" secret "')

    assert settings.discord_token.get_secret_value() == "secret"


@pytest.mark.parametrize(
    "line", ["DISCORD_API_URL=proxy", "DISCORD_GATEWAY_URL=https://x.example", "FETCH_ALLOW_NETWORKS=10.0.0.1/8"]
)
def test_what_can_never_work_is_refused_at_once(tmp_path, monkeypatch, line):
    with pytest.raises(ValidationError):
        read(tmp_path, monkeypatch, line)
