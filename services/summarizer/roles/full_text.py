"""Sentences of a paper's body for a role: section titles count most, then words that mark the role, then place.

The abstract says problem, method and result best; the body is asked for what abstracts leave out (limitations, how it
was tested) and for what an abstract of a sentence or two does not say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.summarizer.roles.cues import PATTERNS
from services.summarizer.roles.limitations import ADMITTED_FROM, SURE_FROM, abstract_points, admission, title_points
from services.summarizer.roles.questions import needs_context, points_elsewhere
from services.summarizer.text.passages import ABSTRACT
from services.summarizer.text.sentences import Sentence

BodyRole = Literal["summary", "problem", "method", "result", "experiment"]
_OTHERS = re.compile(
    r"related work|background|previous work|prior work|literature|acknowledg|appendix|supplement", re.I
)
_LEADING = 0.15
"""For the first sentences of a section, which say what it is about."""
_CONTEXT, _ELSEWHERE, _CITES = 0.3, 0.25, 0.15
_CITED = re.compile(r"\[\d+|\bet al\b|\(\d{4}\)")


@dataclass(frozen=True)
class _Marks:
    """Titles and words that mark a role; a sentence needs `least` points."""

    titles: re.Pattern[str]
    title: float
    words: tuple[tuple[float, re.Pattern[str]], ...]
    least: float
    against: re.Pattern[str] = _OTHERS


def _words(*marks: tuple[float, str]) -> tuple[tuple[float, re.Pattern[str]], ...]:
    return tuple((weight, re.compile(pattern, re.I)) for weight, pattern in marks)


_MARKS: dict[BodyRole, _Marks] = {
    "summary": _Marks(
        re.compile(r"conclu|summary", re.I),
        0.7,
        _words(
            (
                0.5,
                r"\b(?:in this (?:paper|work|talk|article|letter|report)|this (?:paper|work|article|report)"
                r"|here,? we)\b",
            ),
            (
                0.4,
                r"\bwe (?:have |\w+ly )?(?:propose|present|introduce|develop|show|study|describe|report"
                r"|investigate|construct|prove)",
            ),
            (-0.5, r"\b(?:future|we plan|first,|(?:sub)?sections?|organi[sz]ed|do not know|whether)\b"),
        ),
        0.8,
        re.compile(r"limitation|future|open (?:problem|question)", re.I),
    ),
    "problem": _Marks(
        re.compile(r"introduction|motivation|problem", re.I),
        0.5,
        _words(
            (0.5, r"^(?:however|yet|nevertheless|unfortunately|but)\b|\bhowever\b"),
            (
                0.5,
                r"\b(?:the|a|this) (?:main |key |central |open |basic )?(?:problem|question|challenge|difficulty"
                r"|bottleneck)\b",
            ),
            (
                0.4,
                r"\b(?:remains?|lack|lacks|unknown|unclear|little is known|not (?:well |yet |fully )?(?:understood"
                r"|known))\b",
            ),
            (0.3, r"\b(?:difficult|expensive|costly|hard|suffers?|limited|fails?|cannot|problem we address)\b"),
            (0.5, r"\b(?:is|are) (?:urgently |much |still |therefore )?(?:needed|required|missing|desirable)\b"),
            (-0.6, r"\b(?:remain open|open problems?|future)\b"),
            (-0.4, r"\b(?:our|in this (?:paper|work|talk|article)|we (?:show|prove|propose|present|find))\b"),
        ),
        1.0,
        re.compile(f"{_OTHERS.pattern}|conclu|summary|result|discussion|proof|open (?:problem|question)", re.I),
    ),
    "method": _Marks(
        re.compile(r"introduction|method|approach|model|algorithm|framework|architecture|construction|proposed", re.I),
        0.4,
        _words(
            (
                0.8,
                r"\b(?:we|this (?:paper|work)|in this (?:paper|work|talk|article|letter)) (?:\w+ )?(?:propose"
                r"|present|introduce|develop|construct|design|describe|compare|annotate|review|summari[sz]e"
                r"|replace|use|train|extend|apply|derive)",
            ),
            (
                0.4,
                r"\b(?:our|the proposed) (?:main )?(?:method|approach|idea|model|algorithm|construction"
                r"|contribution)",
            ),
            (0.3, r"\b(?:is based on|consists of|by (?:\w+ly )?\w+ing|therefore|instead of)\b"),
            (-0.5, r"\b(?:compared|baselines?|implement|hyper-?parameters?|learning rate|notation|denote|let \$)\b"),
        ),
        1.0,
    ),
    "result": _Marks(
        re.compile(r"conclu|summary|result|discussion|introduction", re.I),
        0.4,
        _words(
            (
                0.6,
                r"\bwe (?:\w+ )?(?:show|showed|shown|find|found|prove|proved|obtain|obtained|conclude|demonstrate"
                r"|demonstrated|observe)",
            ),
            (
                0.4,
                r"\b(?:our )?(?:results?|experiments|findings|analysis) (?:\w+ )?(?:show|indicate|suggest"
                r"|demonstrate|confirm|reveal)",
            ),
            (
                0.4,
                r"\b(?:outperform|improv|reduc|increas|better than|faster than|at least|higher than|lower than"
                r"|within)",
            ),
            (0.3, r"\d"),
            (-0.5, r"\b(?:future|we plan|will be|would be|should be)\b"),
        ),
        1.0,
    ),
    "experiment": _Marks(
        re.compile(
            r"experiment|evaluation|set-?up|\bdata|data ?sets?|benchmark|observation|simulation|training"
            r"|participants|study design|materials|numerical",
            re.I,
        ),
        0.8,
        _words(
            (
                0.6,
                r"\b(?:we|is|are|was|were) (?:then |also )?(?:evaluated?|tested?|trained?|recorded|measured?"
                r"|simulated?|collected|observed|conduct(?:ed)?|compared?|ran|run|validated?|sampled|fitted)\b",
            ),
            (
                0.4,
                r"\b(?:data ?sets?|benchmarks?|corpus|participants|subjects|patients|samples|baselines?|tasks?"
                r"|test set|simulations?|observations?|recordings?|spectra|galaxies|trials|queries)\b",
            ),
            (0.3, r"\d"),
            (0.2, r"\b(?:comprises|consists of|contains|against|compared (?:to|with))\b"),
            (-0.5, r"\b(?:outperform|improv|shows? that|achiev|better|best)"),
        ),
        1.3,
    ),
}


def body_candidate(sentences: Sequence[Sentence], role: BodyRole, taken: frozenset[str]) -> Sentence | None:
    """The sentence for which most speaks, outside the abstract (how it was tested may stand there too); or None."""
    marks = _MARKS[role]
    scored = [
        (_points(sentence, number, marks), -number, sentence)
        for number, sentence in _numbered(sentences)
        if sentence.text not in taken and (sentence.section != ABSTRACT or role == "experiment")
    ]
    points, _, best = max(scored, key=lambda one: one[:2], default=(0.0, 0, None))
    return best if points >= marks.least else None


def margins(sentences: Sequence[Sentence]) -> list[dict[str, float]]:
    """For each sentence of the body how far it is above what a problem, a method, a result or a limitation needs."""
    roles: tuple[BodyRole, ...] = ("problem", "method", "result")
    return [
        {role: _points(sentence, number, _MARKS[role]) - _MARKS[role].least for role in roles}
        | {"limitation": _body_limitation(sentence, number) - SURE_FROM}
        for number, sentence in _numbered(sentences)
    ]


def admitted_in(abstract: Sequence[str]) -> frozenset[int]:
    """The rows of an abstract that name a limit of the work."""
    proposal = next((row for row, text in enumerate(abstract) if PATTERNS["we"].search(text)), 0)
    points = (_abstract_limitation(text, row, len(abstract), proposal) for row, text in enumerate(abstract))
    return frozenset(row for row, found in enumerate(points) if found >= ADMITTED_FROM)


def limitation(sentences: Sequence[Sentence], taken: frozenset[str]) -> Sentence | None:
    """The stated limitation that is surest: one from a section named for them before any other."""
    abstract = [sentence for sentence in sentences if sentence.section == ABSTRACT]
    proposal = next((row for row, one in enumerate(abstract) if PATTERNS["we"].search(one.text)), 0)
    scored = [
        (_abstract_limitation(one.text, row, len(abstract), proposal), -row, one) for row, one in enumerate(abstract)
    ]
    scored += [
        (_body_limitation(one, number), -number - len(abstract), one)
        for number, one in _numbered(sentences)
        if one.section != ABSTRACT
    ]
    free = [one for one in scored if one[2].text not in taken]
    points, _, best = max(free, key=lambda one: one[:2], default=(0.0, 0, None))
    return best if points >= SURE_FROM else None


def _abstract_limitation(text: str, row: int, count: int, proposal: int) -> float:
    return admission(text) + abstract_points(row, count, proposal)


def _body_limitation(sentence: Sentence, number: int) -> float:
    title = title_points(sentence.section)
    named = title > 1
    points = title + max(-0.3, min(1.2, admission(sentence.text))) if named else title + admission(sentence.text)
    return points + (_LEADING if named and number < 1 else 0.0) - _dependence(sentence.text)


def _points(sentence: Sentence, number: int, marks: _Marks) -> float:
    points = sum(weight for weight, pattern in marks.words if pattern.search(sentence.text))
    points += marks.title if marks.titles.search(sentence.section) else 0.0
    points -= 0.6 if marks.against.search(sentence.section) else 0.0
    return points + (_LEADING if number < 2 else 0.0) - _dependence(sentence.text)


def _dependence(text: str) -> float:
    return _CONTEXT * needs_context(text) + _ELSEWHERE * points_elsewhere(text) + _CITES * bool(_CITED.search(text))


def _numbered(sentences: Sequence[Sentence]) -> list[tuple[int, Sentence]]:
    """Each sentence with its number in its section, from 0."""
    seen: dict[str, int] = {}
    numbered = []
    for sentence in sentences:
        number = seen.get(sentence.section, 0)
        numbered.append((number, sentence))
        seen[sentence.section] = number + 1
    return numbered
