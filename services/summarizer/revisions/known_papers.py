"""The papers that somebody knows: listed, cited in an answer, liked, saved or read. Only these are worth a document."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from shared.paper_ids import is_local
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import stamp_of
from shared.store.people.preferences import RatingStore
from shared.store.people.signals import SignalStore
from shared.store.people.users import UserStore
from shared.store.research.cited_papers import CitedPapers
from shared.store.research.reading_list import ReadingListStore

Why = Literal["listed", "cited", "liked", "saved", "read"]
ORDER: tuple[Why, ...] = ("listed", "cited", "liked", "saved", "read")
"""Whose new versions are looked at first."""


@dataclass
class KnownPaper:
    """Why a paper matters, who knows it, and the versions that lists and answers hold to."""

    paper_id: str
    why: set[Why] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    versions: set[int] = field(default_factory=set)

    @property
    def turn(self) -> int:
        return min(map(ORDER.index, self.why), default=len(ORDER))


class KnownPapers:
    """Reads what people said and did."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._ratings, self._signals = RatingStore(data), SignalStore(data)
        self._lists, self._cited, self._users = ReadingListStore(data), CitedPapers(data), UserStore(data)

    def all(self) -> dict[str, KnownPaper]:
        """By paper; people's own files are left out."""
        known: dict[str, KnownPaper] = {}
        for paper_id, why, user, version in self._mentions():
            if is_local(paper_id):
                continue
            paper = known.setdefault(paper_id, KnownPaper(paper_id))
            paper.why.add(why)
            paper.users.add(user)
            if version:
                paper.versions.add(version)
        return known

    def fingerprint(self) -> str:
        """Changes whenever somebody comes to know another paper; costs a look at the folders."""
        users = self._users.names()
        signals = " ".join(self._signals.fingerprint(user) for user in users)
        answers = [str(stamp_of(path)) for path in sorted(self._data.path("traces").glob("????-??"))]
        return " ".join([*users, self._ratings.fingerprint(), signals, self._lists.fingerprint(), *answers])

    def _mentions(self) -> Iterator[tuple[str, Why, str, int | None]]:
        for user in self._users.names():
            for paper_id, rating in self._ratings.current(user).items():
                if rating.label == "like":
                    yield paper_id, "liked", user, None
            for listed in self._lists.of_user(user):
                yield listed.paper_id, "listed", user, listed.version
            yield from ((paper_id, "saved", user, None) for paper_id in self._signals.current("save", user))
            yield from ((paper_id, "read", user, None) for paper_id in self._signals.current("open", user))
        for answer in self._cited.answers():
            yield from ((paper_id, "cited", answer.user, version) for paper_id, version in answer.papers)
