"""Interests on the bus: preferences about facets, under today's names and under the old ones."""

import pytest

from shared.contracts import FacetWish, InterestFacet, InterestsReply, SetFacetPreference, SetFacetPreferenceReply

FACET = {
    "key": "3fa90c12",
    "name": "pruning",
    "paper_ids": ("2410.12850",),
    "share": 0.25,
    "lift": 6.4,
    "lift_low": 3.2,
    "lift_high": 12.1,
    "lift_within": 5.0,
}


def test_a_facet_is_read_by_the_old_names_of_its_p_value_and_preference() -> None:
    facet = InterestFacet.model_validate({**FACET, "doubt": 0.004, "wish": "mute"})
    assert facet == InterestFacet.model_validate({**FACET, "p_value": 0.004, "preference": "mute"})


def test_an_answer_has_both_names_and_can_be_read_again() -> None:
    facet = InterestFacet.model_validate({**FACET, "p_value": 0.004, "preference": "mute"})
    written = facet.model_dump(mode="json")
    assert (written["p_value"], written["doubt"]) == (0.004, 0.004)
    assert (written["preference"], written["wish"]) == ("mute", "mute")
    reply = InterestsReply(facets=(facet,))
    assert InterestsReply.model_validate_json(reply.model_dump_json()) == reply


def test_a_wish_is_a_preference_under_its_old_field_and_subject() -> None:
    asked = FacetWish.model_validate({"key": "3fa90c12", "wish": "boost"})
    assert isinstance(asked, SetFacetPreference)
    assert (asked.subject, asked.preference) == ("ranker.facet_wish", "boost")
    reply = SetFacetPreferenceReply(key="3fa90c12", name="pruning", preference="boost")
    assert reply.model_dump()["wish"] == "boost"
    assert SetFacetPreferenceReply.model_validate_json(reply.model_dump_json()) == reply


@pytest.mark.parametrize(
    ("lift", "text"),
    [
        ((4.2, 2.3, 8.8), "about 4 times more than by chance (2 to 9)"),
        ((1.84, 0.96, 3.4), "about 1.8 times more than by chance (1.0 to 3)"),
    ],
)
def test_a_lift_is_rounded_as_people_say_it(lift: tuple[float, float, float], text: str) -> None:
    facts = dict(zip(("lift", "lift_low", "lift_high"), lift, strict=True))
    assert InterestFacet.model_validate({**FACET, "p_value": 0.01, **facts}).frequency == text


@pytest.mark.parametrize(
    ("p_value", "text"),
    [
        (1e-9, "p < 0.001 against random likes"),
        (0.004, "p < 0.01 against random likes"),
        (0.02, "p < 0.025 against random likes"),
    ],
)
def test_significance_is_a_bound_on_the_p_value(p_value: float, text: str) -> None:
    assert InterestFacet.model_validate({**FACET, "p_value": p_value}).significance == text
    found = {"found_in": ("words", "tags"), "against": "read"}
    longer = InterestFacet.model_validate({**FACET, "p_value": p_value, **found}).significance
    assert longer == f"{text}; found by words, tags among summarised papers"
