"""How good a conversion is, judged by what came out and never by an exit code."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from services.fetcher.documents.markdown import formulas_of, prose_of, stray_commands, unbalanced_math
from services.fetcher.documents.tex.plain import words_of

Grade = Literal["good", "fair", "bad"]
_MIN_WORDS = 40
_STRUCTURE = 0.25
"""What tables, theorems and headings are worth, as a share of the words."""
_COMMON = frozenset((
    "the", "of", "and", "in", "to", "is", "that", "for", "we", "are", "with", "as", "by", "this", "on", "be", "it",
    "an", "from", "at", "which", "can", "not", "or",
))  # fmt: skip


@dataclass(frozen=True)
class Quality:
    """`word_share` is the part of the source's words that arrived; None where the source has no words to count."""

    grade: Grade
    words: int
    word_share: float | None
    stray_per_1000_words: float
    why: str
    formulas: int = 0
    unbalanced_math: int = 0
    faults: int = 0
    is_plain: bool = False

    @property
    def rank(self) -> tuple[int, float]:
        """Sorts better conversions first when compared from high to low."""
        lost = self.stray_per_1000_words / 100 + self.faults / 50 + _STRUCTURE * self.is_plain
        return ("bad", "fair", "good").index(self.grade), (self.word_share or 0.0) - lost


@dataclass(frozen=True)
class Expected:
    """What a source says that must arrive: `text` are its words as they were given to the converter, `reading` the
    words of a plain reading of the source before that, a second witness.
    """

    text: str
    headings: int
    formulas: int = 0
    reading: str = ""


def judge_latex(markdown: str, expected: Expected, headings: int, *, is_plain: bool) -> Quality:
    """Compare Markdown with what its source says; text without structure is at best fair."""
    words = words_of(prose_of(markdown))
    share = word_share(words_of(expected.text), words)
    read = word_share(words_of(expected.reading), words)
    stray = 1000 * stray_commands(markdown) / max(1, len(words))
    unbalanced, formulas = unbalanced_math(markdown), len(formulas_of(markdown))
    faults = [
        *([f"only {len(words)} words"] if len(words) < _MIN_WORDS else []),
        *([f"{share:.0%} of the words kept"] if share is not None and share < 0.9 else []),
        *([f"{stray:.1f} TeX commands left per 1000 words"] if stray > 2 else []),
        *([f"only {read:.0%} of the words that a plain reading finds"] if read is not None and read < 0.75 else []),
        *([f"{headings} of {expected.headings} headings found"] if headings < 0.7 * expected.headings else []),
        *([f"{formulas} of {expected.formulas} formulas found"] if formulas < 0.8 * expected.formulas else []),
        *([f"{unbalanced} formulas with unbalanced braces"] if unbalanced > 0.01 * formulas else []),
        *(["plain text without structure"] if is_plain else []),
    ]
    is_bad = len(words) < _MIN_WORDS or (share is not None and share < 0.7) or stray > 20
    grade: Grade = "bad" if is_bad else "fair" if faults else "good"
    why = "; ".join(faults) or "all words kept"
    return Quality(grade, len(words), share, stray, why, formulas, unbalanced, len(faults), is_plain)


def judge_page(markdown: str, source: list[str], headings: int, errors: int, *, is_latexml: bool) -> Quality:
    """A page of HTML: good where LaTeXML made it without errors and its words and headings arrived."""
    words = words_of(prose_of(markdown))
    share = word_share(source, words)
    stray = 1000 * stray_commands(markdown) / max(1, len(words))
    unbalanced, formulas = unbalanced_math(markdown), len(formulas_of(markdown))
    faults = [
        *([f"only {len(words)} words"] if len(words) < _MIN_WORDS else []),
        *([f"{share:.0%} of the words kept"] if share is not None and share < 0.9 else []),
        *([f"{stray:.1f} TeX commands left per 1000 words"] if stray > 2 else []),
        *([f"{unbalanced} formulas with unbalanced braces"] if unbalanced > 0.01 * formulas else []),
        *([f"{errors} LaTeXML errors"] if errors > 0.002 * len(words) else []),
        *(["no headings"] if headings == 0 else []),
        *(["not a LaTeXML page"] if not is_latexml else []),
    ]
    is_bad = len(words) < _MIN_WORDS or (share is not None and share < 0.7) or stray > 20
    grade: Grade = "bad" if is_bad else "fair" if faults else "good"
    why = "; ".join(faults) or "all words kept"
    return Quality(grade, len(words), share, stray, why, formulas, unbalanced, len(faults))


def judge_pages(text: str, pages: int) -> Quality:
    """Text taken from pages: never more than fair, since mathematics and structure are guesses there."""
    words = words_of(text)
    common = sum(word in _COMMON for word in words) / max(1, len(words))
    broken = sum(len(word) > 25 for word in words) / max(1, len(words))
    is_bad = len(words) < max(_MIN_WORDS, 40 * pages) or broken > 0.02
    why = f"text of {pages} pages" + ("" if common > 0.1 else ", possibly not in English")
    return Quality("bad" if is_bad else "fair", len(words), None, 0.0, why)


def word_share(source: list[str], result: list[str]) -> float | None:
    """The part of the source's words, each as often as it stands there, that is in the result."""
    if not source:
        return None
    arrived = Counter(source) & Counter(result)
    return arrived.total() / len(source)
