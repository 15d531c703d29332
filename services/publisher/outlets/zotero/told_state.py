"""How a library stands, in words."""

from collections.abc import Iterator

from services.publisher.outlets.zotero.state import ZoteroState
from services.publisher.rendering.dates import clock
from shared.store.keeping.findings import counted

_SHOWN = 5


def summary_of(state: ZoteroState) -> str:
    """What was read and written, in a sentence."""
    if state.read_at is None:
        return "not read yet"
    likes = sum(said.label == "like" for said in state.said.values())
    dislikes = sum(said.label == "dislike" for said in state.said.values())
    written = sum(item.state == "written" for item in state.written.values())
    return (
        f"read {clock(state.read_at)}: {counted(len(state.items), 'paper')} of arXiv, {likes} liked and "
        f"{dislikes} disliked there; {written} written by papersys"
    )


def failure_of(state: ZoteroState) -> str:
    """Why the last round broke off; empty where it did not."""
    return f"Failing since {clock(state.failed_at)}: {state.problem}" if state.failed_at and state.problem else ""


def remarks_of(state: ZoteroState) -> Iterator[str]:
    """What a person should know: conflicts, and papers that Zotero refused."""
    conflicts = {paper_id: item for paper_id, item in state.written.items() if item.conflicts}
    for paper_id, item in list(conflicts.items())[:_SHOWN]:
        yield f"{paper_id}: {', '.join(sorted(item.conflicts))} changed in Zotero and here; what Zotero has stays."
    failed = [(paper_id, item.problem) for paper_id, item in state.written.items() if item.state == "failed"]
    for paper_id, problem in failed[:_SHOWN]:
        yield f"{paper_id} was refused by Zotero: {problem}."
    more = max(len(conflicts) - _SHOWN, 0) + max(len(failed) - _SHOWN, 0)
    if more:
        yield f"... and {more} more."
