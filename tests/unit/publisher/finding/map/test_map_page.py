"""The map's points as they are shown: kinds by today's ratings, the table in parts, short data for the drawing."""

from services.publisher.finding.map.map_page import Choice, MapPage, MapPoint, as_json
from shared.contracts import Label, MapInterest, MapKind, MapPaper
from tests.support.folders.seed import GRAPHS, TIDES, paper

INTERESTS = (MapInterest(key="k", name="graphs"),)


def point(kind: MapKind, label: Label | None = None, paper_id: str = GRAPHS, interest: int = 0) -> MapPoint:
    return MapPoint(MapPaper(paper_id=paper_id, x=0.5, y=0, kind=kind, interest=interest), paper(paper_id), label)


def test_a_rating_counts_at_once_and_one_that_was_removed_no_more() -> None:
    assert point("new", "like").kind == "liked"
    assert point("liked", "dislike").kind == "disliked"
    assert point("liked", None).kind == "new"
    assert point("saved", None).kind == "saved"


def test_the_table_shows_what_was_chosen_page_by_page() -> None:
    points = [point("new") for _ in range(50)] + [point("saved", interest=-1)]
    assert len(MapPage(points, INTERESTS, choice=Choice(kind="new", page=2)).rows) == 20
    assert [row.kind for row in MapPage(points, INTERESTS, choice=Choice(interest=-1)).rows] == ["saved"]
    assert MapPage(points, INTERESTS, choice=Choice(page=9)).rows == []


def test_an_interest_that_is_not_there_has_no_name() -> None:
    page = MapPage([], INTERESTS)
    assert (page.interest_name(0), page.interest_name(-1), page.interest_name(7)) == ("graphs", "", "")


def test_the_data_of_the_drawing_names_categories_once() -> None:
    data = as_json(MapPage([point("new", "like"), point("new", None, TIDES, -1)], INTERESTS))
    assert data["categories"] == ["cs.LG", "astro-ph.EP"]
    assert [row[:6] for row in data["papers"]] == [[GRAPHS, 0.5, 0.0, 1, 0, 0], [TIDES, 0.5, 0.0, 0, -1, 1]]
