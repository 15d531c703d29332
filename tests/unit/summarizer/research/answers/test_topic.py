"""True sentences beside the point."""

from services.summarizer.research.answers.relevance import asked_of
from services.summarizer.research.answers.topic import OFF_TOPIC, on_topic
from services.summarizer.research.loop.question import Evidence, Said
from tests.unit.summarizer.research.answers.test_relevance import evidence

ASKED = asked_of("Which optimizer trains the model?")


def sentence(
    number: int, cosine: float, covered: float, text: str = "We trained the model with the Adam optimizer."
) -> Evidence:
    return evidence(text, cosine, covered).model_copy(update={"number": number})


EVIDENCE = [sentence(1, 0.7, 0.9), sentence(2, 0.5, 0.5), sentence(3, 0.3, 0.1)]


def said(*sources: int) -> Said:
    return Said(text=f"A sentence of {sources}.", sources=sources)


def test_what_is_far_from_the_nearest_is_struck_beside_what_is_near() -> None:
    stand, struck = on_topic(ASKED, [said(1), said(2), said(3)], EVIDENCE, {})
    assert [each.sources for each in stand] == [(1,), (2,)]
    assert [(each.sources, each.why) for each in struck] == [((3,), OFF_TOPIC)]
    assert len(on_topic(ASKED, [said(1), said(3)], EVIDENCE, {}, looked_further=True)[0]) == 2


def test_an_answer_of_which_nothing_is_near_is_none() -> None:
    stand, struck = on_topic(ASKED, [said(2)], EVIDENCE, {})
    assert (stand, len(struck)) == ([], 1)


def test_a_source_that_means_what_is_asked_in_other_words_is_near() -> None:
    far = [sentence(1, 0.7, 0.9), sentence(2, 0.68, 0.1)]
    assert on_topic(ASKED, [said(2)], far, {"2610.00001": 0.5})[0] == []
    assert on_topic(ASKED, [said(2)], far, {"2610.00001": 1.0})[0] == [said(2)]


def test_a_source_full_of_formulas_is_near_by_its_words() -> None:
    given = [sentence(1, 0.7, 0.5), sentence(2, 0.2, 0.6)]
    assert on_topic(ASKED, [said(2)], given, {})[0] == [said(2)]


def test_where_a_number_is_asked_the_nearest_is_one_that_has_one() -> None:
    asked = asked_of("How many heads does it have?")
    given = [
        sentence(1, 0.9, 0.9, "It has many parallel attention heads."),
        sentence(2, 0.5, 0.6, "It has 8 attention heads."),
    ]
    assert on_topic(asked, [said(2)], given, {})[0] == [said(2)]
    unsaid = Said(text="It has several heads.", sources=(2,))
    assert on_topic(asked, [unsaid], given, {})[0] == []
