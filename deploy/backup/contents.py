"""What of a data folder a backup holds, and in which order it is taken. Pure decisions.

What refers to something is taken before what it refers to, because the writers write the other way round: a summary
that is taken has its paper in the metadata that are taken later. Cursors and outboxes (`state`) come first of all, so
that after a restore something may be done twice, which changes nothing, and is never left out.
"""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

_LATE = ("summaries", "tags", "selections", "embeddings", "chunks", "documents", "metadata")
_EARLY = ("state", "site", "traces", "links", "results")
_DERIVED = (
    "cache",
    "nats",
    "qdrant",
    "site/public",
    "site/builds",
    "state/agent*.sqlite*",
    "state/backup",
    "state/deploy/git",
    "state/deploy/site",
    "state/embeddings",
    "state/field-vectors*.sqlite*",
    "state/locks",
    "state/own-model.json",
    "state/passages",
    "state/processes.json",
    "state/search",
    "state/selections",
    "state/wrangler",
)
"""Made again from the rest, or only true while the system runs."""
_NEVER = re.compile(r"\..*\.tmp|\.probe-[0-9a-f]{32}|\..*\.new")
"""Drafts of files that are being replaced."""
_APPENDED_IN = frozenset(
    {
        "preferences",
        "signals",
        "follows",
        "users",
        "ledger",
        "tags",
        "links",
        "metadata",
        "summaries",
        "state",
        "results",
        "revisions",
        "traces",
    }
)
_APPENDED = (".csv", ".jsonl")
_UNREADABLE = "unreadable"
"""Where stores append the lines that they could not read."""


def in_order(names: Iterable[str]) -> list[str]:
    """The names at the top of a data folder in the order in which they are taken."""
    return sorted(names, key=_turn)


def _turn(name: str) -> tuple[int, str]:
    if name in _EARLY:
        return _EARLY.index(name), name
    return (len(_EARLY) + 1 + _LATE.index(name) if name in _LATE else len(_EARLY)), name


def is_kept(path: PurePosixPath, *, documents: bool = True) -> bool:
    """Whether a path below the data folder belongs into a backup."""
    top = path.parts[0]
    if _NEVER.fullmatch(path.name) or top.startswith("demo-") or (top == "documents" and not documents):
        return False
    return not any(path.match(pattern) and len(path.parts) == pattern.count("/") + 1 for pattern in _DERIVED)


def is_appended(path: PurePosixPath) -> bool:
    """Whether a file grows at its end, so that a link to it would grow too; its last line may be half there."""
    return path.suffix in _APPENDED and (path.parts[0] in _APPENDED_IN or _UNREADABLE in path.parts)
