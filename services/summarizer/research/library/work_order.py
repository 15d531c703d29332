"""Which papers of the reading lists are made ready next."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from shared.contracts import ListedPaper

Key = tuple[str, str]
UNFINISHED = ("waiting", "fetching", "cutting", "embedding")


def key_of(paper: ListedPaper) -> Key:
    return paper.user, paper.paper_id


def is_unfinished(paper: ListedPaper) -> bool:
    """Whether a paper has still to be made ready, also where a kill ended the work on it."""
    return paper.state in UNFINISHED and not paper.is_removed


def next_papers(
    papers: Iterable[ListedPaper],
    under_way: Collection[Key],
    not_before: Mapping[Key, datetime],
    at: datetime,
    places: int,
) -> list[ListedPaper]:
    """So many papers to begin with now: those added by hand before saved ones, users in turn, each user's in order.

    A paper that several users wait for is worked on once at a time.
    """
    busy = {paper_id for _, paper_id in under_way}
    due = [paper for paper in papers if is_unfinished(paper) and not_before.get(key_of(paper), at) <= at]
    turns: dict[tuple[str, str], int] = {}
    ordered: list[tuple[tuple[bool, int, datetime], ListedPaper]] = []
    for paper in sorted(due, key=lambda paper: paper.added_at):
        queue = paper.user, paper.origin
        turns[queue] = turns.get(queue, 0) + 1
        ordered.append(((paper.origin == "saved", turns[queue], paper.added_at), paper))
    chosen: list[ListedPaper] = []
    for _, paper in sorted(ordered, key=lambda item: item[0]):
        if len(chosen) < places - len(under_way) and paper.paper_id not in busy:
            busy.add(paper.paper_id)
            chosen.append(paper)
    return chosen
