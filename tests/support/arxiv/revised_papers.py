"""Newer versions of papers, made of real or invented ones by edits that occur; what was edited is known.

In the TeX source: a section and a theorem put in front, so that everything after them is numbered anew; sections in
another order; citations under other names; other line ends. In the Markdown: one number changed, a sentence reworded, a
theorem weakened, each in a section of its own.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from services.summarizer.revisions.units import Section, Unit, sections_of

EditKind = Literal["number", "reworded", "weakened"]
NEW_TITLE = "Notation that is new"
_SECTION = re.compile(r"^[ \t]*\\section\*?\s*\{", re.M)
_END = re.compile(
    r"\\(?:appendix\b|begin\{thebibliography\}|bibliography\b|end\{document\}|section\*?\{(?:acknowl|refer))", re.I
)
_THEOREM = re.compile(r"\\newtheorem\{(\w+)\}(?:\[\w+\])?\{(?:theorem|lemma|proposition)\}", re.I)
_CITE = re.compile(r"(\\(?:cite\w*|nocite)\*?(?:\[[^\]]*\])*\{)([^}]*)(\})")
_BIBITEM = re.compile(r"(\\bibitem(?:\[[^\]]*\])?\{)([^}]*)(\})")
_QUANTITY = re.compile(r"(?<![\w@\[.^_{}\\,:/-])\d+(?:\.\d+)?(?![\w\]}:/]|\.\d|-\d|,\d)")
_POINTED_AT = re.compile(
    r"(?:theorem|lemma|prop\w*|corollary|section|sec|table|figure|fig|eq\w*|ref\w*|algorithm|appendix|definition|remark"
    r"|example|claim|footnote|and|to|step)s?\.?[\s~*(]*$|\[[^\]]*$|@[^\s\]]*$|\]\([^)]*$",
    re.I,
)
_OTHER_WORDS = {
    "show": "demonstrate", "shows": "demonstrates", "use": "employ", "used": "employed", "however": "yet",
    "find": "observe", "obtain": "get", "large": "big",
    "small": "little", "because": "since", "therefore": "hence", "first": "at first",
    "important": "crucial", "also": "moreover", "several": "various", "consider": "examine", "different": "distinct",
}  # fmt: skip


@dataclass(frozen=True)
class Edit:
    """What was changed in the section with this heading: for a number what it was and is."""

    kind: EditKind
    title: str
    before: str = ""
    after: str = ""


def restructured(folder: Path, dice: random.Random) -> None:
    """Edit the TeX files of a source in place: what is said stays as it is, but for a section that is new."""
    sources = {path: path.read_text("latin-1") for path in folder.rglob("*.tex")}
    sources |= {path: path.read_text("latin-1") for path in folder.rglob("*.bbl")}
    main = max(sources, key=lambda path: len(_SECTION.findall(sources[path])))
    sources = {path: _with_other_keys(text) for path, text in sources.items()}
    sources[main] = _with_new_order(sources[main], dice)
    for path, text in sources.items():
        path.write_text(text, "latin-1")


def edited(markdown: str, dice: random.Random, numbers: int = 3, words: int = 1) -> tuple[str, list[Edit]]:
    """Change so many numbers and reword so many sentences, each in another section; weaken a theorem, where one is."""
    sections = [section for section in sections_of(markdown) if section.title and section.title != NEW_TITLE]
    dice.shuffle(sections)
    wanted: list[EditKind] = ["weakened"]
    wanted.extend(["number"] * numbers)
    wanted.extend(["reworded"] * words)
    done: list[tuple[int, int, str, Edit]] = []
    for kind in wanted:
        for section in sections:
            found = _edit(kind, section, dice)
            if found is not None:
                done.append(found)
                sections.remove(section)
                break
    for start, end, text, _ in sorted(done, key=lambda item: item[0], reverse=True):
        markdown = markdown[:start] + text + markdown[end:]
    return markdown, [edit for _, _, _, edit in done]


def _with_new_order(text: str, dice: random.Random) -> str:
    """The new section after the first one, and two neighbours after that the other way round."""
    starts = [match.start() for match in _SECTION.finditer(text)]
    end = next((match.start() for match in _END.finditer(text) if starts and match.start() > starts[-1]), len(text))
    parts = [text[start:stop] for start, stop in zip(starts, [*starts[1:], end], strict=True)]
    body = len(parts) - 1
    if body >= 4:
        at = dice.randrange(1, body - 1)
        parts[at], parts[at + 1] = parts[at + 1], parts[at]
    return text[: starts[0]] + parts[0] + _new_section(text) + "".join(parts[1:]) + text[end:] if parts else text


def _new_section(text: str) -> str:
    theorem = _THEOREM.search(text)
    statement = "Every number of this section is a new one."
    stated = f"\\begin{{{theorem[1]}}}{statement}\\end{{{theorem[1]}}}\n" if theorem else f"{statement}\n"
    equation = "\\begin{equation}\\label{eq:brandnew} u = v + w \\end{equation}\n"
    opening = "We fix what is meant by it from here on.\n"
    return f"\\section{{{NEW_TITLE}}}\\label{{sec:brandnew}}\n{opening}{equation}{stated}\n"


def _with_other_keys(text: str) -> str:
    def renamed(match: re.Match[str]) -> str:
        return f"{match[1]}{','.join(f'{key.strip()}x' for key in match[2].split(','))}{match[3]}"

    return _BIBITEM.sub(renamed, _CITE.sub(renamed, text))


def _edit(kind: EditKind, section: Section, dice: random.Random) -> tuple[int, int, str, Edit] | None:
    """The characters to replace, by what, and what that means; None where the section has nothing of the kind."""
    options = list(_OPTIONS[kind](section.units))
    if not options:
        return None
    start, end, text = dice.choice(options)
    unit = next(unit for unit in section.units if unit.start <= start < unit.end)
    old = unit.text[start - unit.start : end - unit.start]
    if kind == "number":
        text = _other_number(old, dice)
    return start, end, text, Edit(kind, section.title, old, text)


def _quantities(units: Sequence[Unit]) -> Iterator[tuple[int, int, str]]:
    for unit in units:
        for match in _QUANTITY.finditer(unit.text):
            if not _POINTED_AT.search(unit.text[: match.start()]):
                yield unit.start + match.start(), unit.start + match.end(), match[0]


def _words(units: Sequence[Unit]) -> Iterator[tuple[int, int, str]]:
    for unit in units:
        if unit.kind == "text" and "$" not in unit.text:
            for match in re.finditer(r"[A-Za-z]+", unit.text):
                if match[0] in _OTHER_WORDS:
                    yield unit.start + match.start(), unit.start + match.end(), _OTHER_WORDS[match[0]]


def _statements(units: Sequence[Unit]) -> Iterator[tuple[int, int, str]]:
    for unit in units:
        at = unit.text.rfind(".*")
        if unit.kind == "theorem" and at > 0:
            yield unit.start + at, unit.start + at + 1, ", provided that all of them are finite."


_OPTIONS = {"number": _quantities, "reworded": _words, "weakened": _statements}


def _other_number(number: str, dice: random.Random) -> str:
    """A number with as many digits, one or two of which are others; never the same one."""
    places = [place for place, digit in enumerate(number) if digit.isdigit()]
    while True:
        digits = list(number)
        for place in dice.sample(places, min(len(places), dice.randint(1, 2))):
            digits[place] = dice.choice("123456789" if place == places[0] else "0123456789")
        if "".join(digits) != number:
            return "".join(digits)
