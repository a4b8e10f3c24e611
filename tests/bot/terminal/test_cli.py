import subprocess
import sys

import pytest

from bot.cli import main


def run(*arguments, cwd, text=""):
    """Run the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bot", *arguments],
        cwd=cwd,
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--help"])

    assert left.value.code == 0
    told = capsys.readouterr().out
    for command in ("demo", "console", "run", "ingest", "check", "migrate", "backup", "restore", "export", "forget"):
        assert f"\n    {command} " in told


def test_help_loads_no_library():
    code = "import sys, bot.cli; bot.cli._parser(); print(*sorted(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not {"discord", "sqlalchemy", "aiohttp", "pydantic", "rich", "nltk", "prompt_toolkit"} & set(loaded)


def test_version_is_the_one_installed(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--version"])

    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("verbatim 0.")


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["ingest"], ["console", "--desk", "0"], ["console", "--desk", "x"], ["console", "--j"]]
)
def test_wrong_usage_exits_2(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)

    assert left.value.code == 2
    assert "usage: verbatim" in capsys.readouterr().err


def test_run_without_a_token_says_what_is_missing_where_to_get_it_and_where_to_put_it(folder, capsys):
    code = main(["run"])

    told = capsys.readouterr().err.splitlines()
    assert code == 78
    assert len(told) == 3
    assert "DISCORD_TOKEN" in told[0]
    assert "https://discord.com/developers/applications" in told[1]
    assert ".env" in told[2]


def test_each_wrong_setting_is_named_on_a_line_of_its_own_without_its_value(folder, capsys):
    (folder / ".env").write_text("WORKERS=hunter2\nLOG_LEVEL=hunter2\nFETCH_ALLOW_NETWORKS=hunter2\n")

    code = main(["run"])

    told = capsys.readouterr().err
    assert code == 78
    assert [line.split()[0] for line in told.splitlines()] == ["FETCH_ALLOW_NETWORKS", "WORKERS", "LOG_LEVEL"]
    assert "hunter2" not in told


def test_a_settings_file_that_is_no_text_is_told(folder, capsys):
    (folder / ".env").write_bytes(b"WORKERS=\xff")

    assert main(["migrate"]) == 78
    assert ".env cannot be read" in capsys.readouterr().err


def test_a_database_of_an_unknown_kind_is_a_matter_of_configuration(folder, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "mysql://nowhere/x")

    assert main(["migrate"]) == 78
    assert "DATABASE_URL" in capsys.readouterr().err


def test_a_database_that_cannot_be_opened_fails_with_a_sentence(folder, monkeypatch, capsys):
    (folder / "data").touch()

    assert main(["console"]) == 1
    assert "cannot be opened" in capsys.readouterr().err


def test_migrate_makes_the_database_and_tells_its_revision(folder, capsys):
    assert main(["migrate"]) == 0
    assert "revision" in capsys.readouterr().out
    assert (folder / "data" / "verbatim.db").exists()


def test_a_demo_needs_no_setting_leaves_no_file_and_shows_the_whole_way(folder, monkeypatch):
    # A terminal that knows only ASCII must not end the program either.
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    (folder / ".env").write_text("WORKERS=wrong\nDATABASE_URL=wrong\n")

    done = run("demo", cwd=folder)

    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in folder.iterdir()] == [".env"]
    assert "> /add file:" in done.stdout
    assert "> /summarise article:" in done.stdout
    assert "> open 2" in done.stdout
    assert "> /brief topic:" in done.stdout
    assert "> /quote text:" in done.stdout
    assert "> /timeline topic:" in done.stdout
    assert "> /search query:" in done.stdout
    assert "> /article edit article:" in done.stdout
    assert "\n| " in done.stdout


def test_a_reader_of_the_pipe_may_leave_early(folder):
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()

    complaint = process.stderr.read()
    process.stderr.close()

    assert process.wait(60) == 1
    assert b"Traceback" not in complaint
