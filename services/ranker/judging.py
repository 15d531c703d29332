"""Turns waiting papers into a selection's candidates: reads what is known of them, scores, selects, gives reasons."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Literal

from services.ranker.reasons import names_near, reasons_of, reasons_of_fate
from services.ranker.seeds import is_paper
from services.ranker.selection import Contender, Placed, Quota, select_papers
from services.ranker.settings import RankerSettings
from services.ranker.taste import Taste
from shared.contracts import Label
from shared.store.embeddings import Matrix, VectorStore
from shared.store.metadata import MetadataStore, Paper
from shared.store.preferences import VerdictStore
from shared.store.selections import Candidate


class Judge:
    """Says what becomes of papers. Reads the stores, writes nothing."""

    def __init__(
        self,
        settings: RankerSettings,
        vectors: VectorStore,
        metadata: MetadataStore,
        verdicts: VerdictStore,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._quota = Quota(settings.per_day, settings.explore, settings.duplicate_cosine)
        self._vectors, self._metadata, self._verdicts, self._clock = vectors, metadata, verdicts, clock

    def judge(self, taste: Taste, day: date, run_id: str, paper_ids: Sequence[str]) -> list[Candidate]:
        """The candidates of a day's selection, best first; papers without a vector do not compete."""
        ids, matrix = self._vectors.get(paper_ids)
        papers = self._metadata.get(ids)
        verdicts = self._verdicts.current(taste.user)
        labels = {paper_id: verdicts[paper_id].label for paper_id in ids if paper_id in verdicts}
        scores = taste.score(matrix).tolist()
        contenders = [
            Contender(one, score, barred_by(papers.get(one), labels.get(one)))
            for one, score in zip(ids, scores, strict=True)
        ]
        placed = select_papers(contenders, matrix, self._quota, f"{day.isoformat()} {taste.user} {run_id}")
        rows = {paper_id: row for row, paper_id in enumerate(ids)}
        titles = self._titles(taste, matrix[[rows[one.paper_id] for one in placed if one.fate == "picked"]], placed)
        made_at = self._clock()
        return [
            Candidate(
                paper_id=one.paper_id,
                user=taste.user,
                day=day,
                run_id=run_id,
                score=one.score,
                rank=one.rank,
                fate=one.fate,
                slot=one.slot,
                reasons=self._reasons(one, taste, matrix[rows[one.paper_id]], len(placed), titles),
                regime=taste.regime,
                model=taste.model,
                made_at=made_at,
            )
            for one in placed
        ]

    def judge_requested(self, taste: Taste, day: date, run_id: str, paper_ids: Sequence[str]) -> list[Candidate]:
        """Papers that somebody asked for: all picked. Their score is None where nothing is known to compare with."""
        ids, matrix = self._vectors.get(paper_ids)
        known = taste.regime != "typical"
        scores = dict(zip(ids, taste.score(matrix).tolist(), strict=True)) if known else {}
        made_at = self._clock()
        return [
            Candidate(
                paper_id=paper_id,
                user=taste.user,
                day=day,
                run_id=run_id,
                score=scores.get(paper_id),
                fate="picked",
                slot="requested",
                reasons=("requested",),
                regime=taste.regime,
                model=taste.model,
                made_at=made_at,
            )
            for paper_id in paper_ids
        ]

    def _reasons(
        self, placed: Placed, taste: Taste, vector: Matrix, of: int, titles: dict[str, str]
    ) -> tuple[str, ...]:
        said = reasons_of_fate(placed, of, self._settings.per_day, titles)
        return said or reasons_of(taste, vector, titles)

    def _titles(self, taste: Taste, picked: Matrix, placed: Sequence[Placed]) -> dict[str, str]:
        near = {name for vector in picked for name in names_near(taste, vector)}
        return titles_of(self._metadata, near | {one.double_of for one in placed if one.double_of})


def barred_by(paper: Paper | None, label: Label | None) -> Literal["withdrawn", "disliked", "already_read"] | None:
    """Why a paper cannot be picked; None where it can."""
    if paper is not None and paper.withdrawn:
        return "withdrawn"
    if label == "dislike":
        return "disliked"
    return "already_read" if label == "like" else None


def titles_of(metadata: MetadataStore, names: Iterable[str]) -> dict[str, str]:
    """The titles of those names that are papers whose metadata is stored."""
    return {paper_id: paper.title for paper_id, paper in metadata.get(filter(is_paper, names)).items()}
