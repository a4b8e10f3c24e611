"""What deploy/ holds is true, as far as that can be tried without Docker's engine and without a booted systemd."""

import ctypes
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
import small_yaml
from answers import ROOT, environment, finished, quotes, sample
from loopback.program import Program
from test_readme import fresh_copy, run, slow  # noqa: F401  a fixture

from bot import cli
from bot.config import Settings

DEPLOY = ROOT / "deploy"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
COMPOSE = {name: small_yaml.load((DEPLOY / name).read_text()) for name in ("compose.yaml", "compose.postgres.yaml")}
UNIT = (DEPLOY / "verbatim.service").read_text()
MANUAL = (ROOT / "docs" / "operating.md").read_text()
SETTINGS = {name.upper() for name in Settings.model_fields}
OF_PYTHON = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}


def instructions():
    """Return the Dockerfile's instructions, each a word and the rest, with continued lines put together."""
    plain = "\n".join(line for line in DOCKERFILE.splitlines() if not line.startswith("#"))
    whole = re.sub(r"\\\n\s*", " ", plain)
    return [tuple(line.split(None, 1)) for line in whole.splitlines() if line.strip()]


def given(word):
    return [rest for name, rest in instructions() if name == word]


def variables(text):
    return dict(part.split("=", 1) for part in shlex.split(text))


# The image


def test_the_image_is_built_in_two_stages_of_a_python_that_the_project_takes():
    stages = given("FROM")
    version = given("ARG")[0].removeprefix("PYTHON=")

    assert [stage.split(" AS ")[0] for stage in stages] == ["python:${PYTHON}-slim"] * 2
    assert all(copy.split()[0] == "--from=build" for copy in given("COPY") if copy.startswith("--from"))
    assert stages[0].endswith(" AS build")
    assert f">={version}" == PROJECT["requires-python"]


def test_each_file_that_is_copied_is_there_and_let_through():
    ignored = [
        line for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] not in ("#", "")
    ]
    sources = [word for copy in given("COPY") if not copy.startswith("--") for word in copy.split()[:-1]]

    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == set(sources)
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert not any(
        fnmatch.fnmatch(name, line[1:]) for name in (".env", "data", ".git", "tests") for line in ignored[1:]
    )


def test_it_installs_extras_that_there_are_and_compiles_nothing():
    (installed,) = [line for line in given("RUN") if "pip" in line]
    extras = re.search(r'"\.\[([a-z,]+)\]"', installed)[1].split(",")

    assert set(extras) <= PROJECT["optional-dependencies"].keys()
    assert not re.search(r"apt|gcc|build-essential|-dev\b", DOCKERFILE.replace("/dev/", ""))


def test_it_runs_as_a_numbered_user_and_writes_to_its_volume_alone():
    (user,), (volume,), (place,) = given("USER"), given("VOLUME"), given("WORKDIR")[1:]
    told = {name: value for line in given("ENV") for name, value in variables(line).items()}

    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert f"-o {user.split(':')[0]} -g {user.split(':')[1]} -m 700 {volume}" in given("RUN")[1]
    assert volume == place
    assert told["DATABASE_URL"].startswith(f"sqlite+aiosqlite:///{volume}/")
    assert told.keys() <= SETTINGS | OF_PYTHON
    assert Settings(_env_file=None, **{name.lower(): told[name] for name in told.keys() & SETTINGS}).metrics_port


def test_what_it_starts_and_asks_are_commands_of_the_program():
    started = json.loads(given("ENTRYPOINT")[0]) + json.loads(given("CMD")[0])
    asked = json.loads(given("HEALTHCHECK")[0].partition("CMD ")[2])

    assert started == ["verbatim", "run"]
    assert asked == ["verbatim", "health"]
    assert PROJECT["scripts"].keys() == {"verbatim"}
    for command in (started, asked):
        assert callable(cli._parser().parse_args(command[1:]).do)
    assert given("STOPSIGNAL") == ["SIGTERM"]


@slow
def test_the_image_s_own_lines_install_it(fresh_copy, tmp_path_factory):  # noqa: F811
    """What the first stage runs, run here on what it copies."""
    stage, place = tmp_path_factory.mktemp("stage"), tmp_path_factory.mktemp("opt") / "verbatim"
    for name in given("COPY")[0].split()[:-1] + [copy.split()[0] for copy in given("COPY")[1:4]]:
        source = fresh_copy / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, stage / name)

    # What it depends on has been installed by the README's first line: here it is lent.
    line = given("RUN")[0].replace("/opt/verbatim", str(place)).replace("--compile", "--compile --no-deps")
    done = run(line.replace("python -m", "python3 -m").replace("pip --", f"{sys.executable} -m pip --"), stage)
    lent = f"PYTHONPATH={sysconfig.get_path('purelib')} {place}/bin/verbatim"
    version = run(f"{lent} --version; {lent} health", tmp_path_factory.mktemp("empty"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert version.stdout.splitlines()[0] == f"verbatim {PROJECT['version']}"
    assert version.stdout.splitlines()[1].startswith("METRICS_PORT is not set")


# The compose files


@pytest.mark.parametrize("name", COMPOSE)
def test_each_container_is_kept_small_and_without_privileges(name):
    for service in COMPOSE[name]["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["mem_limit"].endswith("g")
        assert int(service["stop_grace_period"].removesuffix("s")) > 5
        assert any(place.startswith("/tmp:") for place in service["tmpfs"])
        assert not {"privileged", "ports", "cap_add", "network_mode", "pid"} & service.keys()


@pytest.mark.parametrize("name", COMPOSE)
def test_what_a_compose_file_names_is_there(name):
    compose = COMPOSE[name]
    bot = compose["services"]["verbatim"]
    mounted = [volume.split(":") for service in compose["services"].values() for volume in service["volumes"]]
    networks = {network for service in compose["services"].values() for network in service.get("networks", ())}

    assert (DEPLOY / bot["build"]["context"]).resolve() == ROOT
    assert (ROOT / bot["build"]["dockerfile"]).is_file()
    assert {volume for volume, _ in mounted} == set(compose["volumes"])
    assert networks <= {*compose.get("networks", ()), "default"}
    assert bot["environment"].keys() <= SETTINGS
    assert ["data", given("VOLUME")[0]] in mounted
    assert bot["environment"]["METRICS_PORT"] == variables(given("ENV")[0])["METRICS_PORT"]
    assert bot["env_file"] == [".env"]
    assert "cp .env.example deploy/.env" in (DEPLOY / name).read_text()


@pytest.mark.parametrize("name", COMPOSE)
def test_the_settings_of_a_compose_file_are_valid(name, monkeypatch):
    told = COMPOSE[name]["services"]["verbatim"]["environment"]

    settings = Settings(_env_file=None, **{key.lower(): value for key, value in told.items()})

    assert str(settings.metrics_port) == told["METRICS_PORT"]
    assert settings.database_url == told["DATABASE_URL"]


def test_on_postgresql_the_bot_waits_for_a_healthy_server_whose_password_is_in_no_file():
    services = COMPOSE["compose.postgres.yaml"]["services"]
    server, address = services["postgres"], services["verbatim"]["environment"]["DATABASE_URL"]
    user, host, database = re.fullmatch(
        r"postgresql\+asyncpg://(\w+):\$\{POSTGRES_PASSWORD:\?.+\}@(\w+)/(\w+)", address
    ).groups()

    assert services["verbatim"]["depends_on"] == {host: {"condition": "service_healthy"}}
    assert server["healthcheck"]["test"] == ["CMD-SHELL", f"pg_isready -U {user} -d {database}"]
    assert (server["environment"]["POSTGRES_USER"], server["environment"]["POSTGRES_DB"]) == (user, database)
    assert server["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    assert int(server["image"].split(":")[1]) >= 15
    assert COMPOSE["compose.postgres.yaml"]["networks"]["inside"] == {"internal": True}


def test_the_two_compose_files_differ_in_the_database_alone():
    first, second = (dict(compose["services"]["verbatim"]) for compose in COMPOSE.values())
    del second["depends_on"], second["networks"]
    first["environment"] = first["environment"] | {"DATABASE_URL": second["environment"]["DATABASE_URL"]}

    assert first == second


# The unit


def unit(name):
    return [value for key, _, value in (line.partition("=") for line in UNIT.splitlines()) if key == name]


def test_the_unit_starts_the_program_where_the_manual_installs_it():
    (start,) = unit("ExecStart")
    program, *arguments = start.split()

    assert callable(cli._parser().parse_args(arguments).do)
    assert f"{program.removesuffix('verbatim')}pip install ." in MANUAL
    assert unit("EnvironmentFile") == ["/etc/verbatim/env"]
    assert "install -m 600 -D .env.example /etc/verbatim/env" in MANUAL


def test_the_unit_is_not_restarted_when_a_setting_has_to_be_changed():
    assert unit("Restart") == ["on-failure"]
    assert unit("RestartPreventExitStatus") == [str(cli.MISCONFIGURED)]
    assert int(unit("TimeoutStopSec")[0]) > 5


def test_the_unit_keeps_its_data_in_its_own_folder():
    told = {name: value for line in unit("Environment") for name, value in variables(line).items()}

    assert told.keys() <= SETTINGS | OF_PYTHON
    assert unit("WorkingDirectory") == [f"/var/lib/{unit('StateDirectory')[0]}"]
    assert told["DATABASE_URL"].startswith(f"sqlite+aiosqlite:///{unit('WorkingDirectory')[0]}/")


def test_the_unit_is_confined():
    told = dict(line.split("=", 1) for line in UNIT.splitlines() if re.match(r"[A-Za-z]+=", line))
    switched_on = {name for name, value in told.items() if value == "yes"}

    assert {
        "DynamicUser",
        "ProtectHome",
        "PrivateTmp",
        "PrivateDevices",
        "NoNewPrivileges",
        "RestrictNamespaces",
    } <= switched_on
    assert {"ProtectKernelModules", "ProtectKernelTunables", "ProtectControlGroups", "RestrictSUIDSGID"} <= switched_on
    assert told["ProtectSystem"] == "strict"
    assert told["CapabilityBoundingSet"] == told["AmbientCapabilities"] == ""
    assert told["MemoryMax"]
    assert told["OOMPolicy"] == "continue"


def test_systemd_takes_the_unit():
    if not shutil.which("systemd-analyze"):
        sections = re.findall(r"^\[(\w+)\]$", UNIT, re.MULTILINE)
        lines = [line for line in UNIT.splitlines() if line and not line.startswith(("#", "["))]
        assert sections == ["Unit", "Service", "Install"]
        assert [line for line in lines if not re.match(r"[A-Z][A-Za-z]+=", line)] == []
        return

    found = subprocess.run(
        ["systemd-analyze", "verify", str(DEPLOY / "verbatim.service")], capture_output=True, text=True, check=False
    )

    complaints = [
        line for line in found.stderr.splitlines() if "/verbatim.service:" in line or "verbatim.service" in line
    ]
    assert [line for line in complaints if "is not executable" not in line] == []


def allowed_calls():
    """Return the system calls that the unit allows; none where this machine cannot tell or cannot refuse the others."""
    try:
        ctypes.CDLL("libseccomp.so.2")
        listed = subprocess.run(
            ["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return set()
    groups = {}
    for line in listed.splitlines():
        if line.startswith("@"):
            group = groups.setdefault(line.strip(), [])
        elif line.startswith("    ") and not line.strip().startswith("#"):
            group.append(line.strip())

    def members(name):
        return {one for part in groups[name] for one in (members(part) if part.startswith("@") else [part])}

    return {
        one for part in unit("SystemCallFilter")[0].split() for one in (members(part) if part[0] == "@" else [part])
    }


# The walls


@pytest.mark.asyncio(loop_scope="module")
async def test_it_works_as_nobody_on_a_read_only_system_with_few_system_calls(discord, tmp_path, guild, amina, news):
    root = os.geteuid() == 0
    folder = "/mnt/data" if root else str(tmp_path)
    surroundings = environment(
        DISCORD_TOKEN=discord.token,
        DISCORD_API_URL=discord.url,
        DATABASE_URL=f"sqlite+aiosqlite:///{folder}/verbatim.db",
    )
    del surroundings["HOME"]
    confined = [str(ROOT / "tests" / "confined.py"), str(tmp_path), *sorted(allowed_calls())]
    bot = Program([*confined, "--", sys.executable, "-m", "bot", "run"], tmp_path, surroundings)
    try:
        await bot.start(discord)
        interaction = await discord.slash(amina, news, "summarise", file=sample("radio.txt"), sentences=2)
        answer = await interaction.final_message(when=finished)
        status = Path(f"/proc/{bot.pid}/status").read_text()  # noqa: ASYNC240  nothing waits for a disk there
        code = await bot.terminate(within=5)
    finally:
        await bot.clean_up()

    assert len(quotes(answer)) == 2
    assert code == 0
    assert "NoNewPrivs:\t1" in status
    assert not root or "Uid:\t65534" in status
    assert not root or "CapBnd:\t0000000000000000" in status
    assert not allowed_calls() or "Seccomp:\t2" in status
    assert (tmp_path / "verbatim.db").stat().st_mode & 0o777 == 0o600
    assert "confines workers incompletely" not in bot.said or _lacks_landlock()
    assert "Traceback" not in bot.said


def _lacks_landlock():
    from bot.sandbox import landlock_version  # noqa: PLC0415

    return not landlock_version()


# The manual


def test_the_manual_has_each_setting_with_its_default():
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|$", MANUAL, re.MULTILINE))

    assert rows.keys() == SETTINGS
    for name, told in rows.items():
        default = Settings.model_fields[name.lower()].default
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        assert told == ("none" if default in (None, ()) else f"`{shown}`"), name


def test_the_manual_explains_each_exit_code():
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", MANUAL, re.MULTILINE)}

    assert codes == {os.EX_OK, cli.FAILED, os.EX_TEMPFAIL, cli.MISCONFIGURED, cli.INTERRUPTED}


def test_what_the_manual_links_to_and_runs_is_there():
    links = re.findall(r"\]\((?!https?://)([^)#]+)", MANUAL)
    commands = set(re.findall(r"`verbatim ([a-z]+)", MANUAL))

    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
    for command in commands:
        with pytest.raises(SystemExit) as left:
            cli._parser().parse_args([command, "--help"])
        assert left.value.code == 0, command


def test_the_table_of_faults_names_tests_that_there_are():
    table = (ROOT / "bench" / "README.md").read_text().partition("\n## Faults\n")[2].partition("\n## ")[0]
    missing = []
    for row in table.splitlines():
        path = None
        for file, test in re.findall(r"`((?:e2e|storage|bot)/[a-z0-9_/]+\.py)?(?:::(test_[a-z0-9_]+))?`", row):
            path = file or path
            source = (ROOT / "tests" / path).read_text() if path else ""
            missing += [test] if test and f"def {test}(" not in source else []

    assert table.count("test_") > 20
    assert missing == []
