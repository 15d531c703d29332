"""Where papers contradict each other: sentences on the same matter of which one turns the other round."""

from collections.abc import Sequence
from itertools import combinations

from services.summarizer.evidence.opposites import turns_round
from services.summarizer.evidence.wording import shared_part
from services.summarizer.research.answers.relevance import LEAST_COSINE
from services.summarizer.research.loop.question import Evidence, Said

_MOST_COMPARED, _MOST_TOLD = 24, 3
_SAME_MATTER = 0.5


def disagreements_in(evidence: Sequence[Evidence]) -> tuple[Said, ...]:
    """Pairs of sentences of different papers, near to the question, that seem to say the contrary."""
    near = sorted(evidence, key=lambda each: -each.relevance)[:_MOST_COMPARED]
    pairs = [pair for pair in combinations(near, 2) if _contradict(*pair)]
    return tuple(_told(*pair) for pair in pairs[:_MOST_TOLD])


def are_of_different_papers(said: Said, evidence: Sequence[Evidence]) -> bool:
    return len({each.paper_id for each in evidence if each.number in said.sources}) > 1


def _contradict(one: Evidence, other: Evidence) -> bool:
    if one.paper_id == other.paper_id or min(one.cosine or 1.0, other.cosine or 1.0) < LEAST_COSINE:
        return False
    shared = min(shared_part(one.text, [other.text]) or 0.0, shared_part(other.text, [one.text]) or 0.0)
    return shared >= _SAME_MATTER and turns_round(one.text, other.text)


def _told(one: Evidence, other: Evidence) -> Said:
    return Said(text=f"These may disagree: “{one.text}” and “{other.text}”", sources=(one.number, other.number))
