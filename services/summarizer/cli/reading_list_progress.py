"""How far papers of the reading list have come, looked up in its file until all are done, or wait for something."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.command_line.progress import spinner
from shared.contracts import ListedPaper

_LOOK_SECONDS = 0.5
_STILL_SECONDS = 900.0
_WORDS = {"waiting": "waiting for", "fetching": "fetching", "cutting": "cutting", "embedding": "embedding"}
_INTERRUPTED = "The work goes on behind it; `papersys arxiv list` shows how far it is."


class ReadingLists(Protocol):
    def of_user(self, user: str) -> list[ListedPaper]: ...


@dataclass(frozen=True)
class Outcome:
    """The papers as they are now; `remark` says why they were not waited for."""

    papers: list[ListedPaper]
    remark: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether something of it failed, or waits for what is away."""
        return bool(self.remark) or any(paper.problem for paper in self.papers)


def follow_progress(
    store: ReadingLists,
    user: str,
    paper_ids: Sequence[str],
    what: str,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Wait for these papers; whoever interrupts this does not interrupt the work."""
    papers = _listed(store, user, paper_ids)
    try:
        with spinner(what) as advance:
            changed_at = clock()
            while (left := [paper for paper in papers if paper.state not in ("ready", "failed")]) and (
                not all(paper.state == "waiting" and paper.problem for paper in left)
            ):
                if clock() - changed_at > _STILL_SECONDS:
                    return Outcome(papers, f"Nothing happened for {_STILL_SECONDS / 60:g} min; see `papersys logs`.")
                advance(progress_text(papers))
                sleep(_LOOK_SECONDS)
                before, papers = papers, _listed(store, user, paper_ids)
                changed_at = changed_at if papers == before else clock()
    except KeyboardInterrupt:
        return Outcome(papers, _INTERRUPTED)
    return Outcome(papers)


def progress_text(papers: Sequence[ListedPaper]) -> str:
    """`3 of 10 done, 1 failed; embedding 2403.12345`."""
    done = sum(paper.state in ("ready", "failed") for paper in papers)
    failed = sum(paper.state == "failed" for paper in papers)
    at_work = [paper for paper in papers if paper.state in ("fetching", "cutting", "embedding")]
    now = next(iter(at_work), next((paper for paper in papers if paper.state == "waiting"), None))
    text = f"{done} of {len(papers)} done" + (f", {failed} failed" if failed else "")
    return text if now is None else f"{text}; {_WORDS[now.state]} {now.paper_id}"


def _listed(store: ReadingLists, user: str, paper_ids: Sequence[str]) -> list[ListedPaper]:
    listed = {paper.paper_id: paper for paper in store.of_user(user)}
    return [listed[paper_id] for paper_id in paper_ids if paper_id in listed]
