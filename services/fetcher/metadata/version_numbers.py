"""The exact history of papers, which the prefix `arXiv` does not tell: OAI-PMH in the prefix `arXivRaw`, one by one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from services.fetcher.arxiv.client import Arxiv
from services.fetcher.arxiv.oai import xml_root

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_NUMBER = re.compile(r"v([1-9][0-9]{0,5})")


@dataclass(frozen=True)
class History:
    """The newest version's number, when it was submitted and when the first was; None where arXiv does not say."""

    version: int
    first_at: datetime | None = None
    newest_at: datetime | None = None


class Histories(Protocol):
    """Where histories are noted."""

    async def correct_history(self, paper_id: str, history: History) -> None: ...


async def correct_versions(paper_ids: Sequence[str], arxiv: Arxiv, histories: Histories) -> dict[str, int]:
    """Ask for the versions of each paper and note them where it is stored; papers that arXiv does not have are left
    out. Raises TemporaryFailure; what was noted until then stays."""
    versions: dict[str, int] = {}
    for paper_id in paper_ids:
        identifier = f"oai:arXiv.org:{paper_id}"
        asked = {"verb": "GetRecord", "metadataPrefix": "arXivRaw", "identifier": identifier}
        history = await arxiv.oai(asked, parse_history)
        if history is not None:
            await histories.correct_history(paper_id, history)
            versions[paper_id] = history.version
    return versions


def parse_history(body: bytes) -> History | None:
    """The history in an answer; None where there is no such paper. Raises Garbled."""
    root = xml_root(body, f"{_OAI}OAI-PMH")
    listed = ((element.get("version"), element.findtext(f"{_RAW}date")) for element in root.iter(f"{_RAW}version"))
    return history_of(listed)


def history_of(versions: Iterator[tuple[object, object]]) -> History | None:
    """The history that versions tell, each as its name (`v2`) and its day; None where there is none."""
    days = {number: day_of(day) for name, day in versions if (number := _number(name)) is not None}
    return History(max(days), days.get(1), days[max(days)]) if days else None


def day_of(value: object) -> datetime | None:
    """`Mon, 2 Apr 2007 19:18:42 GMT` as a time; None for what is none."""
    try:
        moment = parsedate_to_datetime(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _number(name: object) -> int | None:
    match = _NUMBER.fullmatch(str(name).strip())
    return int(match[1]) if match else None
