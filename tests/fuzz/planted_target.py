"""A target with faults, which a campaign must find: the check of the check."""

import os

from tests.fuzz.targets import Run, Target


def _faulty() -> Run:
    def run(content: bytes) -> None:
        if content == b"slow":
            while True:
                pass
        if content == b"death":
            os.abort()
        if b"fault" in content:
            raise ValueError("planted")

    return run


TARGET = Target("planted", _faulty, lambda: (b"slow", b"death", b"a fault"), (b"fault",), (), 200)
