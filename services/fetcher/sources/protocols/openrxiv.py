"""Answers of the API of bioRxiv and medRxiv, read without side effects: https://api.biorxiv.org/

A page has 30 records (100 until 2025); how many came is counted, never assumed. `total` may be more than is listed.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from services.fetcher.arxiv.oai import is_withdrawn, words
from services.fetcher.arxiv.polite_client import Garbled
from services.fetcher.sources.protocols.plain_words import plain_words
from services.fetcher.sources.protocols.source_page import Release, SourcePage
from shared.preprints import LABELS, doi_id
from shared.store.papers.limits import within_limits
from shared.store.papers.metadata import Paper

SOURCE = "openrxiv"
_LICENCES = {
    "cc_by": "by/4.0", "cc_by_nc": "by-nc/4.0", "cc_by_nd": "by-nd/4.0", "cc_by_nc_nd": "by-nc-nd/4.0",
    "cc_by_sa": "by-sa/4.0", "cc_by_nc_sa": "by-nc-sa/4.0",
}  # fmt: skip
_PUBLIC_DOMAIN = "https://creativecommons.org/publicdomain/zero/1.0/"
_NO_REUSE = "all rights reserved by the authors; no reuse without permission"
_OLD_DOI = re.compile(r"10\.1101/\d{6,8}", re.ASCII)
_DOI = re.compile(r"10\.\d{4,9}/\S{1,200}", re.ASCII)
_DOI_DAY = re.compile(r"/(\d{4})\.(\d{2})\.(\d{2})\.")
_MOST_NAMED = 100


def parse_page(body: bytes, server: str, offset: int) -> SourcePage:
    """A page of `/details/[server]/[from]/[to]/[cursor]/json` that was asked for at `offset`. Raises Garbled."""
    message, records = _opened(body)
    total = _number(message.get("total"))
    releases: list[Release] = []
    unreadable: list[str] = []
    left_out = 0
    for record in records:
        try:
            releases.append(release_of(record, server))
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            doi = str(record.get("doi", "")) if isinstance(record, Mapping) else ""
            if _OLD_DOI.fullmatch(doi.strip()):
                left_out += 1
            else:
                unreadable.append(f"{doi[:_MOST_NAMED] or 'a record without a DOI'} ({str(error)[:_MOST_NAMED]})")
    after = offset + len(records)
    is_end = not records or (total is not None and after >= total)
    newest = max((release.paper.updated_at.date() for release in releases if release.paper.updated_at), default=None)
    ordered = sorted(releases, key=lambda release: release.paper.version)
    return SourcePage(tuple(ordered), None if is_end else str(after), newest, (), tuple(unreadable), left_out)


def parse_versions(body: bytes, server: str) -> Paper | None:
    """The newest version in an answer to `/details/[server]/[DOI]/na/json`, None for no such paper. Raises Garbled."""
    _, records = _opened(body)
    papers = [release_of(record, server).paper for record in records]
    return max(papers, key=lambda paper: paper.version, default=None)


def release_of(record: Mapping[str, Any], server: str) -> Release:
    """A record as a paper. Raises ValueError that says what is wrong with it."""
    doi, title = str(record["doi"]).strip(), plain_words(str(record.get("title") or ""))
    if not title:
        raise ValueError("it has no title")
    paper_id = doi_id(server, doi)
    posted = date.fromisoformat(str(record["date"]).strip())
    version = _number(record.get("version"))
    if version is None or not 1 <= version <= 999:
        raise ValueError(f"its version is {str(record.get('version'))[:20]!r}")
    abstract = plain_words(str(record.get("abstract") or ""))
    submitted = _day_in(doi) or posted
    first = posted if version == 1 else min(submitted, posted)
    category = category_of(server, str(record.get("category") or ""))
    published = str(record.get("published") or "").strip()
    paper = Paper(
        paper_id=paper_id,
        version=version,
        title=title,
        abstract=abstract,
        authors=authors_of(str(record.get("authors") or "")),
        categories=(category,),
        primary_category=category,
        published_at=_at(first),
        updated_at=_at(posted),
        doi=published if _DOI.fullmatch(published) else "",
        license=licence_of(str(record.get("license") or "")),
        withdrawn=_is_withdrawn(str(record.get("type") or ""), title, abstract),
        source=SOURCE,
        version_at=_at(posted),
        version_known=True,
        published_known=version == 1,
    )
    return Release(within_limits(paper), posted if version == 1 else first)


def authors_of(text: str) -> tuple[str, ...]:
    """`Doe, J. A.; van Dam, B.` as `J. A. Doe` and `B. van Dam`."""
    names = (
        words(name).rstrip(".;") if name.strip() in (".", ";") else words(name) for name in plain_words(text).split(";")
    )
    return tuple(turned(name) for name in names if name)


def turned(name: str) -> str:
    """`Doe, Jane` as `Jane Doe`; a name without a comma as it is."""
    family, comma, given = name.partition(",")
    return words(f"{given} {family}") if comma else name


def category_of(server: str, category: str) -> str:
    """`cell biology` of bioRxiv as `biorxiv.cell-biology`; the server alone where there is none."""
    slug = re.sub(r"[^a-z0-9]+", "-", category.lower()).strip("-")
    return f"{server}.{slug}" if slug else server


def licence_of(code: str) -> str:
    """The address of a licence by the API's code for it; what has no address in words."""
    code = code.strip().lower()
    if code in _LICENCES:
        return f"https://creativecommons.org/licenses/{_LICENCES[code]}/"
    if code.startswith("cc0"):
        return _PUBLIC_DOMAIN
    return _NO_REUSE if code in ("cc_no", "none") else words(code)


def _opened(body: bytes) -> tuple[Mapping[str, Any], Sequence[Any]]:
    """The message and the records of an answer. Raises Garbled for what is none."""
    try:
        content = json.loads(body)
        message = content["messages"][0] if content["messages"] else {}
        records = content.get("collection", [])
        status = str(message.get("status", ""))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise Garbled(f"something other than {' or '.join(LABELS.values())}'s JSON") from error
    if not isinstance(records, list) or (status.lower() != "ok" and "no posts found" not in status.lower()):
        raise Garbled(f"the message {status[:100]!r}")
    return message, records


def _number(value: object) -> int | None:
    """Numbers come as numbers and as texts."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _day_in(doi: str) -> date | None:
    match = _DOI_DAY.search(doi)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _is_withdrawn(kind: str, title: str, abstract: str) -> bool:
    return "withdraw" in kind.lower() or title.upper().startswith("WITHDRAWN") or is_withdrawn("", abstract)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
