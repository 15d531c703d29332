"""Answers of several researchers as one: nobody's citation becomes somebody else's."""

from services.summarizer.research.researchers.merging import merged
from shared.contracts import Gap, ResearchCost
from tests.support.papers.answered_questions import answered, cited

OTHERS = answered(
    "20261106T120000000000-ffffff",
    answer="Weights count too [1], as [2, 1] say and [7] does not.",
    sentences=({"text": "Weights count too [1].", "citations": (1, 2)},),
    citations=(cited(1, "weights are counted"), cited(2, "so are signs")),
    gaps=(Gap(kind="not_found", text="nothing on signs"),),
    cost=ResearchCost(llm_calls=2, input_tokens=10, seconds=4.0),
    researcher="web",
)


def test_numbers_of_citations_go_on_and_still_name_the_same_words() -> None:
    own = answered()
    result = merged(own, [OTHERS, OTHERS.model_copy(update={"researcher": "lab"})])
    assert [citation.number for citation in result.citations] == [1, 2, 3, 4, 5]
    assert "Weights count too [2], as [3, 2] say and [7] does not." in result.answer
    assert "## lab\n\nWeights count too [4], as [5, 4] say" in result.answer
    words = {citation.number: citation.raw_excerpt for citation in result.citations}
    assert [words[number] for number in result.sentences[2].citations] == ["weights are counted", "so are signs"]


def test_the_merged_one_keeps_its_own_ids_and_names_everybody() -> None:
    own = answered()
    result = merged(own, [OTHERS])
    assert (result.trace_id, result.researcher) == (own.trace_id, "local, web")
    assert [gap.text for gap in result.gaps] == [own.gaps[0].text, "web: nothing on signs"]
    assert (result.cost.llm_calls, result.cost.seconds) == (2, 4.0)


def test_who_is_not_reached_takes_nothing_away() -> None:
    own = answered()
    away = OTHERS.model_copy(
        update={"outcome": "declined", "answer": "", "sentences": (), "citations": (), "disagreements": ()}
    )
    result = merged(own, [away])
    assert (result.outcome, result.answer, result.citations) == ("answered", own.answer, own.citations)
    assert merged(own, []) == own
