"""What a reading list becomes when papers are added, updated, removed or saved. Pure: a list in, a list out."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from shared.contracts import ListedPaper

Papers = Mapping[str, ListedPaper]


def with_added(
    papers: Papers, paper_ids: Iterable[str], user: str, at: datetime, versions: Mapping[str, int] | None = None
) -> dict[str, ListedPaper]:
    """With these papers: what is there already stays as it is, unless it failed or another version is pinned."""
    pinned = versions or {}
    added = {paper_id: _added(papers.get(paper_id), paper_id, user, at, pinned.get(paper_id)) for paper_id in paper_ids}
    return {**papers, **added}


def with_updates(papers: Papers, paper_ids: Iterable[str], at: datetime) -> dict[str, ListedPaper]:
    """The newest version of these papers is wanted; the present one is asked until that is ready."""
    wanted = {paper_id: papers[paper_id] for paper_id in paper_ids if _is_listed(papers, paper_id)}
    return {**papers, **{paper_id: waiting(paper, None, at) for paper_id, paper in wanted.items()}}


def without(papers: Papers, paper_ids: Iterable[str], saved: Iterable[str], at: datetime) -> dict[str, ListedPaper]:
    """Without these papers. Of those that are saved a line remains, so that Saved does not bring them back."""
    left, still_saved = dict(papers), {*saved}
    for paper_id in paper_ids:
        paper = left.pop(paper_id, None)
        if paper is not None and paper_id in still_saved:
            left[paper_id] = paper.model_copy(update={"is_removed": True, "origin": "saved", "changed_at": at})
    return left


def with_saved(papers: Papers, saved: Mapping[str, datetime], user: str, at: datetime) -> dict[str, ListedPaper]:
    """With the papers that are saved, and without those that were there because they were.

    One that was taken off by hand comes back when it is saved again.
    """
    kept = {paper_id: paper for paper_id, paper in papers.items() if paper.origin == "added" or paper_id in saved}
    for paper_id, saved_at in saved.items():
        paper = kept.get(paper_id)
        if paper is None or (paper.is_removed and saved_at > paper.changed_at):
            kept[paper_id] = ListedPaper(
                paper_id=paper_id, user=user, origin="saved", added_at=min(saved_at, at), changed_at=at
            )
    return kept


def waiting(paper: ListedPaper, wanted_version: int | None, at: datetime) -> ListedPaper:
    """The paper as one that has to be made ready, in that version (None: the newest)."""
    facts = {"state": "waiting", "problem": "", "wanted_version": wanted_version, "changed_at": at}
    return paper.model_copy(update=facts)


def ready(paper: ListedPaper, version: int, facts: Mapping[str, object], at: datetime) -> ListedPaper:
    """The paper as one that can be asked in this version; the one before is kept for answers that cite it."""
    earlier = {*paper.earlier_versions, *({paper.version} if paper.version else ())} - {version}
    made = {"state": "ready", "problem": "", "version": version, "wanted_version": None}
    return paper.model_copy(
        update={**facts, **made, "earlier_versions": tuple(sorted(earlier)), "changed_at": at},
    )


def failed(paper: ListedPaper, problem: str, at: datetime) -> ListedPaper:
    """The paper as one that could not be made ready. One that was ready before is still asked as it was."""
    state = "failed" if paper.version is None else "ready"
    return paper.model_copy(update={"state": state, "problem": problem, "wanted_version": None, "changed_at": at})


def with_newer_versions(papers: Papers, newest: Mapping[str, int], at: datetime) -> dict[str, ListedPaper]:
    """What arXiv has by now, noted at each paper that is asked in an older version."""
    noted = dict(papers)
    for paper_id, paper in papers.items():
        version = newest.get(paper_id, 0)
        newer = version if paper.version is not None and version > paper.version else None
        if newer != paper.newer_version:
            noted[paper_id] = paper.model_copy(update={"newer_version": newer, "changed_at": at})
    return noted


def _added(
    paper: ListedPaper | None, paper_id: str, user: str, at: datetime, wanted_version: int | None
) -> ListedPaper:
    if paper is None or paper.is_removed:
        return ListedPaper(paper_id=paper_id, user=user, wanted_version=wanted_version, added_at=at, changed_at=at)
    own = paper if paper.origin == "added" else paper.model_copy(update={"origin": "added", "changed_at": at})
    is_other = wanted_version is not None and wanted_version not in (paper.wanted_version or paper.version,)
    if is_other or paper.state == "failed":
        return waiting(own, wanted_version, at)
    return own


def _is_listed(papers: Papers, paper_id: str) -> bool:
    return paper_id in papers and not papers[paper_id].is_removed
