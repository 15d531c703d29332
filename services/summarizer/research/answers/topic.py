"""Whether what a model says speaks of the question: a true sentence beside the point is no answer.

A small model repeats the first sentence that it is shown; that follows from the evidence, and says nothing of what was
asked. How near a sentence is, is measured by its sources, beside the nearest of all sentences that were found.
"""

from collections.abc import Mapping, Sequence

from services.summarizer.research.answers.relevance import (
    Asked,
    has_number,
    is_in_other_words,
    is_question,
    is_with_number,
)
from services.summarizer.research.loop.question import Evidence, Said
from services.summarizer.text.sentences import is_statement

OFF_TOPIC = "it is true of these papers, but does not answer the question"
_LEAST_OF_THE_BEST, _LEAST_OF_ONE = 0.75, 0.55
"""Of the nearest sentence found: how near the best of an answer must be, and how near each of its sentences."""


def on_topic(
    asked: Asked,
    kept: Sequence[Said],
    evidence: Sequence[Evidence],
    spoken: Mapping[str, float],
    *,
    looked_further: bool = False,
) -> tuple[list[Said], list[Said]]:
    """The sentences that speak of the question, and those that do not, with why. If none is near, none does.

    Where a number is asked for, one of them must say one.

    `looked_further`: the evidence was sought for what a first answer missed, so a sentence may be far from what was
    asked.
    """
    telling = [each for each in evidence if is_statement(each.text) and not is_question(each.text)]
    fitting = [each for each in telling if has_number(each) or not asked.wants_number]
    nearest = max((each.relevance for each in fitting), default=0.0)
    numbered = {each.number: each for each in evidence}
    near = {
        said.text: _nearness([numbered[number] for number in said.sources if number in numbered], spoken)
        for said in kept
    }
    is_answer = max(near.values(), default=0.0) >= _LEAST_OF_THE_BEST * nearest
    if asked.wants_number and not any(is_with_number(said.text) for said in kept):
        is_answer = False
    least = 0.0 if looked_further else _LEAST_OF_ONE * nearest
    stand = [said for said in kept if is_answer and near[said.text] >= least]
    return stand, [said.model_copy(update={"why": OFF_TOPIC}) for said in kept if said not in stand]


def _nearness(cited: Sequence[Evidence], spoken: Mapping[str, float]) -> float:
    """Of the nearest source: by words and meaning, by words alone (formulas hide a meaning), or, where it means what is
    asked in other words, by its meaning."""
    return max(
        (
            max(each.relevance, each.cosine or 0.0)
            if is_in_other_words(each, spoken.get(each.paper_id, 0.0))
            else max(each.relevance, each.coverage)
            for each in cited
        ),
        default=0.0,
    )
