"""Imports files of ratings into a data folder: reads what is known, plans, stores. No running system is needed.

Every rating has an event id that follows from what its row says, so that a second import, also one after a kill, stores
what is missing and nothing twice.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.feedback.importing.planning import Standing, Step, Terms, plan
from services.feedback.importing.reporting import report_of
from services.feedback.importing.resolving import KnownPapers, asked_ids, asked_titles, damaged_ids, resolve
from services.feedback.importing.titles import TitleMatches, match_titles
from services.feedback.importing.waiting import WaitingRatings
from shared.contracts import FeedbackLabel
from shared.contracts.people.importing import ImportReport
from shared.paper_ids import month_of
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.rows import title_of
from shared.store.people.preferences import Rating, RatingStore
from shared.store.people.signals import SignalStore
from shared.text.rating_files.paper_mentions import old_number_of
from shared.text.rating_files.rated_rows import RatingFile


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do, and its report."""

    steps: Sequence[Step]
    report: ImportReport

    @property
    def ratings(self) -> list[Rating]:
        """Those to be stored now."""
        return [step.rating for step in self.steps if step.rating and not step.waits]


class RatingImporter:
    """Imports into one data folder."""

    def __init__(self, data: DataFolder, ratings: RatingStore | None = None) -> None:
        self._ratings = ratings or RatingStore(data)
        self._metadata = MetadataStore(data)
        self._signals = SignalStore(data)
        self._waiting = WaitingRatings(data)

    def plan(self, files: Sequence[RatingFile], terms: Terms, also_stored: Collection[str] = ()) -> ImportPlan:
        """What would be done; nothing is changed. `also_stored` are papers that pass for stored."""
        known = self._known(files, frozenset(also_stored))
        steps = plan(resolve(files, known), self._standing(terms.user), terms)
        named = {step.resolved.paper_id for step in steps if step.rating or step.resolved.is_repaired}
        named |= {paper_id for step in steps for paper_id in step.resolved.offers}
        titles = {paper_id: paper.title for paper_id, paper in self._metadata.get(named).items()}
        return ImportPlan(steps, report_of(files, steps, terms, titles))

    def store(self, plan: ImportPlan) -> ImportReport:
        """Do what was planned. Raises TemporaryFailure where the disk is full; the same import again goes on."""
        waiting = [step.rating for step in plan.steps if step.rating and step.waits]
        if waiting:
            self._waiting.add(waiting)
        if plan.ratings:
            self._ratings.append(plan.ratings)
        signals = [step.signal for step in plan.steps if step.signal]
        if signals:
            self._signals.append(signals)
        return plan.report.model_copy(update={"is_done": True})

    def _known(self, files: Sequence[RatingFile], also_stored: frozenset[str]) -> KnownPapers:
        ids, titles = asked_ids(files), asked_titles(files)
        stored = (frozenset(self._metadata.get(ids)) if ids else frozenset[str]()) | also_stored
        matches = match_titles(titles, self._titles) if titles else TitleMatches()
        return KnownPapers(stored, matches, self._waiting.refused(), self._old_numbers(files))

    def _old_numbers(self, files: Sequence[RatingFile]) -> dict[str, tuple[str, ...]]:
        """Stored papers by the numbers of old style that the files give without an archive."""
        numbers = filter(None, map(old_number_of, damaged_ids(files)))
        return {
            number: tuple(each for each in self._metadata.rows(month_of(number)) if each.endswith(f"/{number}"))
            for number in numbers
        }

    def _titles(self) -> Iterator[tuple[str, str]]:
        for month in self._metadata.months():
            for paper_id, row in self._metadata.rows(month).items():
                yield paper_id, title_of(row)

    def _standing(self, user: str) -> Standing:
        keys = frozenset((rating.event_id, rating.paper_id) for rating in self._ratings.all(user))
        signal_keys = frozenset((signal.event_id, signal.paper_id) for signal in self._signals.all(user))
        return Standing(self._ratings.current(user), keys, signal_keys, self._waiting.keys())


def events_of(ratings: Iterable[Rating]) -> list[FeedbackLabel]:
    """The ratings as events, for those who wait for them; stored they are already."""
    return [
        FeedbackLabel(
            event_id=rating.event_id,
            paper_ids=(rating.paper_id,),
            label=rating.label,
            source=rating.source,
            actor=rating.actor,
            weight=rating.weight,
            user=rating.user,
            occurred_at=rating.occurred_at,
        )
        for rating in ratings
    ]
