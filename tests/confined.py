"""Run a command as deploy/ has the bot run: nobody's process, on a read-only system, with few system calls.

    python tests/confined.py FOLDER [CALL...] -- COMMAND...

As root it gets a mount namespace of its own, in which FOLDER is /mnt/data and all else but an empty /tmp is read-only;
it becomes a user without a home and without privileges. Not as root the system stays as it is, which is read-only for
it as far as it goes. With CALLs everything but those system calls is refused, as systemd does it.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

NOBODY = 65534
DATA = Path("/mnt/data")
TMP = Path("/tmp")

_CLONE_NEWNS = 0x00020000
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_LAST_CAPABILITY = 40
# <seccomp.h>: SCMP_ACT_ALLOW, and SCMP_ACT_ERRNO(EPERM).
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1

_libc = ctypes.CDLL(None, use_errno=True)


def main(folder: Path, calls: Sequence[str], command: Sequence[str]) -> None:
    """Become the command, confined."""
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        _wall_off(folder)
        os.chdir(DATA)
        _drop_privileges()
    else:
        os.chdir(folder)
    _must(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    os.umask(0o077)
    if calls:
        _allow_only(calls)
    os.execv(command[0], command)


def _wall_off(folder: Path) -> None:
    """Leave nothing to be written but the folder and an empty /tmp."""
    _must(_libc.unshare(_CLONE_NEWNS))
    _mount("--make-rprivate", "/")
    _mount("-t", "tmpfs", "-o", "mode=755", "none", "/mnt")
    DATA.mkdir()
    _mount("--bind", str(folder), str(DATA))
    brought = dict(_locked_up())
    for number, (place, needed) in enumerate(brought.items()):
        _bring_out(place, needed, Path(f"/mnt/{number}"))
    if TMP not in brought:
        _mount("-t", "tmpfs", "-o", "mode=1777,size=256m", "none", str(TMP))
    for place in ("/", "/mnt"):
        _mount("-o", "remount,bind,ro", place)


def _locked_up() -> Iterator[tuple[Path, list[Path]]]:
    """Yield each folder that only its owner may enter, and /tmp, with what of Python and of the project lies in it."""
    found: dict[Path, list[Path]] = {}
    for needed in map(Path, {sys.prefix, sys.base_prefix, str(Path(__file__).parents[1])}):
        closed = [parent for parent in reversed(needed.parents) if parent == TMP or not parent.stat().st_mode & 0o001]
        if closed:
            found.setdefault(closed[0], []).append(needed)
    yield from found.items()


def _bring_out(place: Path, needed: Sequence[Path], stash: Path) -> None:
    """Put an open folder in place of a closed one, that has what is needed of it and nothing else."""
    for number, path in enumerate(needed):
        kept = stash / str(number)
        kept.mkdir(parents=True)
        _mount("--bind", str(path), str(kept))
    _mount("-t", "tmpfs", "-o", f"mode={1777 if place == TMP else 755}", "none", str(place))
    for number, path in enumerate(needed):
        path.mkdir(parents=True, exist_ok=True)
        _mount("--move", str(stash / str(number)), str(path))
        _mount("-o", "remount,bind,ro", str(path))


def _drop_privileges() -> None:
    for capability in range(_LAST_CAPABILITY + 1):
        _must(_libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0))
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _allow_only(calls: Sequence[str]) -> None:
    """Have every other system call refused."""
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(_REFUSE)))
    for call in calls:
        number = seccomp.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:  # below: not on this machine's architecture
            seccomp.seccomp_rule_add(rules, ctypes.c_uint32(_ALLOW), number, 0)
    if seccomp.seccomp_load(rules):
        raise OSError("the filter was not taken")


def _mount(*arguments: str) -> None:
    subprocess.run(["/bin/mount", *arguments], check=True)


def _must(status: int) -> None:
    if status:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    parting = sys.argv.index("--")
    main(Path(sys.argv[1]), sys.argv[2:parting], sys.argv[parting + 1 :])
