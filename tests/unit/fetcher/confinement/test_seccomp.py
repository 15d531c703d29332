import sys

import pytest

from services.fetcher.confinement import seccomp

pytestmark = pytest.mark.attack


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_of_system_calls_refuses_sockets_and_lets_others_go(machine: str) -> None:
    """Read as the kernel reads it: a tiny interpreter of the four instructions that are used."""
    architecture, number = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}[machine]
    assert decided(seccomp.instructions(machine), number, architecture) >> 16 == 5
    assert decided(seccomp.instructions(machine), 425, architecture) >> 16 == 5
    assert decided(seccomp.instructions(machine), 0, architecture) == 0x7FFF0000
    assert decided(seccomp.instructions(machine), 63, architecture) == 0x7FFF0000
    assert decided(seccomp.instructions(machine), 0x40000000 + number, architecture) >> 16 == 5
    assert decided(seccomp.instructions(machine), number, 0x40000003) == 0x80000000


def decided(code: bytes, number: int, architecture: int) -> int:
    steps = [
        (int.from_bytes(code[at : at + 2], sys.byteorder), code[at + 2], code[at + 3],
         int.from_bytes(code[at + 4 : at + 8], sys.byteorder))
        for at in range(0, len(code), 8)
    ]  # fmt: skip
    at = loaded = 0
    while True:
        kind, if_true, if_false, value = steps[at]
        at += 1
        if kind == 0x20:
            loaded = {0: number, 4: architecture}[value]
        elif kind == 0x06:
            return value
        else:
            at += if_true if (loaded == value if kind == 0x15 else loaded >= value) else if_false
