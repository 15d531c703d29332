"""Which modules of the project are entered while something happens, in the order of their first call."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).parents[3]
ROOMS = ("services", "shared")


class Entries:
    """Notes each module of which a function is called, by `sys.setprofile`, in all threads begun within `hooked`.

    https://docs.python.org/3/library/sys.html#sys.setprofile
    """

    def __init__(self) -> None:
        self.modules: dict[str, None] = {}
        self._paths: dict[str, str] = {}
        self._noting = False

    @contextmanager
    def hooked(self) -> Iterator[None]:
        """Threads that start within the block can be listened to."""
        threading.setprofile(self._see)
        try:
            yield
        finally:
            threading.setprofile(None)

    @contextmanager
    def noting(self) -> Iterator[dict[str, None]]:
        """Modules entered within the block, in the order of their first call, as paths from the root."""
        self.modules, self._noting = {}, True
        sys.setprofile(self._see)
        try:
            yield self.modules
        finally:
            self._noting = False
            sys.setprofile(None)

    def _see(self, frame: FrameType, event: str, argument: Any) -> None:
        if not self._noting or event != "call":
            return
        name = frame.f_code.co_filename
        path = self._paths.get(name)
        if path is None:
            path = self._paths[name] = _module(name)
        if path and path not in self.modules and frame.f_code.co_name != "<module>":
            self.modules[path] = None


def _module(name: str) -> str:
    """The path of a module from the root; empty where the code is none of ours."""
    path = Path(name)
    if path.suffix != ".py" or not path.is_relative_to(ROOT):
        return ""
    inner = path.relative_to(ROOT)
    return inner.as_posix() if inner.parts[0] in ROOMS else ""
