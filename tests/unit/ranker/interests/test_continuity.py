"""A facet keeps its key, and its name while that fits, when likes are added."""

from collections.abc import Sequence

import numpy as np

from services.ranker.interests.continuity import continued
from services.ranker.interests.discovery.evidence import Evidence, Item
from services.ranker.interests.discovery.facets import Facet, with_keys_of_their_own
from shared.contracts import InterestFacet

ITEMS = [Item(f"2611.{n:05}", "Pruning and quantization" if n < 8 else "Speech", "", "cs.LG") for n in range(12)]
EVIDENCE = Evidence(ITEMS, np.zeros((12, 2), np.float32), 12)


def facet(key: str, name: str, rows: Sequence[int]) -> Facet:
    return Facet(key, name, np.array(rows), 0.01, 0.5, (2.0, 1.0, 3.0), 2.0, (("cs.LG", 1),), False, "", "both")


def before(key: str, name: str, rows: Sequence[int]) -> InterestFacet:
    facts = {"share": 0.5, "lift": 2, "lift_low": 1, "lift_high": 3, "lift_within": 2, "p_value": 0.01}
    papers = tuple(ITEMS[row].paper_id for row in rows)
    return InterestFacet.model_validate({"key": key, "name": name, "paper_ids": papers, **facts})


def test_a_grown_facet_keeps_its_key_and_its_name() -> None:
    (kept,) = continued([facet("new", "Quantization", range(8))], EVIDENCE, [before("old", "Pruning", range(4))])
    assert (kept.key, kept.name) == ("old", "Pruning")


def test_a_name_that_fits_no_longer_is_replaced_and_the_key_stays() -> None:
    (kept,) = continued([facet("new", "Pruning", range(8))], EVIDENCE, [before("old", "Speech", range(4))])
    assert (kept.key, kept.name) == ("old", "Pruning")


def test_an_earlier_facet_is_continued_once_and_a_new_one_is_itself() -> None:
    found = [facet("a", "Pruning", range(3)), facet("b", "Quantization", range(8)), facet("c", "Speech", range(8, 12))]
    kept = continued(found, EVIDENCE, [before("old", "Pruning", range(8))])
    assert [one.key for one in kept] == ["old", "b", "c"]


def test_no_two_facets_share_a_key() -> None:
    facets = [facet(key, "x", [0]) for key in ("a", "a", "b")]
    keys = [one.key for one in with_keys_of_their_own(facets)]
    assert keys[0] == "a"
    assert len(set(keys)) == 3
