"""The page Reading list: papers that can be asked in full, and those that are on their way."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from services.publisher.library.paging import Slice, slice_of
from shared.contracts import ListedPaper
from shared.paper_labels import paper_label

_PAPERS_A_PAGE = 50
_UNDER_WAY = ("fetching", "cutting", "embedding")
_STATES = {
    "waiting": "Waiting",
    "fetching": "Being fetched",
    "cutting": "Being cut into sections",
    "embedding": "Being embedded",
    "ready": "",
    "failed": "Failed",
}


@dataclass(frozen=True)
class ListPage:
    """The papers of one page, the one added last first; `counts` by state, of all."""

    slice: Slice[ListedPaper]
    counts: Counter[str]

    @property
    def is_moving(self) -> bool:
        """Whether papers are being made ready."""
        return any(self.counts[state] for state in (*_UNDER_WAY, "waiting"))

    @property
    def summary(self) -> str:
        """How many papers there are, and how far they are."""
        total, ready = self.slice.total, self.counts["ready"]
        words = [f"{total} {'paper' if total == 1 else 'papers'}"]
        words += [f"{total - ready - self.counts['failed']} on the way"] if self.is_moving else []
        words += [f"{self.counts['failed']} failed"] if self.counts["failed"] else []
        return ", ".join(words)

    @property
    def address(self) -> str:
        """This page, its number included."""
        return f"/reading-list?page={self.slice.number}" if self.slice.number > 1 else "/reading-list"


def build_list(papers: Sequence[ListedPaper], number: int | None) -> ListPage:
    """Page `number` of a list that is given in the order of adding."""
    return ListPage(slice_of(list(reversed(papers)), number, _PAPERS_A_PAGE), Counter(paper.state for paper in papers))


def state_words(paper: ListedPaper) -> str:
    """How far a paper is; empty for one that is ready and has nothing to tell."""
    if paper.version is not None and paper.state not in ("ready", "failed"):
        return f"{_STATES[paper.state]} again; asked as v{paper.version} meanwhile"
    return _STATES[paper.state]


def listed_title(paper: ListedPaper) -> str:
    """The title, as far as one is known."""
    return paper.title or paper.file_name or paper_label(paper.paper_id)
