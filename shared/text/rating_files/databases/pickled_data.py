"""Reads the plain data in a pickle without unpickling it: nothing in it is imported, called or made an object of.

A pickle is a program for a small machine. This one knows the instructions that make texts, numbers, lists, tuples,
sets and dictionaries (https://docs.python.org/3/library/pickletools.html); any other is an error.
"""

import io
import pickletools
from collections.abc import Callable, Mapping
from typing import Any

_MOST_STEPS = 5_000_000
_VALUES = frozenset((
    "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE", "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1",
    "LONG4", "FLOAT", "BINFLOAT", "SHORT_BINBYTES", "BINBYTES", "BINBYTES8",
))  # fmt: skip
_CONSTANTS: Mapping[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY: Mapping[str, Callable[[], Any]] = {
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_SET": set,
    "EMPTY_TUPLE": tuple,
}
_OF_MARKED: Mapping[str, Callable[[list[Any]], Any]] = {"TUPLE": tuple, "LIST": list, "FROZENSET": frozenset}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_GETS, _PUTS = frozenset(("GET", "BINGET", "LONG_BINGET")), frozenset(("PUT", "BINPUT", "LONG_BINPUT"))


class NotDataError(ValueError):
    """A pickle that is none of plain data."""


def read_pickled_data(content: bytes) -> Any:
    """The data. Raises NotDataError for a pickle that is damaged, endless, or more than data."""
    machine = _Machine()
    try:
        for step, (opcode, argument, _) in enumerate(pickletools.genops(io.BytesIO(content))):
            if opcode.name == "STOP":
                return machine.stack.pop()
            if step > _MOST_STEPS:
                raise NotDataError("it has too many steps")
            machine.carry_out(opcode.name, argument)
    except NotDataError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise NotDataError(f"it is damaged ({error})") from error
    raise NotDataError("it has no end")


class _Machine:
    """The stack, the places marked on it, and what was put aside to be used again."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def carry_out(self, name: str, argument: Any) -> None:
        """One instruction. Raises NotDataError for one that data do not need."""
        if name in _VALUES:
            self.stack.append(argument)
        elif name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name])
        elif name in _EMPTY:
            self.stack.append(_EMPTY[name]())
        elif name in _OF_MARKED:
            self.stack.append(_OF_MARKED[name](self._marked()))
        elif name in _TUPLES:
            items = self.stack[-_TUPLES[name] :]
            self.stack[-_TUPLES[name] :] = [tuple(items)]
        elif name == "MARK":
            self._marks.append(len(self.stack))
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = self.stack[-1]
        elif name in _PUTS:
            self._memo[int(argument)] = self.stack[-1]
        elif name in _GETS:
            self.stack.append(self._memo[int(argument)])
        elif name not in ("PROTO", "FRAME"):
            self._fill(name)

    def _fill(self, name: str) -> None:
        """Put items into a collection. Raises NotDataError for any other instruction."""
        if name == "SETITEM":
            *_, key, value = self.stack
            del self.stack[-2:]
            self.stack[-1][key] = value
        elif name == "APPEND":
            item = self.stack.pop()
            self.stack[-1].append(item)
        elif name in ("SETITEMS", "DICT"):
            items = self._marked()
            pairs = dict(zip(items[::2], items[1::2], strict=True))
            if name == "DICT":
                self.stack.append(pairs)
            else:
                self.stack[-1].update(pairs)
        elif name in ("APPENDS", "ADDITEMS"):
            items = self._marked()
            (self.stack[-1].extend if name == "APPENDS" else self.stack[-1].update)(items)
        else:
            raise NotDataError(f"it holds more than data ({name})")

    def _marked(self) -> list[Any]:
        """What lies above the last mark, taken off."""
        start = self._marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items
