"""The stores as they were at a moment: what a replay reads in place of them, so that nothing later leaks in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.ranker.features.signal_use import SignalEvaluation, SignalEvaluations
from shared.contracts import DEFAULT_USER
from shared.paper_ids import month_of
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import Rating, RatingStore
from shared.store.people.signals import Signal, SignalStore
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.joined_vectors import JoinedVectors


@dataclass
class AsOf:
    """The moment that is looked back to, and the newest paper known then; both move forward, day by day."""

    moment: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    newest: tuple[str, str] = ("", "")

    def move(self, moment: datetime, paper_ids: Iterable[str]) -> None:
        """To the moment at which these papers competed."""
        self.moment = moment
        self.newest = max(self.newest, max(map(age_key, paper_ids), default=("", "")))

    def knows(self, paper_id: str) -> bool:
        """Whether arXiv had a paper by then: ids of a month count up."""
        return age_key(paper_id) <= self.newest

    @property
    def month(self) -> str:
        return self.newest[0]


def age_key(paper_id: str) -> tuple[str, str]:
    """Sorts papers as arXiv numbered them: by the month of their id, then by its number."""
    return month_of(paper_id), paper_id.rpartition("/")[2]


class KnownVectors(JoinedVectors):
    """Of the papers that arXiv had, those that also have vectors in `also_in`: two models see the same papers.

    Vectors of a paper that is asked for by name are given: whoever names it knows it.
    """

    def __init__(self, stores: Sequence[VectorStore], as_of: AsOf, also_in: Sequence[VectorStore] = ()) -> None:
        super().__init__(stores)
        self._as_of, self._also_in = as_of, tuple(also_in)
        self._counted: tuple[tuple[str, str], int] | None = None
        self._whole_years: dict[int, list[str]] = {}

    def count(self) -> int:
        if self._counted is None or self._counted[0] != self._as_of.newest:
            self._counted = self._as_of.newest, sum(len(self.ids(year)) for year in self.years())
        return self._counted[1]

    def years(self) -> list[int]:
        month = self._as_of.month
        return [year for year in super().years() if month and year <= int(month[:4])]

    def ids(self, year: int) -> list[str]:
        if year not in self._whole_years:
            self._whole_years[year] = self._shared(super().ids(year), self._also_in)
        ids = self._whole_years[year]
        if year < int(self._as_of.month[:4]):
            return ids
        return [paper_id for paper_id in ids if self._as_of.knows(paper_id)]


class KnownMetadata(MetadataStore):
    """Months and rows of the papers that arXiv had; papers that are asked for by name are given."""

    def __init__(self, data: DataFolder, as_of: AsOf) -> None:
        super().__init__(data)
        self._as_of = as_of

    def months(self) -> list[str]:
        return [month for month in super().months() if month <= self._as_of.month]

    def rows(self, month_name: str) -> Mapping[str, bytes]:
        rows = super().rows(month_name)
        if month_name < self._as_of.month:
            return rows
        return {paper_id: row for paper_id, row in rows.items() if self._as_of.knows(paper_id)}


class RatingsBefore(RatingStore):
    """The ratings that were given before the moment."""

    def __init__(self, data: DataFolder, as_of: AsOf) -> None:
        super().__init__(data)
        self._as_of = as_of

    def all(self, user: str = DEFAULT_USER) -> list[Rating]:
        return [rating for rating in super().all(user) if rating.occurred_at < self._as_of.moment]

    def fingerprint(self, user: str | None = None) -> str:
        given = self.all(user or DEFAULT_USER)
        return f"{len(given)}:{given[-1].event_id if given else ''}"


class SignalsBefore(SignalStore):
    """The signals that were given before the moment."""

    def __init__(self, data: DataFolder, as_of: AsOf) -> None:
        super().__init__(data)
        self._as_of = as_of

    def all(self, user: str = DEFAULT_USER) -> list[Signal]:
        return [signal for signal in super().all(user) if signal.occurred_at < self._as_of.moment]

    def fingerprint(self, user: str = DEFAULT_USER) -> str:
        return f"{len(self.all(user))}"


class EvaluationsBefore(SignalEvaluations):
    """Whether signals were known to help at the moment."""

    def __init__(self, data: DataFolder, as_of: AsOf) -> None:
        super().__init__(data)
        self._as_of = as_of

    def get(self, user: str) -> SignalEvaluation | None:
        evaluation = super().get(user)
        return evaluation if evaluation and evaluation.evaluated_at < self._as_of.moment else None
