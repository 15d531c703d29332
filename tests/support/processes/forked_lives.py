"""Lives of a service in forked processes, which may die at any point."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any


def ending(life: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """How a life in a forked process ended: 0, or minus the signal."""
    child = os.fork()
    if not child:
        try:
            asyncio.run(life())
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
