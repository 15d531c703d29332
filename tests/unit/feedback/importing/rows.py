"""Rows and stores for the tests of imports."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from services.feedback.importing.importer import ImportPlan, RatingImporter
from services.feedback.importing.planning import Terms
from shared.contracts import FeedbackLabel, Label
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.people.preferences import RatingStore, ratings_of
from shared.text.rating_files.reading import read_rating_text
from tests.support.folders.seed import GRAPHS, TIDES, paper

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
FIRST, SECOND, WHOLE = "2403.12345", "2403.12346", "2410.12850"


def _paper(paper_id: str) -> Paper:
    """One of the seeded papers, or another one of a title of its own."""
    if paper_id in (GRAPHS, TIDES):
        return paper(paper_id)
    return replace(paper(GRAPHS), paper_id=paper_id, title=f"Theorem {paper_id} and its proof")


class ImportFolder:
    """A data folder with some papers, and files that are imported into it."""

    def __init__(self, root: Path, *stored: str) -> None:
        self.data = DataFolder(root, 0)
        MetadataStore(self.data).put([_paper(paper_id) for paper_id in stored])

    def plan(
        self, *texts: str, at: datetime = NOON, user: str = "me", lists_are: Label = "like", keep: bool = False
    ) -> ImportPlan:
        files = [read_rating_text(text, f"{number}.csv") for number, text in enumerate(texts, start=1)]
        return RatingImporter(self.data).plan(files, Terms(user, at, lists_are, keep))

    def run(
        self, *texts: str, at: datetime = NOON, user: str = "me", lists_are: Label = "like", keep: bool = False
    ) -> ImportPlan:
        plan = self.plan(*texts, at=at, user=user, lists_are=lists_are, keep=keep)
        RatingImporter(self.data).store(plan)
        return plan

    def rate(self, paper_id: str, label: Label, at: datetime = NOON) -> None:
        event = FeedbackLabel(paper_ids=(paper_id,), label=label, source="reader", occurred_at=at)
        RatingStore(self.data).append(ratings_of(event))

    def labels(self, user: str = "me") -> dict[str, str]:
        return {paper_id: rating.label for paper_id, rating in RatingStore(self.data).current(user).items()}

    def files(self) -> dict[str, bytes]:
        """Every file by its path, as it stands."""
        paths = (path for path in self.data.root.rglob("*") if path.is_file() and path.suffix != ".lock")
        return {str(path.relative_to(self.data.root)): path.read_bytes() for path in paths}
