"""Which papers that a person knows were revised or withdrawn lately, and not opened since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.contracts import FIRST_MOMENT, now
from shared.paper_labels import paper_label
from shared.store.papers.revisions import Revision
from shared.text.wording.revisions import headline, quotes_line

SHOWN_DAYS = 7
_LISTED_DAYS = 90


@dataclass(frozen=True)
class RevisionNews:
    """A paper that a person knows, and what happened to it in a sentence; `found_at` is aware and UTC."""

    paper_id: str
    title: str
    text: str
    quotes: str
    is_withdrawn: bool
    version: int
    found_at: datetime

    @property
    def kind(self) -> str:
        return "Withdrawn" if self.is_withdrawn else "Revised"


def recent_news(records: Records, ratings: Ratings, days: int = _LISTED_DAYS) -> list[RevisionNews]:
    """What was found in so many days about papers that the person knows, the newest first.

    New versions that say the same are no news.
    """
    found = [one for one in records.revisions_since(now() - timedelta(days=days)) if is_news(one)]
    known = known_papers(records, ratings, [one.paper_id for one in found])
    papers = records.papers(known)
    return [
        _news(one, papers[one.paper_id].title if one.paper_id in papers else paper_label(one.paper_id))
        for one in found
        if one.paper_id in known
    ]


def unseen_news(records: Records, ratings: Ratings) -> list[RevisionNews]:
    """The news of a week that the person has not opened since."""
    news = recent_news(records, ratings, SHOWN_DAYS)
    opened = ratings.library.opened() if news else {}
    return [one for one in news if opened.get(one.paper_id, FIRST_MOMENT) < one.found_at]


def is_news(revision: Revision) -> bool:
    """Whether a person who knows the paper should hear of it."""
    is_compared = revision.to_version is not None and not revision.problem
    has_changed = bool(revision.counts) or bool(revision.gone)
    return revision.withdrawn_at is not None or (is_compared and has_changed) or bool(revision.problem)


def known_papers(records: Records, ratings: Ratings, paper_ids: Iterable[str]) -> set[str]:
    """Those of the papers that the person liked, saved, opened, listed or got cited in an answer."""
    ids = list(paper_ids)
    if not ids:
        return set()
    labels, marks = ratings.labels(ids), ratings.library.marks(ids)
    cited = {paper_id for answer in records.citing_answers() for paper_id, _ in answer.papers}
    return {
        paper_id
        for paper_id in ids
        if labels.get(paper_id) == "like"
        or paper_id in cited
        or (mark := marks[paper_id]).is_saved
        or mark.is_opened
        or mark.is_listed
    }


def _news(revision: Revision, title: str) -> RevisionNews:
    return RevisionNews(
        paper_id=revision.paper_id,
        title=title,
        text=headline(revision),
        quotes=quotes_line(revision.quotes) if revision.withdrawn_at is None else "",
        is_withdrawn=revision.withdrawn_at is not None,
        version=revision.to_version or revision.seen_version,
        found_at=revision.found_at or revision.made_at,
    )
