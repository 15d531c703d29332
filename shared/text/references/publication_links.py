"""Addresses of code, data and project pages in the comment of a paper's authors. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

LinkKind = Literal["code", "data", "project"]

_URL = re.compile(r"https?://[^\s<>\"'{}|\\^`]+")
_TAG = re.compile(r"<[^<>]*>")
_DATA_HOSTS = (
    "zenodo.org",
    "kaggle.com",
    "figshare.com",
    "datadryad.org",
    "huggingface.co/datasets",
    "osf.io",
    "dataverse",
)
_CODE_HOSTS = ("github.com", "gitlab.", "bitbucket.org", "codeberg.org", "sourceforge.net", "anonymous.4open.science")
_DATA_WORD = re.compile(r"\b(?:data(?:\s?sets?)?|benchmark|corpus|corpora)\b", re.I)
_CODE_WORD = re.compile(r"\b(?:codes?|codebase|implementation|repository|repo|software|github|package|toolbox)\b", re.I)
_PROJECT_WORD = re.compile(r"\b(?:project|home|web)[\s-]*(?:page|site)?\b|\b(?:demos?|website|videos?|page)\b", re.I)


@dataclass(frozen=True)
class PaperLink:
    """An address that the authors name in their comment."""

    kind: LinkKind
    address: str


def links_in(comment: str) -> tuple[PaperLink, ...]:
    """Addresses of code, data and project pages; others are left out."""
    found: dict[str, PaperLink] = {}
    position = 0
    for match in _URL.finditer(comment):
        address = match[0].rstrip(".,;:)]!?'’”")
        kind = _link_kind(address, _TAG.sub(" ", comment[max(position, match.start() - 80) : match.start()]))
        position = match.end()
        if kind:
            found.setdefault(address, PaperLink(kind, address))
    return tuple(found.values())


def _link_kind(address: str, before: str) -> LinkKind | None:
    """By the words before the address, the nearest counting most; else by its host."""
    nearest = max(
        ((kind, last.start()) for kind, last in ((kind, _last(pattern, before)) for kind, pattern in _WORDS) if last),
        key=lambda item: item[1],
        default=None,
    )
    place = address.partition("://")[2].lower()
    if any(host in place for host in _DATA_HOSTS):
        return "data"
    if any(host in place for host in _CODE_HOSTS) and (nearest is None or nearest[0] != "data"):
        return "code"
    return nearest[0] if nearest else None


_WORDS: tuple[tuple[LinkKind, re.Pattern[str]], ...] = (
    ("data", _DATA_WORD),
    ("code", _CODE_WORD),
    ("project", _PROJECT_WORD),
)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter([*pattern.finditer(text)][::-1]), None)
