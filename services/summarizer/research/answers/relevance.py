"""Whether evidence speaks of what a question asks: its content words, its names, its meaning, a number if it wants one.

What is told apart here is an answer and its absence, so a question whose names stand nowhere near is not answered. The
thresholds come from questions of our own (docs/ask.md), not from those of the evaluation.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.summarizer.evidence.numbers import Number, numbers_in, says
from services.summarizer.evidence.wording import content_stems, has_stem, stem
from services.summarizer.research.answers.parts import question_parts
from services.summarizer.research.loop.question import Evidence

LEAST_RELEVANCE = 0.5
"""Of the best sentence; a question below is not answered from these papers."""
LEAST_RELEVANCE_OF_WORDS = 0.6
"""The same where there are no vectors."""
LEAST_COSINE = 0.3
"""A sentence whose meaning is further from the question says nothing of it, whatever words they share."""
LEAST_COVERAGE = 0.4
LEAST_COSINE_IN_OTHER_WORDS, LEAST_SPOKEN_OF = 0.53, 0.9
"""A sentence with few of the question's words may still answer it: if it means the like, and its paper, read as a
whole, has all but every word of the question. People ask in words of their own, papers use theirs."""
LEAST_OF_A_PAPER, LEAST_OF_ALL_PAPERS = 0.5, 0.7
"""How much of a question must stand in what was found of a paper that answers it, and of all that do together."""
_AROUND = 0.6
_ASKING = frozenset(
    map(
        stem,
        """
        answer question explain describe tell compare comparison difference different many much long often kind type
        main mainly recommend recommended say said mention mentioned discuss discussed according paper papers author
        authors use used using example reason way name value number amount size come happen mean
        people person thing part get good better best bad worse look keep help tell learn begin start become know work
        need want try take took make go let put run see think believe ahead behind still ever never always today
        thousand hundred million contain consist set differ matter deal handle cheap expensive close trust shown show
        act cause lead give apply applied serve choose chosen pick achieve reach perform performance obtain gain improve
        well hard easy big small large short high low old new first last whole full own end quantity total
        """.split(),  # noqa: SIM905
    )
)
_NAME = re.compile(r"(?<![\w-])(?:[A-Z][a-z]*[A-Z0-9][\w-]*|[A-Z]{2,}[\w-]*|[A-Za-z]+-?\d+[\w.-]*|[A-Z][\w-]+)")
_FIRST_WORD = re.compile(r"^\W*\w+")
_COUNTED = re.compile(r"\bhow (?:many|much|long|often|large|big|fast|high|low|small|far|deep|old)\b", re.I)
_FIGURE = re.compile(
    r"\bwhat (?:is |was |are |were )?(?:the )?(?:\w+ ){0,3}"
    r"(?:score|accuracy|number|percentage|rate|value|size|bleu|error|f1)\b",
    re.I,
)
_WHEN = re.compile(r"\b(?:when|what year|which year)\b(?! (?:do|does|is|are|should|can|to)\b)", re.I)
_MEASURED = """
    mass weight length distance width height depth radius diameter duration speed velocity temperature energy power
    pressure voltage cost price age lifetime half-life frequency bandwidth latency redshift luminosity charge density
    thickness area volume
""".split()  # noqa: SIM905
_QUANTITY = re.compile(
    rf"\bwhat (?:is|was|are|were) (?:the|its|their) (?:\w+ ){{0,2}}?(?P<what>{'|'.join(_MEASURED)})s?\b", re.I
)
"""What is measured in numbers. A sentence with any other number in it does not say it."""
_WHICH_PAPERS = re.compile(
    r"^\W*(?:which|what|are there|is there|list|name|show|give|find)\b[^.?!]{0,25}?"
    r"\b(?:papers?|articles?|preprints?|studies|works?|publications?)\b",
    re.I,
)
_DIGIT = re.compile(r"\d")
_ID = re.compile(r"\b\d{4}\.\d{4,5}(?:v\d+)?\b")
_SMALL_NUMBER = 10
_YEARS = range(1900, 2101)


@dataclass(frozen=True)
class Asked:
    """What a question is about: stems and how much each weighs, names and numbers among them, whether it asks for a
    number, and of which quantity (its stem), or for papers themselves; `parts` where it asks several things."""

    weights: Mapping[str, float]
    names: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    wants_number: bool = False
    quantity: str = ""
    wants_papers: bool = False
    question: str = ""
    parts: tuple["Asked", ...] = ()


def asked_of(question: str, texts: Sequence[str] = ()) -> Asked:
    """The question's content words, the rarer in `texts` the heavier."""
    stems = [word for word in content_stems(question) if word not in _ASKING]
    there = [set(content_stems(text)) for text in texts]
    weights = {}
    for word in stems:
        count = sum(has_stem(word, words) for words in there)
        weights[word] = math.log(1 + (len(there) + 1) / (count + 0.5)) if there else 1.0
    measured = _QUANTITY.search(question)
    patterns = (_COUNTED, _FIGURE, _WHEN, _QUANTITY)
    return Asked(
        weights,
        names_in(question),
        tuple(filter(_is_telling, numbers_in(_ID.sub("", question)))),
        any(pattern.search(question) for pattern in patterns),
        stem(measured["what"].lower()) if measured else "",
        bool(_WHICH_PAPERS.search(question)),
        question,
        tuple(asked_of(part, texts) for part in question_parts(question)),
    )


def _is_telling(number: Number) -> bool:
    """Whether a number of a question says what it is about: `the 70-billion model`, `at 100 TeV`; not `the 3 best`,
    no year, and nothing that papers would say otherwise, such as `over a thousand`."""
    if number.bound or (not number.dimension and number.value in _YEARS):
        return False
    return bool(number.dimension) or number.value > _SMALL_NUMBER


def names_in(text: str) -> tuple[str, ...]:
    """Words that are written like names: capitals within, digits, or a capital that begins no sentence."""
    rest = _FIRST_WORD.sub(lambda match: match[0] if _is_marked(match[0].strip()) else "", text.strip(), count=1)
    names = (match[0].rstrip(".-") for match in _NAME.finditer(rest))
    return tuple(dict.fromkeys(name for name in names if len(name) > 1 and not name.isdigit()))


def _is_marked(word: str) -> bool:
    return any(char.isupper() for char in word[1:]) or bool(_DIGIT.search(word))


def coverage(asked: Asked, text: str, around: str = "") -> float:
    """The part of the question's content words that a text has, by weight, from 0 to 1.

    A word that stands only around it, in titles and the sentences beside it, counts a little less.
    """
    whole = sum(asked.weights.values())
    if not whole:
        return 0.0
    there, beside = set(content_stems(text)), set(content_stems(around))
    found = (
        weight * (1.0 if has_stem(word, there) else _AROUND if has_stem(word, beside) else 0.0)
        for word, weight in asked.weights.items()
    )
    return sum(found) / whole


def of_part(evidence: Sequence[Evidence], number: int) -> list[Evidence]:
    """The sentences with their nearness to one part of a question."""
    return [each.model_copy(update={"coverage": each.parts[number]}) for each in evidence if number < len(each.parts)]


def spoken_of(asked: Asked, text: str) -> float:
    """How much of a question a whole paper speaks of, from 0 to 1; nothing where the question names what it has not."""
    if not asked.weights or missing_names(asked, text):
        return 0.0
    return coverage(asked, text)


def covered_by(asked: Asked, texts: Mapping[str, str]) -> dict[str, float]:
    """How much of a question each of these papers speaks of at all, by what was found of it."""
    return {paper_id: coverage(asked, text) if asked.weights else 1.0 for paper_id, text in texts.items()}


def missing_names(asked: Asked, text: str) -> list[str]:
    """The names of a question that a text does not have, however they are spelt."""
    letters = _squeezed(text)
    return [name for name in asked.names if _squeezed(name) not in letters and not _parts_stand_in(name, letters)]


def missing_numbers(asked: Asked, text: str) -> list[str]:
    """The numbers of a question that a text has in no form."""
    given = numbers_in(text) if asked.numbers else []
    return [
        wanted.text
        for wanted in asked.numbers
        if not any(says(number, wanted) or number.plain == wanted.plain for number in given)
    ]


def answers(asked: Asked, evidence: Evidence, spoken: float = 0.0) -> bool:
    """Whether a sentence may be said in answer to the question; `spoken`: how much of it its whole paper speaks of."""
    if is_question(evidence.text) or (asked.wants_number and not says_how_much(asked, evidence)):
        return False
    if is_in_other_words(evidence, spoken):
        return True
    if evidence.cosine is None:
        return evidence.coverage >= LEAST_RELEVANCE_OF_WORDS
    return (
        evidence.cosine >= LEAST_COSINE
        and evidence.coverage >= LEAST_COVERAGE
        and evidence.relevance >= LEAST_RELEVANCE
    )


def is_in_other_words(evidence: Evidence, spoken: float) -> bool:
    """Whether a sentence means what is asked, in a paper that speaks of all of it."""
    near = evidence.cosine is not None and evidence.cosine >= LEAST_COSINE_IN_OTHER_WORDS
    return near and spoken >= LEAST_SPOKEN_OF


def is_in_its_words(evidence: Evidence, spoken: float) -> bool:
    """Whether a sentence has much of what is asked, in a paper that speaks of all of it: formulas hide its meaning."""
    return evidence.coverage >= LEAST_RELEVANCE and spoken >= LEAST_SPOKEN_OF


def says_how_much(asked: Asked, evidence: Evidence) -> bool:
    """Whether a sentence has a number, and that of what is asked for where that is a quantity such as a mass."""
    if not has_number(evidence) or only_repeats_numbers(asked, evidence.text):
        return False
    if not asked.quantity:
        return True
    is_near = evidence.cosine is not None and evidence.cosine >= LEAST_COSINE_IN_OTHER_WORDS
    return is_near or has_stem(asked.quantity, set(content_stems(evidence.text)))


def only_repeats_numbers(asked: Asked, text: str) -> bool:
    """Whether all numbers of a sentence stand in the question: four bits are no answer to what is lost at four bits."""
    theirs, ours = numbers_in(text), numbers_in(asked.question)
    return bool(theirs) and all(any(number.plain == mine.plain for mine in ours) for number in theirs)


def is_question(text: str) -> bool:
    """Papers ask questions too, before they answer them."""
    return text.rstrip("\"”’')] ").endswith("?")


def has_number(evidence: Evidence) -> bool:
    """Whether a sentence says how many, how much, or when."""
    return is_with_number(evidence.text)


def is_with_number(text: str) -> bool:
    return bool(numbers_in(text)) or bool(_DIGIT.search(text))


def _squeezed(text: str) -> str:
    return re.sub(r"[^\w]", "", text).casefold()


def _parts_stand_in(name: str, letters: str) -> bool:
    """`English-Japanese` is there where both are; a plural where the singular is."""
    parts = [part for part in re.split(r"[-‐‑/]", name) if len(part) > 1]
    if len(parts) > 1:
        return all(_squeezed(part) in letters for part in parts)
    return len(name) > 3 and _squeezed(name).removesuffix("s") in letters
