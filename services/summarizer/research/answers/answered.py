"""Whether what was kept answers the question at all: declining is a right answer, a near miss is none."""

from collections.abc import Mapping, Sequence

from services.summarizer.research.answers.relevance import (
    LEAST_OF_ALL_PAPERS,
    LEAST_RELEVANCE,
    LEAST_RELEVANCE_OF_WORDS,
    LEAST_SPOKEN_OF,
    Asked,
    coverage,
    is_in_its_words,
    is_in_other_words,
    missing_names,
    missing_numbers,
    says_how_much,
)
from services.summarizer.research.loop.question import Evidence, Said

_MODEL_MAY_BE_BELOW = 0.1
"""A model sees an answer in other words than the question's: its evidence may be a little further away."""
_LEAST_COSINE_OF_MODEL = 0.25
_WITHOUT_ITS_WORDS = "none of its words stands in the passages that were found; ask in the language of the papers"


def why_not_answered(
    asked: Asked,
    kept: Sequence[Said],
    evidence: Sequence[Evidence],
    texts: Mapping[str, str],
    spoken: Mapping[str, float],
    *,
    by_model: bool,
) -> str:
    """Why the sentences are no answer, in words; empty where they are one.

    `texts` are what was found of each paper, with its title and authors; `spoken` how much of the question it speaks of
    as a whole.
    """
    cited = [each for each in evidence if any(each.number in said.sources for said in kept)]
    if not cited:
        return _WITHOUT_ITS_WORDS if _shares_no_word(asked, evidence) else "no sentence of these papers answers it"
    if asked.parts and not by_model:
        return ""  # each part was looked at by itself
    together = " ".join(texts.get(paper_id, "") for paper_id in dict.fromkeys(each.paper_id for each in cited))
    missing = missing_names(asked, together) or missing_numbers(asked, together)
    if missing:
        return f"“{missing[0]}” stands nowhere in the passages that were found"
    most = max((spoken.get(each.paper_id, 0.0) for each in cited), default=0.0)
    if asked.weights and most < LEAST_SPOKEN_OF and coverage(asked, together) < LEAST_OF_ALL_PAPERS:
        return "the papers that come near to it do not speak of what it asks"
    if not by_model:
        return ""
    near = [each for each in cited if _is_near(each, spoken.get(each.paper_id, 0.0))]
    numbered = [each for each in near if not asked.wants_number or says_how_much(asked, each)]
    if not numbered:
        return "the sentences that were found are about something else than was asked"
    return ""


def _is_near(evidence: Evidence, spoken: float) -> bool:
    if is_in_other_words(evidence, spoken) or is_in_its_words(evidence, spoken):
        return True
    if evidence.cosine is None:
        return evidence.relevance >= LEAST_RELEVANCE_OF_WORDS - _MODEL_MAY_BE_BELOW
    return evidence.cosine >= _LEAST_COSINE_OF_MODEL and evidence.relevance >= LEAST_RELEVANCE - _MODEL_MAY_BE_BELOW


def _shares_no_word(asked: Asked, evidence: Sequence[Evidence]) -> bool:
    """Whether a question with words has none of these in common with any sentence, as in another language."""
    return bool(asked.weights and evidence) and not any(each.coverage for each in evidence)
