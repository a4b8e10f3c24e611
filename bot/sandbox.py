"""Walls around a worker process, so that a file which takes over its reader gains nothing.

POSIX limits bound what it can use up. On Linux, Landlock leaves it the program's own files to read and nothing to
write, and seccomp takes away sockets, programs, processes and the memory of others. Where a kernel lacks one of these,
the others stand, and `confine` tells which is missing.
"""

import ctypes
import errno
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterable, Sequence
from math import ceil
from pathlib import Path

# <linux/prctl.h>
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38

# <linux/landlock.h>; the system calls have the same numbers on every architecture.
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_VERSION = 1
_LANDLOCK_PATH_BENEATH = 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_EVERY_FILE_RIGHT = (1 << 13) - 1  # those that the first version knows: execute, write, create, remove ...
_EVERY_TCP_RIGHT = 0b11  # bind and connect, from version 4
_EVERY_SCOPE = 0b11  # abstract sockets, and signals to processes outside, from version 6

# <linux/seccomp.h>, <linux/bpf_common.h>, <linux/audit.h>
_SECCOMP_FILTER = 2
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.EPERM
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_X32_BIT = 0x40000000  # the same calls under other numbers on x86-64

# What no reader needs: the network, other programs, further processes or threads, other processes' memory and
# descriptors, and the kernel's wide-open doors. In this order: socket execve execveat clone clone3 (fork vfork) ptrace
# process_vm_readv process_vm_writev pidfd_getfd io_uring_setup bpf userfaultfd perf_event_open unshare setns mount
# add_key request_key keyctl.
_REFUSED_CALLS = {
    "x86_64": (
        0xC000003E,
        (41, 59, 322, 56, 435, 57, 58, 101, 310, 311, 438, 425, 321, 323, 298, 272, 308, 165, 248, 249, 250),
    ),
    "aarch64": (
        0xC00000B7,
        (198, 221, 281, 220, 435, 117, 270, 271, 438, 425, 280, 282, 241, 97, 268, 40, 217, 218, 219),
    ),
}

# Besides the interpreter and the packages: shared libraries, time zones, and what the standard library looks up.
_SYSTEM_FILES = (
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/mime.types",
    "/dev/null",
    "/dev/urandom",
)


def die_with(parent: int) -> None:
    """Have the kernel kill this process as soon as its parent is gone, however that ended. Linux only."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it went before the kernel was told
        os._exit(1)


def limit(memory: int, cpu_seconds: float) -> None:
    """Bound this process: `memory` bytes of address space beyond what it has now, no files written, no core dump."""
    hard_cpu = ceil(cpu_seconds) + 1
    bounds = {
        resource.RLIMIT_CPU: hard_cpu,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 32,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_AS: _mapped() + memory,
    }
    for kind, bound in bounds.items():
        resource.setrlimit(kind, (bound, bound))


def limit_next_job(seconds: float) -> None:
    """Let the coming job use this much processor time at most; SIGXCPU ends the process after it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = ceil(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def program_files(modules: Iterable[str]) -> tuple[str, ...]:
    """Return the directories and files that a worker may read: the interpreter's, the packages', the system's."""
    prefixes = [Path(prefix, name) for prefix in (sys.prefix, sys.base_prefix) for name in ("lib", "lib64")]
    packages = [Path(place) for place in sys.path if place.endswith(("site-packages", "dist-packages"))]
    roots = (sys.modules.get(module.partition(".")[0]) for module in modules)
    homes = [Path(root.__file__).parent for root in roots if root is not None and root.__file__]
    return tuple(dict.fromkeys(map(str, (*prefixes, *packages, *homes, *_SYSTEM_FILES))))


def confine(readable: Sequence[str]) -> tuple[str, ...]:
    """Take away files, network, programs and processes for good; return the names of walls this system lacks."""
    if sys.platform != "linux":
        return ("landlock", "seccomp")
    if _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return ("landlock", "seccomp")
    walls = {"landlock": _restrict_files(readable), "seccomp": _refuse_calls()}
    return tuple(name for name, stands in walls.items() if not stands)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _mapped() -> int:
    """Return the bytes of address space in use; shared libraries count."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:  # no /proc: a gibibyte holds the libraries with room to spare
        return 2**30
    return pages * resource.getpagesize()


def landlock_version() -> int:
    """Return the version of Landlock that the kernel speaks, less than 1 for none."""
    return int(_libc().syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_VERSION))


def _restrict_files(readable: Sequence[str]) -> bool:
    libc = _libc()
    version = landlock_version()
    if version < 1:
        return False
    # Each version of the interface knows one field more of the same structure.
    known = 1 if version < 4 else 2 if version < 6 else 3
    rights = struct.pack(f"{known}Q", *(_EVERY_FILE_RIGHT, _EVERY_TCP_RIGHT, _EVERY_SCOPE)[:known])
    rules = libc.syscall(_LANDLOCK_CREATE_RULESET, rights, ctypes.c_size_t(len(rights)), 0)
    if rules < 0:
        return False
    for path in readable:
        _let_read(libc, rules, path)
    stands = bool(libc.syscall(_LANDLOCK_RESTRICT_SELF, rules, 0) == 0)
    os.close(rules)
    return stands


def _let_read(libc: ctypes.CDLL, rules: int, path: str) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # this system keeps no such file
        return
    rights = _READ_FILE | _READ_DIR if Path(path).is_dir() else _READ_FILE
    rule = struct.pack("=Qi", rights, place)
    libc.syscall(_LANDLOCK_ADD_RULE, rules, _LANDLOCK_PATH_BENEATH, rule, 0)
    os.close(place)


def _refuse_calls() -> bool:
    machine = os.uname().machine
    if machine not in _REFUSED_CALLS:
        return False
    steps = _filter(*_REFUSED_CALLS[machine])
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HP", len(steps), ctypes.addressof(code))
    return bool(_libc().prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, program, 0, 0) == 0)


def _filter(architecture: int, refused: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Return the filter's instructions: operation, steps to skip if true, if false, operand."""
    checks = len(refused)
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 0, checks + 3, architecture),
        (_LOAD, 0, 0, _NUMBER),
        (_IF_AT_LEAST, checks + 1, 0, _X32_BIT),
        *((_IF_EQUAL, checks - number, 0, call) for number, call in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
