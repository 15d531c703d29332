"""An answer without a model: the papers' own sentences that answer the question best, grouped by paper."""

from collections.abc import Mapping, Sequence

from services.summarizer.evidence.wording import content_stems
from services.summarizer.research.answers.relevance import LEAST_OF_A_PAPER, LEAST_SPOKEN_OF, Asked, answers, covered_by
from services.summarizer.research.loop.question import Evidence, Said
from services.summarizer.text.sentences import is_statement

_MOST_SENTENCES, _MOST_OF_A_PAPER = 6, 3
_NEAR_THE_BEST = 0.85
_SAME_WORDS = 0.7


def extract(
    asked: Asked, evidence: Sequence[Evidence], texts: Mapping[str, str], spoken: Mapping[str, float]
) -> tuple[Said, ...]:
    """The best sentences that may answer, those of a paper together, the paper of the best one first.

    `texts` are what was found of each paper, `spoken` how much of the question it speaks of as a whole: a paper that
    does not speak of what is asked does not answer it.
    """
    covered = covered_by(asked, texts)
    speak = {paper_id for paper_id in covered if covered[paper_id] >= LEAST_OF_A_PAPER}
    speak |= {paper_id for paper_id, part in spoken.items() if part >= LEAST_SPOKEN_OF}
    near = [each for each in evidence if each.paper_id in speak and is_statement(each.text)]
    fitting = [each for each in near if answers(asked, each, spoken.get(each.paper_id, 0.0))]
    fitting.sort(key=lambda each: -each.relevance)
    if not fitting:
        return ()
    least = _NEAR_THE_BEST * fitting[0].relevance
    chosen: list[Evidence] = []
    for each in fitting:
        of_paper = sum(other.paper_id == each.paper_id for other in chosen)
        is_new = of_paper < _MOST_OF_A_PAPER and not any(says_the_same(each.text, other.text) for other in chosen)
        if each.relevance >= least and is_new and len(chosen) < _MOST_SENTENCES:
            chosen.append(each)
    papers = list(dict.fromkeys(each.paper_id for each in chosen))
    grouped = sorted(chosen, key=lambda each: papers.index(each.paper_id))
    return tuple(Said(text=each.text, sources=(each.number,)) for each in grouped)


def says_the_same(one: str, other: str) -> bool:
    """Whether two sentences share nearly all content words."""
    ours, theirs = set(content_stems(one)), set(content_stems(other))
    return bool(ours | theirs) and len(ours & theirs) / len(ours | theirs) >= _SAME_WORDS
