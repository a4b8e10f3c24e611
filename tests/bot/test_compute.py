import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot import sandbox
from bot.services.compute import PRELOAD, Compute
from bot.services.errors import WorkerDiedError
from bot.worker import HEADER, Frame
from summariser.errors import EmptyFileError, SummariserError
from summariser.limits import Limits
from summariser.model import Span

JOBS = {"preload": ("worker_jobs",), "rehearse": (), "allowed": ("worker_jobs.",), "reader": "worker_jobs:prepare"}


landlock = pytest.mark.skipif(sandbox.landlock_version() < 1, reason="this kernel has no Landlock")
landlock_6 = pytest.mark.skipif(sandbox.landlock_version() < 6, reason="this kernel's Landlock leaves signals alone")
seccomp = pytest.mark.skipif(
    os.uname().machine not in sandbox._REFUSED_CALLS, reason="no list of system calls for this architecture"
)


def computing(**options):
    return Compute(**JOBS | {"seconds": 10, "memory_mib": 128} | options)


@pytest.fixture
async def compute():
    async with computing() as running:
        yield running


def lives(pid):
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def environment(pid):
    """Return what a process was started with."""
    return Path(f"/proc/{pid}/environ").read_bytes()


async def ended(*pids):
    """Wait until processes are gone."""
    async with asyncio.timeout(40):
        while any(map(lives, pids)):  # noqa: ASYNC110 - nothing tells of the end of a process that is not our child
            await asyncio.sleep(0.01)


async def died(awaitable):
    with pytest.raises(WorkerDiedError) as caught:
        await awaitable
    return str(caught.value)


# What comes back


async def test_a_function_gets_its_arguments_and_its_result_comes_back(compute):
    assert await compute.run("worker_jobs:echo", 1, "zwei", Span(3, 4), five=[6.0]) == [
        1,
        "zwei",
        Span(3, 4),
        {"five": [6.0]},
    ]


async def test_a_file_is_read(compute):
    reading = await compute.read("Der Fluss stieg über Nacht.".encode(), "river.txt", Limits())

    assert reading.document.text == "Der Fluss stieg über Nacht."
    assert reading.sentences == ((Span(0, 27),),)


async def test_ten_megabytes_go_in_and_come_out(compute):
    data = b"x" * (10 * 2**20)

    reading = await compute.read(data, "large.txt", Limits())

    assert len(reading.document.text) == len(data)


async def test_our_own_errors_come_back_as_themselves(compute):
    with pytest.raises(EmptyFileError, match=r"“a\.txt” is empty"):
        await compute.run("worker_jobs:fail_as_ours", "a.txt")
    with pytest.raises(EmptyFileError, match=r"“b\.txt” is empty"):
        await compute.read(b"empty", "b.txt", Limits())
    with pytest.raises(SummariserError, match="No"):
        await compute.run("worker_jobs:fail_as_our_base")


async def test_a_subclass_that_this_process_does_not_know_comes_back_as_its_base(compute):
    with pytest.raises(EmptyFileError, match=r"“a\.txt” is empty"):
        await compute.run("worker_jobs:fail_as_a_subclass_of_ours", "a.txt")


async def test_a_bug_is_logged_where_it_happened_without_the_text(compute, caplog):
    told = await died(compute.run("worker_jobs:fail", "The harbour master's secret"))

    record = next(record for record in caplog.records if record.message == "a job failed")
    assert "mistake of mine" in told
    assert record.job == "worker_jobs:fail"
    assert "ValueError" in record.error
    assert "worker_jobs.py" in record.where
    assert "secret" not in told + str(record.__dict__)


async def test_only_allowed_modules_are_run(compute):
    for name in ("os:getpid", "worker_jobs:_may_read", "worker_jobs:os.getpid", "worker_jobs_too:pid", ":", ""):
        assert "mistake of mine" in await died(compute.run(name))


# What a job may do to its worker


@pytest.mark.parametrize(
    ("job", "why"),
    [
        ("crash", "its reader crashed"),
        ("segfault", "its reader crashed"),
        ("vanish", "its reader crashed"),
        ("leave", "mistake of mine"),
        ("be_ended_by_the_system", "the system stopped its reader"),
        ("run_out_of_processor_time", "it took longer than 10 s"),
    ],
)
async def test_a_worker_that_dies_costs_one_error(compute, job, why):
    told = await died(compute.run(f"worker_jobs:{job}"))

    assert why in told
    assert await compute.run("worker_jobs:echo", 1) == [1]


@pytest.mark.trust("file-crash")
async def test_a_reader_that_dies_names_the_file(compute):
    told = await died(compute.read(b"crash", "bad.pdf", Limits()))

    assert told.startswith("“bad.pdf” could not be read: its reader crashed.")
    assert (await compute.read(b"ok", "good.txt", Limits())).document.text == "ok"


@pytest.mark.parametrize("job", ["hang", "spin"])
@pytest.mark.trust("file-bounds")
async def test_a_job_without_end_is_ended(job):
    async with computing(seconds=0.3) as compute:
        told = await died(compute.run(f"worker_jobs:{job}"))

        assert "it took longer than 0.3 s" in told
        assert await compute.run("worker_jobs:echo", 1) == [1]


async def test_a_file_that_is_never_done_is_given_up_and_its_process_killed():
    async with computing(seconds=0.3) as compute:
        await compute.ready()
        reading = asyncio.create_task(compute.read(b"hang", "slow.pdf", Limits()))
        await asyncio.sleep(0.1)
        (busy,) = [worker.pid for worker in compute._busy]

        told = await died(reading)

        assert "“slow.pdf” could not be read: it took longer than 0.3 s" in told
        await ended(busy)


@pytest.mark.trust("file-bounds")
async def test_a_job_that_wants_too_much_memory_says_so(compute):
    assert "more than 128 MiB of memory" in await died(compute.run("worker_jobs:allocate", 200))
    assert await compute.run("worker_jobs:allocate", 50) == 50 * 2**20


async def test_a_job_that_does_not_even_fit_into_memory_says_so(compute):
    assert "more than 128 MiB of memory" in await died(compute.run("worker_jobs:echo", bytes(140 * 2**20)))
    assert await compute.run("worker_jobs:echo", 1) == [1]


async def test_a_result_that_is_too_large_is_refused():
    async with computing(memory_mib=512, result_mib=5) as compute:
        assert "it came to more than 5 MiB" in await died(compute.run("worker_jobs:large", 6))


@pytest.mark.trust("file-bounds")
async def test_one_job_that_dies_leaves_the_others_alone(compute):
    napping = asyncio.create_task(compute.run("worker_jobs:nap", 0.2))

    await died(compute.read(b"crash", "bad.pdf", Limits()))

    assert await napping > 0


# What a hostile file finds


@pytest.mark.trust("file-alone")
async def test_each_file_is_read_in_a_process_of_its_own(compute):
    await compute.read(b"the secret of another desk", "a.txt", Limits())
    first = await compute.read(b"pid", "b.txt", Limits())
    second = await compute.read(b"pid", "c.txt", Limits())
    seen = await compute.read(b"seen", "d.txt", Limits())

    assert first.document.text != second.document.text
    assert seen.document.text == "[]"


@pytest.mark.trust("file-walls")
async def test_workers_inherit_no_secrets(monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "a-token-to-guard")
    async with computing() as compute:
        await compute.ready()
        facts = await compute.run("worker_jobs:facts")
        environments = [environment(pid) for pid in (*compute.pids, compute.nursery_pid)]

    assert "DISCORD_TOKEN" not in facts["environment"]
    assert not any(b"a-token-to-guard" in held for held in environments)


async def test_workers_inherit_no_open_files(tmp_path):
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        async with computing() as compute:
            facts = await compute.run("worker_jobs:facts")

    assert facts["descriptors"][:3] == [0, 1, 2]
    assert len(facts["descriptors"]) == 4


async def test_workers_hold_nothing_of_the_application(compute):
    facts = await compute.run("worker_jobs:facts")

    assert facts["loaded"] == []
    assert facts["main"] is None
    assert facts["threads"] == 1


async def test_workers_are_out_of_reach_of_the_terminal(compute):
    facts = await compute.run("worker_jobs:facts")

    assert facts["session"] != os.getsid(0)
    assert facts["interrupt"]
    assert facts["terminate"]


@seccomp
@pytest.mark.parametrize("what", ["socket", "program", "exec", "fork", "thread", "many files"])
@pytest.mark.trust("file-walls")
async def test_a_worker_has_no_network_and_starts_nothing(compute, what):
    assert await compute.run("worker_jobs:attempt", what) in {"PermissionError", "RuntimeError", "OSError"}


@landlock
@pytest.mark.parametrize("what", ["write", "append", "remove", "read"])
@pytest.mark.trust("file-walls")
async def test_a_worker_can_touch_none_of_the_bots_files(compute, tmp_path, what):
    database = tmp_path / "verbatim.db"
    database.write_text("rows")

    outcome = await compute.run("worker_jobs:attempt", what, str(database))

    assert outcome == "PermissionError"
    assert database.read_text() == "rows"


async def test_a_worker_can_read_what_its_libraries_need(compute):
    assert await compute.run("worker_jobs:attempt", "read", os.__file__) == "done"
    assert await compute.run("worker_jobs:attempt", "import", "wave") == "done"


@landlock_6
@pytest.mark.trust("file-walls")
async def test_a_worker_cannot_signal_the_bot(compute):
    assert await compute.run("worker_jobs:attempt", "signal", os.getpid()) == "PermissionError"


async def test_workers_leave_no_core_dump(compute):
    assert (await compute.run("worker_jobs:facts"))["core"] == (0, 0)


@pytest.mark.trust("file-answers")
async def test_a_result_that_would_run_a_command_is_refused(compute, caplog):
    told = await died(compute.run("worker_jobs:command"))

    assert "makes no sense" in told
    assert any("system" in getattr(record, "answer", "") for record in caplog.records)


@pytest.mark.parametrize("data", [b"summary", b"misplaced"])
@pytest.mark.trust("file-answers")
async def test_a_reading_that_is_none_is_refused(compute, data):
    assert "makes no sense" in await died(compute.read(data, "a.txt", Limits()))


def frame(kind, payload=b"", *, last=False, size=None):
    return HEADER.pack(kind, last, len(payload) if size is None else size) + payload


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (frame(b"?"), "its reader crashed"),
        (frame(Frame.RESULT.value, size=2**60), "its reader crashed"),
        (frame(Frame.BEGUN.value), "makes no sense"),
        (frame(Frame.RESULT.value, b"no pickle"), "makes no sense"),
        (frame(Frame.FAILED.value, b"no json"), "makes no sense"),
        (frame(Frame.FAILED.value, b"[]"), "makes no sense"),
        (frame(Frame.FAILED.value, b"{}"), "makes no sense"),
        (frame(Frame.FAILED.value, json.dumps({"known": "SummariserError"}).encode()), "makes no sense"),
        (
            frame(Frame.FAILED.value, json.dumps({"known": 5, "message": 5, "error": 5, "where": 5}).encode()),
            "mistake of mine",
        ),
        (
            frame(
                Frame.FAILED.value, json.dumps({"known": "Sequence", "message": "", "error": "", "where": []}).encode()
            ),
            "mistake of mine",
        ),
    ],
)
@pytest.mark.trust("file-answers")
async def test_a_hijacked_worker_can_say_what_it_likes(compute, raw, why):
    told = await died(compute.run("worker_jobs:say", raw, "hang"))

    assert why in told
    assert await compute.run("worker_jobs:echo", 1) == [1]


async def test_a_worker_that_stops_within_a_sentence_has_crashed(compute):
    told = await died(compute.run("worker_jobs:say", frame(Frame.RESULT.value, size=1000), "end"))

    assert "its reader crashed" in told


async def test_a_worker_that_says_half_a_sentence_is_given_up():
    async with computing(seconds=0.3) as compute:
        told = await died(compute.run("worker_jobs:say", frame(Frame.RESULT.value, size=1000), "hang"))

        assert "longer than 0.3 s" in told


# Turns


async def test_jobs_wait_for_a_worker_in_their_order():
    async with computing(workers=1) as compute:
        done = []

        async def work(number):
            done.append(await compute.run("worker_jobs:echo", number))

        await asyncio.gather(*map(work, range(6)))

    assert done == [[number] for number in range(6)]


async def test_no_more_jobs_run_at_once_than_there_are_workers(compute):
    pids = await asyncio.gather(*(compute.run("worker_jobs:nap", 0.05) for _ in range(6)))

    assert len(set(pids)) == 2


async def test_workers_stay_for_the_next_job(compute):
    first = await compute.run("worker_jobs:pid")

    assert await compute.run("worker_jobs:pid") == first


async def test_a_worker_is_replaced_after_so_many_jobs():
    async with computing(jobs_per_worker=2) as compute:
        pids = [await compute.run("worker_jobs:pid") for _ in range(4)]

    assert pids[0] == pids[1] != pids[2] == pids[3]


async def test_a_worker_that_has_grown_is_replaced():
    async with computing(growth_mib=10) as compute:
        first = await compute.run("worker_jobs:pid")
        await compute.run("worker_jobs:large", 30)

        assert await compute.run("worker_jobs:pid") != first


async def test_a_cancelled_job_ends_with_its_worker():
    async with computing(workers=1) as compute:
        pid = await compute.run("worker_jobs:pid")
        hanging = asyncio.create_task(compute.run("worker_jobs:hang"))
        await asyncio.sleep(0.05)

        hanging.cancel()

        with pytest.raises(asyncio.CancelledError):
            await hanging
        await ended(pid)
        assert await compute.run("worker_jobs:echo", 1) == [1]


async def test_a_job_cancelled_while_its_worker_starts_leaves_the_worker_to_the_next():
    async with computing(workers=1, spares=1) as compute:
        waiting = asyncio.create_task(compute.run("worker_jobs:pid"))
        await asyncio.sleep(0.01)

        waiting.cancel()

        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await compute.run("worker_jobs:echo", 1) == [1]


async def test_starts_that_are_cancelled_with_the_loop_leave_nothing_open(compute):
    starting = [*compute._spares._hired]
    await asyncio.sleep(0.01)

    for hired in starting:
        hired.cancel()

    await asyncio.wait(starting)
    assert (await compute.read(b"ok", "a.txt", Limits())).document.text == "ok"


# Beginnings and ends


async def test_workers_stand_by_before_the_first_job(compute):
    await compute.ready()

    assert len(compute.pids) == 3
    assert all(map(lives, (*compute.pids, compute.nursery_pid)))


async def test_the_libraries_of_workers_are_importable_or_told(caplog):
    async with computing(
        preload=("worker_jobs", "no_such_library"), rehearse=(("worker_jobs:fail", ("x",)),)
    ) as compute:
        await compute.ready()
        assert await compute.run("worker_jobs:echo", 1) == [1]

    told = {record.function_or_module: record.why for record in caplog.records}
    assert told == {
        "no_such_library": "ModuleNotFoundError: No module named 'no_such_library'",
        "worker_jobs:fail": "ValueError: x",
    }


async def test_what_was_rehearsed_is_ready_in_every_worker():
    async with computing(rehearse=(("worker_jobs:remember", ("a table",)),)) as compute:
        reading = await compute.read(b"seen", "a.txt", Limits())

    assert reading.document.text == "['a table']"


async def test_each_worker_warms_up_once_and_a_job_that_fails_at_it_costs_nothing():
    warm = (("worker_jobs:fail", ("x",)), ("worker_jobs:remember", ("warm",)))

    async with computing(warm=warm) as compute:
        readings = [await compute.read(b"seen", "a.txt", Limits()) for _ in range(2)]

    assert [reading.document.text for reading in readings] == ["['warm']", "['warm']"]


async def test_a_spare_is_replaced_once_its_work_is_done(compute):
    await compute.ready()
    first, second = compute._spares._hired

    await compute.read(b"x", "a.txt", Limits())

    replaced = [*compute._spares._hired]
    assert replaced[0] is second
    assert len(replaced) == 2
    assert first not in replaced


async def test_a_system_with_lower_walls_is_told(compute, caplog):
    await compute.ready()
    nursery = compute._nursery
    nursery._told = False

    nursery._tell({}, ["landlock"])
    nursery._tell({}, ["landlock"])

    assert [record.missing for record in caplog.records] == [["landlock"]]


async def test_a_spare_that_died_waiting_is_not_noticed_by_the_next_file(compute):
    await compute.ready()
    for pid in compute.pids:
        os.kill(pid, signal.SIGKILL)

    assert (await compute.read(b"ok", "a.txt", Limits())).document.text == "ok"
    assert await compute.run("worker_jobs:echo", 1) == [1]


async def test_the_end_of_waiting_workers_is_noticed(compute):
    await compute.ready()
    for pid in compute.pids:
        os.kill(pid, signal.SIGKILL)

    async with asyncio.timeout(40):
        while compute.pids:  # noqa: ASYNC110 - nobody waits for this but us
            await asyncio.sleep(0.01)

    assert await compute.run("worker_jobs:echo", 1) == [1]


async def test_the_nursery_is_replaced_when_it_dies(compute, caplog):
    await compute.ready()
    nursery, workers = compute.nursery_pid, compute.pids
    hanging = asyncio.create_task(compute.run("worker_jobs:hang"))
    await asyncio.sleep(0.05)

    os.kill(nursery, signal.SIGKILL)

    assert (await compute.read(b"ok", "a.txt", Limits())).document.text == "ok"  # noticed yet or not
    assert "its reader crashed" in await died(hanging)
    await ended(nursery, *workers)
    assert await compute.run("worker_jobs:echo", 1) == [1]
    assert compute.nursery_pid not in {nursery, None}
    assert "the workers' parent process ended" in caplog.messages


@pytest.mark.parametrize("program", ["/bin/false", "/no/such/program"])
async def test_workers_that_cannot_be_started_are_told(monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)

    async with computing() as compute:
        assert "no worker process could be started" in await died(compute.ready())
        assert "no worker process could be started" in await died(compute.read(b"ok", "a.txt", Limits()))
        assert compute.nursery_pid is None


async def test_too_many_open_files_are_told(compute, monkeypatch):
    await compute.ready()

    def refuse(*_):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("socket.socketpair", refuse)
    for hired in compute._spares._hired:
        hired.result().end()
    compute._spares._hired.clear()

    assert "no worker process could be started" in await died(compute.read(b"ok", "a.txt", Limits()))


async def test_a_death_that_nobody_reports_is_a_crash(compute):
    await compute.ready()
    os.kill(compute.nursery_pid, signal.SIGSTOP)

    assert "its reader crashed" in await died(compute.run("worker_jobs:crash"))

    os.kill(compute.nursery_pid, signal.SIGCONT)
    assert await compute.run("worker_jobs:echo", 1) == [1]


async def test_closing_ends_all_processes_and_the_jobs_in_hand():
    async with computing() as compute:
        await compute.ready()
        nursery, workers = compute.nursery_pid, compute.pids
        jobs = [asyncio.create_task(compute.run("worker_jobs:hang")) for _ in range(3)]
        await asyncio.sleep(0.05)

    assert not lives(nursery)
    await ended(*workers)
    for job in jobs:
        assert "I am shutting down" in await died(job)
    assert "I am shutting down" in await died(compute.read(b"ok", "a.txt", Limits()))


async def test_closing_while_workers_start_is_no_cancellation():
    async with computing() as compute:
        job = asyncio.create_task(compute.run("worker_jobs:echo", 1))
        await asyncio.sleep(0)
        standing_by = asyncio.create_task(compute.ready())
        await asyncio.sleep(0)

    await died(job)
    await died(standing_by)


async def test_a_nursery_that_does_not_hear_is_killed():
    async with computing() as compute:
        await compute.ready()
        nursery, workers = compute.nursery_pid, compute.pids
        os.kill(nursery, signal.SIGSTOP)

    assert not lives(nursery)
    await ended(*workers)


PROGRAM = """
import asyncio, os, sys

os.write(1, b"started\\n")
sys.path.insert(0, {tests!r})
from bot.services.compute import Compute

async def main():
    async with Compute(preload=("worker_jobs",), rehearse=(), allowed=("worker_jobs.",), seconds=60) as compute:
        await compute.ready()
        hanging = asyncio.create_task(compute.run("worker_jobs:hang"))
        await asyncio.sleep(0.1)
        print(*compute.pids, compute.nursery_pid, flush=True)
        await hanging

asyncio.run(main())
"""


@pytest.mark.parametrize("how", ["script", "stdin"])
def test_no_process_outlives_a_bot_that_is_killed(tmp_path, how):
    program = textwrap.dedent(PROGRAM).format(tests=str(Path(__file__).parent))
    script = tmp_path / "main.py"
    script.write_text(program)
    source = script.open("rb")
    arguments = [sys.executable, str(script)] if how == "script" else [sys.executable, "-"]
    with (
        source,
        subprocess.Popen(arguments, stdin=source, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as bot,
    ):
        try:
            assert bot.stdout.readline() == b"started\n"
            pids = list(map(int, bot.stdout.readline().split()))
        finally:
            bot.kill()
        rest = bot.stdout.read()

    assert len(pids) == 4
    assert rest == b""
    asyncio.run(ended(*pids))


def test_what_workers_load_can_be_found():
    assert all(find_spec(name.partition(".")[0]) for name in PRELOAD)
