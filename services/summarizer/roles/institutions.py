"""The authors' institutions, from what stands at the head of a paper before its abstract."""

import re
from collections.abc import Sequence

from services.summarizer.text.passages import ABSTRACT, Passage

_HEAD_CHARS = 1_500
_MOST = 12
_KIND = (
    r"University|Universit(?:y|é|à|ät|eit|at|as|ario|aire)|Universidad(?:e)?|Università|Universität|Institut(?:e|o"
    r"|ion)?|Instituto|Istituto|College|Laborator(?:y|ies)|Laboratoire|Academy|Academia|Polytechnic|Politecnico"
    r"|Polytechnique|Hochschule|Observatory|Hospital|Cent(?:er|re)|School"
)
_FIRM = r"Research|Corporation|Inc\b|GmbH|Ltd\b|Labs?|AI"
_JOIN = r"(?:of|for|the|and|at|in|de|di|du|des|del|della|la|le|für|der|zu|&)"
_WORD = r"[A-ZÀ-ÖØ-Þ][\w'’.&-]*"
_NAME = re.compile(
    rf"(?:{_WORD} (?:{_JOIN} )*){{0,5}}\b(?:{_KIND})(?![\w])(?: (?:{_JOIN} )+{_WORD}(?: {_WORD}){{0,2}})?"
)
_COMPANY = re.compile(rf"{_WORD} (?:{_FIRM})(?!\w)")
_NOISE = re.compile(r"\S*@\S*|\{[^}]*\}|\\?\[[^\]]*\]|https?://\S+|[∗†‡§¶*]|\d+")
_PLAIN = re.compile(rf"^(?:{_KIND})$")


def institutions_of(passages: Sequence[Passage]) -> list[tuple[str, Passage]]:
    """Names as they stand in the text, in order and once each, with the passage; none where the paper names none."""
    heads = [passage for passage in passages if passage.section != ABSTRACT and _is_head(passage)]
    found: dict[str, tuple[str, Passage]] = {}
    for passage in heads:
        for name in _names(passage.text[:_HEAD_CHARS]):
            found.setdefault(name.casefold(), (name, passage))
    return list(found.values())[:_MOST]


def _is_head(passage: Passage) -> bool:
    return passage.section == "Text" or re.search(r"affiliation|author", passage.section, re.I) is not None


def _names(head: str) -> list[str]:
    names = []
    for part in re.split(r"[,;\n]", re.split(r"\bAbstract\b", head)[0]):
        for piece in _NOISE.split(part):
            found = [match[0] for match in _NAME.finditer(piece)] or [match[0] for match in _COMPANY.finditer(piece)]
            names += [name.strip(" .") for name in found]
    return [name for name in names if not _PLAIN.match(name)]
