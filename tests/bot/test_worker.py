import json
import os
import pickle
import resource
import socket
import struct
import threading
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import sandbox, worker
from bot.services.unpack import unpack
from bot.worker import HEADER, Frame, Rules
from summariser.limits import Limits
from summariser.model import Document, Span

RULES = Rules(
    preload=("worker_jobs",),
    rehearse=(("worker_jobs:echo", ("a", [1])),),
    allowed=("worker_jobs.",),
    memory=2**30,
    seconds=10.0,
    result=1000,
    growth=2**40,
)


def order(name, *args, **kwargs):
    return bytearray(pickle.dumps((f"worker_jobs:{name}", args, kwargs)))


def test_rules_travel_as_text():
    assert Rules.from_text(RULES.to_text()) == RULES


def test_loading_notes_what_cannot_be_loaded_and_goes_on():
    rules = Rules(
        ("no_such", "worker_jobs"), (("worker_jobs:fail", ("x",)), ("os:getpid", ())), ("worker_jobs.",), 1, 1, 1, 1
    )

    problems = worker.load(rules)

    assert set(problems) == {"no_such", "worker_jobs:fail", "os:getpid"}
    assert problems["worker_jobs:fail"] == "ValueError: x"


def test_a_job_gives_its_result():
    kind, payload = worker.perform(order("echo", Span(1, 2), five=5), RULES)

    assert kind is Frame.RESULT
    assert unpack(payload) == [Span(1, 2), {"five": 5}]


def test_names_of_a_rooms_own_travel_as_plain_words():
    class Kind(StrEnum):
        PDF = "pdf"

    came = unpack(worker.pack(Document("", (), (), format=Kind.PDF)))

    assert came == Document("", (), (), format="pdf")
    assert type(came.format) is str


def test_a_result_over_the_bound_is_not_sent():
    assert worker.perform(order("echo", "x" * 2000), RULES) == (Frame.TOO_LARGE, b"")


def test_a_want_of_memory_is_told():
    assert worker.perform(order("allocate", 10**9), RULES) == (Frame.NO_MEMORY, b"")


@pytest.mark.parametrize(
    ("job", "error", "known", "message"),
    [
        (order("fail", "words of the text"), "ValueError", None, ""),
        (order("leave"), "SystemExit", None, ""),
        (order("_may_read", "x"), "PermissionError", None, ""),
        (order("nothing_of_this_name"), "AttributeError", None, ""),
        (bytearray(b"no pickle"), "UnpicklingError", None, ""),
        (order("fail_as_our_base"), "SummariserError", "SummariserError", "No."),
    ],
)
def test_an_error_is_told_without_words_of_the_text(job, error, known, message):
    kind, payload = worker.perform(job, RULES)

    told = json.loads(payload)
    assert kind is Frame.FAILED
    assert (told["error"], told["known"], told["message"]) == (error, known, message)
    assert any("worker.py" in place for place in told["where"])


@pytest.fixture
def served(monkeypatch):
    """Serve jobs in a thread of this process; yield a function that has one done."""
    monkeypatch.setattr(sandbox, "limit_next_job", lambda _: None)
    threads = []
    ours, theirs = socket.socketpair()

    def serve(rules, jobs):
        threads.append(threading.Thread(target=worker.serve, args=(theirs, rules, jobs)))
        threads[-1].start()
        return ours

    with ours, theirs:
        yield serve
        ours.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(10)


def hear(connection):
    kind, last, size = HEADER.unpack(connection.recv(HEADER.size, socket.MSG_WAITALL))
    return Frame(kind), last, connection.recv(size, socket.MSG_WAITALL) if size else b""


def ask(connection, job):
    connection.sendall(HEADER.pack(Frame.JOB.value, False, len(job)) + job)
    return hear(connection)[0], *hear(connection)


def test_a_worker_serves_as_many_jobs_as_it_was_made_for(served):
    connection = served(RULES, 2)

    first = ask(connection, order("echo", 1))
    second = ask(connection, order("echo", 2))

    assert first[:3] == (Frame.BEGUN, Frame.RESULT, False)
    assert second[:3] == (Frame.BEGUN, Frame.RESULT, True)


def test_a_worker_that_has_grown_says_that_it_stops(served, monkeypatch):
    connection = served(Rules(**{**{name: getattr(RULES, name) for name in RULES.__slots__}, "growth": -(2**40)}), 9)

    assert ask(connection, order("echo", 1))[:3] == (Frame.BEGUN, Frame.RESULT, True)


@pytest.mark.parametrize("sent", [b"", b"\0" * 3, HEADER.pack(Frame.JOB.value, False, 10) + b"half"])
def test_a_worker_stops_when_the_bot_hangs_up(sent):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(sent)
        ours.shutdown(socket.SHUT_WR)

        worker.serve(theirs, RULES, 5)  # comes back


def run_filter(steps, architecture, number):
    """Do what the kernel does with a filter; return its verdict."""
    data = struct.pack("=II", number, architecture)
    at = loaded = 0
    while True:
        code, if_true, if_false, operand = steps[at]
        at += 1
        match code:
            case sandbox._LOAD:
                (loaded,) = struct.unpack_from("=I", data, operand)
            case sandbox._IF_EQUAL:
                at += if_true if loaded == operand else if_false
            case sandbox._IF_AT_LEAST:
                at += if_true if loaded >= operand else if_false
            case sandbox._RETURN:
                return operand


@given(st.sampled_from(sorted(sandbox._REFUSED_CALLS)), st.integers(0, 600) | st.integers(0, 2**32 - 1))
def test_the_filter_refuses_the_listed_calls_and_no_others(machine, number):
    architecture, refused = sandbox._REFUSED_CALLS[machine]

    verdict = run_filter(sandbox._filter(architecture, refused), architecture, number)

    is_refused = number in refused or number >= 0x40000000
    assert verdict == (sandbox._REFUSE if is_refused else sandbox._ALLOW)


@given(st.integers(0, 2**32 - 1))
def test_the_filter_refuses_the_calls_of_other_architectures(architecture):
    own, refused = sandbox._REFUSED_CALLS["x86_64"]

    verdict = run_filter(sandbox._filter(own, refused), architecture, 0)

    assert (verdict == sandbox._ALLOW) == (architecture == own)


class OldKernel:
    """Answers as a kernel that knows neither Landlock nor seccomp, or not even the question before."""

    def __init__(self, privileges=0, landlock=-1):
        self.privileges = privileges
        self.answers = iter([landlock, -1, -1])

    def prctl(self, what, *_):
        return self.privileges if what == sandbox._PR_SET_NO_NEW_PRIVS else -1

    def syscall(self, *_):
        return next(self.answers)


@pytest.mark.parametrize(
    "kernel", [OldKernel(), OldKernel(privileges=-1), OldKernel(landlock=1), OldKernel(landlock=5)]
)
def test_walls_that_a_kernel_lacks_are_named(monkeypatch, kernel):
    monkeypatch.setattr(sandbox, "_libc", lambda: kernel)

    assert sandbox.confine(()) == ("landlock", "seccomp")


def test_walls_that_an_architecture_lacks_are_named(monkeypatch):
    monkeypatch.setattr(sandbox, "_libc", OldKernel)
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "", "", "", "s390x")))

    assert sandbox.confine(()) == ("landlock", "seccomp")


def test_other_systems_have_neither_wall(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", "darwin")

    assert sandbox.confine(()) == ("landlock", "seccomp")


def test_bounds_are_set_above_what_is_mapped(monkeypatch):
    bounds = {}
    monkeypatch.setattr(resource, "setrlimit", bounds.__setitem__)

    sandbox.limit(2**20, 2.5)

    assert bounds[resource.RLIMIT_CPU] == (4, 4)
    assert bounds[resource.RLIMIT_FSIZE] == bounds[resource.RLIMIT_CORE] == (0, 0)
    assert bounds[resource.RLIMIT_AS][0] > 2**20


def test_without_proc_a_gibibyte_is_left_for_the_libraries(monkeypatch):
    def refuse(*_):
        raise FileNotFoundError

    monkeypatch.setattr("pathlib.Path.read_text", refuse)

    assert sandbox._mapped() == 2**30


def test_each_job_has_its_own_processor_time_within_the_workers(monkeypatch):
    bounds = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, bound: bounds.append(bound))
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    sandbox.limit_next_job(10)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (5, 5))
    sandbox.limit_next_job(10)

    assert bounds[0][0] >= 11
    assert bounds[1] == (5, 5)


def test_a_worker_reads_the_packages_it_runs_and_not_what_lies_beside_them():
    readable = sandbox.program_files(["summariser.limits", "worker_jobs", "no_such"])

    home = Path(sandbox.__file__).parents[1]
    assert str(home / "summariser") in readable
    assert str(home) not in readable


def test_limits_travel_to_workers():
    assert pickle.loads(pickle.dumps(Limits(bytes=5))) == Limits(bytes=5)
