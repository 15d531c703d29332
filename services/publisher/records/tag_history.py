"""What was decided about tags, and what of it stands: which decisions are undone takes time to find."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.store.tagging.tag_decisions import TagDecision, in_force
from shared.store.tagging.tags import TagStore


@dataclass(frozen=True)
class TagHistory:
    """Every decision, oldest first; `standing` are those that nobody undid."""

    decisions: Sequence[TagDecision] = ()
    standing: frozenset[TagDecision] = frozenset()

    def about(self, slug: str) -> list[TagDecision]:
        """The decisions about a tag, newest first."""
        return [made for made in reversed(self.decisions) if slug in (made.slug, made.into)]


class TagHistories:
    """The history, kept until a file of the tags changes."""

    def __init__(self) -> None:
        self._stamps: object = None
        self._history = TagHistory()

    def of(self, tags: TagStore) -> TagHistory:
        stamps = tags.stamps()
        if self._stamps != stamps:
            decisions = tags.decisions()
            self._history = TagHistory(decisions, frozenset(in_force(decisions)))
            self._stamps = stamps
        return self._history
