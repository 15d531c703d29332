"""The fence that a process puts around itself: Landlock for files and, with seccomp, no network.

https://docs.kernel.org/userspace-api/landlock.html; system calls have the same numbers on every architecture.
"""

import ctypes
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from services.fetcher.confinement import seccomp
from services.fetcher.confinement.bounds import DEVICES, Bounds

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_LOOK = _EXECUTE | _READ_FILE | _READ_DIR
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_BIND_AND_CONNECT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("rights", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Landlock's version in this kernel; 0 where it has none or it is off."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))))


def is_usable() -> bool:
    return version() > 0 and seccomp.is_usable()


def restriction(bounds: Bounds) -> Callable[[], None]:
    """A `preexec_fn` after which the process, and all that it starts, sees only what `bounds` say. Raises OSError."""
    abi = version()
    everything = (1 << _RIGHTS[min(abi, max(_RIGHTS))]) - 1
    rules = [
        *((path, _LOOK) for path in bounds.visible()),
        *((Path(device), _READ_FILE | _WRITE_FILE | _IOCTL) for device in (*DEVICES, *bounds.devices)),
        (bounds.folder, everything),
    ]
    ruleset = _ruleset(abi, everything)
    no_network = seccomp.restriction()

    def apply() -> None:
        made = _checked(_CREATE_RULESET, ctypes.byref(ruleset), _size(abi), ctypes.c_uint32(0))
        for path, rights in rules:
            _allow(made, path, rights & everything)
        _prctl(_NO_NEW_PRIVS, 1)
        _checked(_RESTRICT_SELF, ctypes.c_int(made), ctypes.c_uint32(0))
        os.close(made)
        no_network()

    return apply


def _ruleset(abi: int, everything: int) -> _Ruleset:
    network = _BIND_AND_CONNECT if abi >= 4 else 0
    return _Ruleset(everything, network, _ABSTRACT_SOCKETS_AND_SIGNALS if abi >= 6 else 0)


def _size(abi: int) -> ctypes.c_size_t:
    """What the kernel of that version knows of the structure."""
    return ctypes.c_size_t(24 if abi >= 6 else 16 if abi >= 4 else 8)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        rule = _Beneath(rights if is_folder else rights & _OF_FILES, descriptor)
        _checked(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(descriptor)


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl was refused")


def _checked(number: int, *arguments: object) -> int:
    result = _syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"Landlock was refused (system call {number})")
    return result


def _syscall(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return int(libc.syscall(ctypes.c_long(number), *arguments))
