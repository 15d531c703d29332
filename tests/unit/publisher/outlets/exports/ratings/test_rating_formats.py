"""Every form is read back by an import with the same ratings at the same times."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.feedback.importing.importer import RatingImporter
from services.feedback.importing.planning import Terms
from services.publisher.outlets.exports.ratings.cli import Form
from services.publisher.outlets.exports.ratings.rated_papers import rated_papers
from services.publisher.outlets.exports.ratings.rating_formats import FORMATS
from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import Rating, RatingStore
from shared.text.rating_files.reading import read_rating_text
from tests.support.folders.seed import GRAPHS, HOSTILE, OLD, TIDES, seed

NEVER_HARVESTED = "2410.12850"


def _rating(number: int, paper_id: str, label: str, second: int) -> Rating:
    at = datetime(2025, 3, 5, 12, 0, second, 123456, tzinfo=UTC)
    return Rating(f"e{number}", paper_id, "me", label, "reader", "me", 0.5, at)  # type: ignore[arg-type]


RATINGS = [
    _rating(1, GRAPHS, "dislike", 1),
    _rating(2, GRAPHS, "like", 2),
    _rating(3, TIDES, "like", 3),
    _rating(4, TIDES, "clear", 4),
    _rating(5, HOSTILE, "dislike", 5),
    _rating(6, OLD, "like", 6),
    _rating(7, NEVER_HARVESTED, "like", 7),
]


@pytest.fixture
def here(tmp_path: Path) -> DataFolder:
    data = seed(tmp_path / "here")
    for path in data.path("preferences").glob("*"):
        path.unlink()
    RatingStore(data).append(RATINGS)
    return data


def moved(here: DataFolder, there: DataFolder, form: str, *, with_history: bool = False) -> RatingStore:
    """The ratings of a new folder after an export here and an import there."""
    text = FORMATS[form].write(rated_papers(RatingStore(here), MetadataStore(here), "me", with_history=with_history))
    importer = RatingImporter(there)
    plan = importer.plan([read_rating_text(text, form)], Terms("me", now()))
    importer.store(plan)
    assert not importer.plan([read_rating_text(text, form)], Terms("me", now())).report.has_news
    return RatingStore(there)


@pytest.mark.parametrize("form", FORMATS)
def test_ratings_and_times_come_back_as_they_were(here: DataFolder, tmp_path: Path, form: str) -> None:
    """Also in an empty folder, which knows none of the papers; a list of ids has no times."""
    expected = {
        paper_id: (rating.label, rating.occurred_at) for paper_id, rating in RatingStore(here).current().items()
    }
    current = moved(here, DataFolder(tmp_path / "there", 0), form).current()
    found = {paper_id: (rating.label, rating.occurred_at) for paper_id, rating in current.items()}
    if form == "ids":
        assert {each: facts[0] for each, facts in found.items()} == {each: facts[0] for each, facts in expected.items()}
    else:
        assert found == expected


@pytest.mark.parametrize("form", [name for name, form in FORMATS.items() if form.holds_history])
def test_the_whole_history_comes_back_to_the_byte(here: DataFolder, tmp_path: Path, form: str) -> None:
    there = DataFolder(tmp_path / "there", 0)
    moved(here, there, form, with_history=True)
    path = "preferences/events-2025.csv"
    assert there.path(path).read_bytes() == here.path(path).read_bytes()


@pytest.mark.parametrize("form", FORMATS)
def test_an_import_where_it_came_from_changes_nothing(here: DataFolder, form: str) -> None:
    before = here.path("preferences/events-2025.csv").read_bytes()
    moved(here, here, form)
    if form != "ids":  # without times these are words of today, which repeat what stands
        assert here.path("preferences/events-2025.csv").read_bytes() == before
    assert RatingStore(here).current()[GRAPHS].label == "like"


def test_no_cell_is_a_formula_and_no_id_a_number(here: DataFolder) -> None:
    text = FORMATS["csv"].write(rated_papers(RatingStore(here), MetadataStore(here), "me"))
    assert '"arXiv:2410.12850"' in text
    assert not [cell for cell in text.split('"') if cell.startswith(("=", "+", "@"))]


def test_the_command_offers_every_form() -> None:
    assert [form.value for form in Form] == list(FORMATS)
