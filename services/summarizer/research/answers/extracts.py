"""An answer without a model: the papers' own sentences that answer the question best, grouped by paper."""

from collections.abc import Mapping, Sequence

from services.summarizer.evidence.wording import content_stems
from services.summarizer.research.answers.answered import why_not_answered
from services.summarizer.research.answers.relevance import (
    LEAST_OF_A_PAPER,
    LEAST_SPOKEN_OF,
    Asked,
    answers,
    covered_by,
    of_part,
)
from services.summarizer.research.loop.question import Evidence, Said
from services.summarizer.text.sentences import is_statement

_MOST_SENTENCES, _MOST_OF_A_PAPER, _MOST_OF_A_PART = 6, 3, 2
_NEAR_THE_BEST, _NEAR_ENOUGH = 0.85, 0.7
_SAME_WORDS = 0.7


def extract(
    asked: Asked, evidence: Sequence[Evidence], texts: Mapping[str, str], spoken: Mapping[str, float]
) -> tuple[Said, ...]:
    """The best sentences that may answer, those of a paper together, the paper of the best one first.

    `texts` are what was found of each paper, `spoken` how much of the question it speaks of as a whole: a paper that
    does not speak of what is asked does not answer it. Of a question with several parts each is answered by itself.
    """
    chosen = [] if asked.parts else _best(asked, evidence, texts, spoken)
    for number, part in enumerate(asked.parts):
        best = _best(part, of_part(evidence, number), texts, spoken)[:_MOST_OF_A_PART]
        said = [Said(text=each.text, sources=(each.number,)) for each in best]
        if best and not why_not_answered(part, said, best, texts, spoken, by_model=False):
            chosen += [each for each in best if each.number not in {other.number for other in chosen}]
    papers = list(dict.fromkeys(each.paper_id for each in chosen))
    grouped = sorted(chosen, key=lambda each: papers.index(each.paper_id))
    return tuple(Said(text=each.text, sources=(each.number,)) for each in grouped)


def unanswered_parts(
    asked: Asked, kept: Sequence[Said], evidence: Sequence[Evidence], spoken: Mapping[str, float]
) -> list[str]:
    """The parts of a question that none of the sentences answers."""
    cited = [each for each in evidence if any(each.number in said.sources for said in kept)]
    return [
        part.question
        for number, part in enumerate(asked.parts)
        if not any(answers(part, each, spoken.get(each.paper_id, 0.0)) for each in of_part(cited, number))
    ]


def _best(
    asked: Asked, evidence: Sequence[Evidence], texts: Mapping[str, str], spoken: Mapping[str, float]
) -> list[Evidence]:
    """The best sentences, best first. Who asks which papers do something is told each, in one sentence."""
    covered = covered_by(asked, texts)
    speak = {paper_id for paper_id in covered if covered[paper_id] >= LEAST_OF_A_PAPER}
    speak |= {paper_id for paper_id, part in spoken.items() if part >= LEAST_SPOKEN_OF}
    near = [each for each in evidence if each.paper_id in speak and is_statement(each.text)]
    fitting = [each for each in near if answers(asked, each, spoken.get(each.paper_id, 0.0))]
    fitting.sort(key=lambda each: -each.relevance)
    if not fitting:
        return []
    least = (_NEAR_ENOUGH if asked.wants_papers else _NEAR_THE_BEST) * fitting[0].relevance
    most_of_a_paper = 1 if asked.wants_papers else _MOST_OF_A_PAPER
    chosen: list[Evidence] = []
    for each in fitting:
        of_paper = sum(other.paper_id == each.paper_id for other in chosen)
        is_new = of_paper < most_of_a_paper and not any(says_the_same(each.text, other.text) for other in chosen)
        if each.relevance >= least and is_new and len(chosen) < _MOST_SENTENCES:
            chosen.append(each)
    return chosen


def says_the_same(one: str, other: str) -> bool:
    """Whether two sentences share nearly all content words."""
    ours, theirs = set(content_stems(one)), set(content_stems(other))
    return bool(ours | theirs) and len(ours & theirs) / len(ours | theirs) >= _SAME_WORDS
