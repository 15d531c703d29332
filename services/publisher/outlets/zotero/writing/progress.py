"""How far a pass of writing has come: the state of the library, what was done, and what Zotero said of a batch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.publisher.outlets.zotero.state import WrittenItem, ZoteroState
from shared.text.safe.plain_text import shortened


@dataclass
class Written:
    """What a pass did, by paper."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


class Progress:
    """`keep` stores the state; it is called after each step, so that a kill loses none."""

    def __init__(self, state: ZoteroState, store: Callable[[ZoteroState], None]) -> None:
        self.state, self.done, self._store = state, Written(), store

    def put(self, paper_id: str, item: WrittenItem) -> None:
        self.state = self.state.model_copy(update={"written": {**self.state.written, paper_id: item}})

    def keep(self) -> None:
        """Raises TemporaryFailure."""
        self._store(self.state)


def failures(body: Any) -> dict[int, tuple[int, str]]:
    """What Zotero did not take of several objects, by place: code and message."""
    failed = body.get("failed") if isinstance(body, dict) else None
    return {
        int(place): (int(one.get("code", 0)), shortened(str(one.get("message", "")), 200).rstrip("."))
        for place, one in (failed or {}).items()
    }


def successes(body: Any) -> dict[int, Mapping[str, Any]]:
    """What it took, by place."""
    stored = body.get("successful") if isinstance(body, dict) else None
    return {int(place): one for place, one in (stored or {}).items()}
