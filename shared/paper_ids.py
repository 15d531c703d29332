"""What a paper is called here: its id without version; the version is a field. Most ids are arXiv's.

Schemes: https://info.arxiv.org/help/arxiv_identifier.html; papers of other servers: `shared/preprints.py`.
"""

import re
from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from shared.preprints import preprint_month, read_preprint_id

_NEW = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD = r"[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
_SHORT = re.compile(r"(?:1[5-9]|[2-9]\d)\d{2}\.\d{4}", re.ASCII)  # five digits since 2015
_ID = re.compile(rf"(?P<id>{_NEW}|{_OLD})(?:v(?P<version>[1-9]\d{{0,5}}))?", re.ASCII)
_PREFIX = re.compile(
    r"^(?:oai:arxiv\.org:|arxiv:|(?:doi:\s?|https?://(?:dx\.)?doi\.org/)?10\.48550/arxiv\.)", re.I | re.ASCII
)
_ADDRESS = re.compile(
    r"^(?:https?://)?(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html|src|e-print|format)/(?P<id>[^?#\s]+?)/?(?:[?#]\S*)?$",
    re.I | re.ASCII,
)
_LOCAL = re.compile(r"local:[0-9a-f]{16}", re.ASCII)
FIRST_YEAR = 1991


class VersionedId(NamedTuple):
    """An id and, where it was written, its version."""

    paper_id: str
    version: int | None


def parse_versioned_id(text: str) -> VersionedId:
    """Read any usual spelling: `2403.12345v2`, `arXiv:hep-th/9901001`, `https://arxiv.org/abs/2403.12345?context=cs`,
    `10.48550/arXiv.2403.12345`; and of a paper of another server its id here, and at bioRxiv and medRxiv its DOI or
    address.

    Raises ValueError with the offending text.
    """
    address = _ADDRESS.fullmatch(text.strip())
    bare = (address["id"] if address else _PREFIX.sub("", text.strip())).removesuffix(".pdf")
    match = _ID.fullmatch(bare)
    if not match:
        preprint = read_preprint_id(text.strip())
        if preprint is not None:
            return VersionedId(*preprint)
        raise ValueError(f"{text!r} is not an arXiv id; ids look like 2403.12345 or hep-th/9901001")
    if _SHORT.fullmatch(match["id"]):
        raise ValueError(f"{text!r} is not an arXiv id; it lacks a digit: was it {match['id']}0, read as a number?")
    paper_id = re.sub(r"^([a-z-]+)\.[A-Z]{2}/", r"\1/", match["id"])
    version = int(match["version"]) if match["version"] else None
    return VersionedId(paper_id, version)


def parse_paper_id(text: str) -> str:
    """The id without version of any usual spelling. Raises ValueError."""
    return parse_versioned_id(text).paper_id


def month_of(paper_id: str) -> str:
    """The month in the id, as `YYYY-MM`: `2403.12345` is of `2024-03`, `hep-th/9901001` of `1999-01`.

    A person's own file is of no month but `local`.
    """
    if ":" in paper_id:
        return "local" if paper_id.startswith("local:") else preprint_month(paper_id)
    return _month_of_digits(paper_id.rpartition("/")[2][:4])


@lru_cache(4_096)
def _month_of_digits(digits: str) -> str:
    short = int(digits[:2])
    year = 1900 + short if short >= FIRST_YEAR % 100 else 2000 + short
    return f"{year}-{digits[2:]}"


def year_of(paper_id: str) -> int:
    """The year in the id: `hep-th/9901001` is of 1999."""
    return int(month_of(paper_id)[:4])


def by_age(paper_id: str) -> tuple[str, bool, str]:
    """A key that sorts ids by age: by month, and in a month of two schemes those of the old one first."""
    return month_of(paper_id), "/" not in paper_id, paper_id


def folder_name(paper_id: str) -> str:
    """The id as one path segment; old ids have a slash, those of own files and of other servers a colon."""
    return paper_id.replace("/", "_").replace(":", "_")


def named_by_folder(name: str) -> str:
    """The id that `folder_name` made this name of. Raises ValueError where it made none."""
    for paper_id in (name, name.replace("_", "/", 1), name.replace("_", ":", 1)):
        try:
            return parse_any_paper_id(paper_id)
        except ValueError:
            continue
    raise ValueError(f"{name!r} is not named after a paper")


def is_local(paper_id: str) -> bool:
    """Whether a paper is a person's own file: `local:` and the first 16 hexadecimal digits of its SHA-256."""
    return _LOCAL.fullmatch(paper_id) is not None


def is_arxiv(paper_id: str) -> bool:
    """Whether a paper is one of arXiv: ids of everything else have a colon."""
    return ":" not in paper_id


def local_id(sha256: str) -> str:
    """What a person's own file is called, by the hexadecimal SHA-256 of its bytes."""
    return f"local:{sha256[:16]}"


def parse_any_paper_id(text: str) -> str:
    """An arXiv id in any usual spelling, without its version, or the id of a person's own file. Raises ValueError."""
    return text if is_local(text) else parse_paper_id(text)


PaperId = Annotated[str, AfterValidator(parse_paper_id)]
AnyPaperId = Annotated[str, AfterValidator(parse_any_paper_id)]
