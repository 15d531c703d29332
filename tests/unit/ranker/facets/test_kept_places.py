"""Places that are kept for small interests: who gets one, who makes room."""

from services.ranker.facets.kept_places import Claim, keep_places
from services.ranker.selection.picking import RankedPaper
from shared.contracts import CandidateOutcome


def ranked(*outcomes: CandidateOutcome) -> list[RankedPaper]:
    """Papers a, b, c ... in order of rank."""
    return [
        RankedPaper(name, 1 - rank / 100, rank, outcome, slot="top" if outcome == "picked" else "", propensity=1.0)
        for rank, (name, outcome) in enumerate(zip("abcdefgh", outcomes, strict=False), 1)
    ]


DAY = ranked("picked", "picked", "picked", "below_quota", "near_duplicate", "thinned")


def picked(facets: list[list[str]], most: int = 2, places: int = 1) -> dict[str, str]:
    kept = keep_places(DAY, [Claim(places, papers) for papers in facets], most)
    return {paper.paper_id: paper.slot for paper in kept.ranked if paper.outcome == "picked"}


def test_the_best_paper_of_an_interest_without_a_pick_takes_the_place_of_the_last_one() -> None:
    assert picked([["d", "f"]]) == {"a": "top", "b": "top", "d": "facet"}
    kept = keep_places(DAY, [Claim(1, ["d", "f"])], 2)
    assert (kept.facet_of, kept.displaced) == ({"d": 0}, frozenset({"c"}))
    (displaced,) = [paper for paper in kept.ranked if paper.paper_id == "c"]
    assert (displaced.outcome, displaced.slot, displaced.propensity) == ("below_quota", "", 0.0)
    assert [paper.rank for paper in kept.ranked] == [1, 2, 3, 4, 5, 6]


def test_an_interest_that_has_a_pick_needs_no_place_and_keeps_the_one_it_has() -> None:
    assert picked([["d", "b"]]) == {"a": "top", "b": "top", "c": "top"}
    assert picked([["c", "d"], ["f"]]) == {"a": "top", "c": "top", "f": "facet"}


def test_what_cannot_be_picked_gets_no_place() -> None:
    assert picked([["e"]]) == {"a": "top", "b": "top", "c": "top"}
    assert picked([["e", "f"]]) == {"a": "top", "b": "top", "f": "facet"}
    assert picked([[]]) == {"a": "top", "b": "top", "c": "top"}


def test_no_more_places_are_kept_than_wanted_and_no_paper_has_two() -> None:
    assert picked([["d"], ["f"]], most=1) == {"a": "top", "b": "top", "d": "facet"}
    assert picked([["d"], ["d", "f"]]) == {"a": "top", "d": "facet", "f": "facet"}
    assert picked([["d"]], most=0) == {"a": "top", "b": "top", "c": "top"}


def test_an_interest_gets_as_many_places_as_it_is_due_less_those_that_it_has() -> None:
    assert picked([["d", "f"]], places=2) == {"a": "top", "d": "facet", "f": "facet"}
    assert picked([["b", "d", "f"]], places=2) == {"a": "top", "b": "top", "d": "facet"}
    assert picked([["d", "f"]], places=2, most=1) == {"a": "top", "b": "top", "d": "facet"}
