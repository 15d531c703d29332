"""A filter of system calls for what Landlock does not cover: no sockets, no looking into other processes.

https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

import ctypes
import errno
import platform
import struct
import sys
from collections.abc import Callable

_SET_SECCOMP, _FILTER = 22, 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
_X32 = 0x40000000

# Numbers of: socket, ptrace, process_vm_readv, process_vm_writev, mount, umount2, pivot_root, unshare, setns, bpf,
# perf_event_open, userfaultfd, add_key, request_key, keyctl, kexec_load, init_module; the rest are the same on both.
_OWN = {
    "x86_64": (0xC000003E, (41, 101, 310, 311, 165, 166, 155, 272, 308, 321, 298, 323, 248, 249, 250, 246, 175)),
    "aarch64": (0xC00000B7, (198, 117, 270, 271, 40, 39, 41, 97, 268, 280, 241, 282, 217, 218, 219, 104, 105)),
}
_COMMON = (425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442)
"""io_uring (which opens sockets of its own), the newer calls to mount, pidfd_getfd."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def is_usable() -> bool:
    return sys.platform == "linux" and platform.machine() in _OWN and sys.maxsize > 2**32


def restriction() -> Callable[[], None]:
    """A `preexec_fn`, for a process that has given up new privileges. Raises OSError."""
    code = instructions(platform.machine())
    program = _Program(len(code) // 8, code)

    def apply() -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "seccomp was refused")

    return apply


def instructions(machine: str) -> bytes:
    """The filter: another architecture's calls end the process, those listed are refused, all others go on."""
    architecture, own = _OWN[machine]
    refused = (*own, *_COMMON)
    code = [
        _step(_LOAD | 0, 0, 0, _ARCHITECTURE_AT),
        _step(_EQUAL, 1, 0, architecture),
        _step(_RETURN, 0, 0, _KILL),
        _step(_LOAD, 0, 0, _NUMBER_AT),
        _step(_AT_LEAST, len(refused) + 1, 0, _X32),
        *(_step(_EQUAL, len(refused) - place, 0, number) for place, number in enumerate(refused)),
        _step(_RETURN, 0, 0, _ALLOW),
        _step(_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(code)


def _step(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
