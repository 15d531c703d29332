"""Metadata of single papers: what is not stored yet is asked of arXiv one by one (OAI-PMH GetRecord) and stored.

OAI-PMH learns of a paper some hours after its announcement; the query API is asked for those that it does not have.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.fetcher.arxiv.client import Arxiv
from services.fetcher.arxiv.oai import OaiPage, parse, record_arguments
from services.fetcher.arxiv.query import MOST_IDS, ids_arguments, parse_results
from services.fetcher.metadata.revisions import Catalogue
from shared.contracts import LookupReply, now
from shared.store.papers.metadata import Paper


async def look_up(paper_ids: tuple[str, ...], arxiv: Arxiv, catalogue: Catalogue) -> LookupReply:
    """Each paper is stored as soon as it is there, so that after a TemporaryFailure a repeat goes on from it."""
    stored = await catalogue.get(paper_ids)
    missing: dict[str, str] = {}
    for paper_id in dict.fromkeys(paper_ids):
        if paper_id not in stored:
            page = await arxiv.oai(record_arguments(paper_id), parse)
            paper = _paper_in(page)
            if paper is None:
                missing[paper_id] = _why_missing(paper_id, page)
            else:
                await catalogue.put([replace(paper, harvested_at=now())])
    for paper in await _queried(tuple(missing), arxiv):
        await catalogue.put([replace(paper, harvested_at=now())])
        missing.pop(paper.paper_id, None)
    return LookupReply(found=tuple(name for name in dict.fromkeys(paper_ids) if name not in missing), missing=missing)


async def _queried(paper_ids: Sequence[str], arxiv: Arxiv) -> list[Paper]:
    papers: list[Paper] = []
    for start in range(0, len(paper_ids), MOST_IDS):
        results = await arxiv.query(ids_arguments(paper_ids[start : start + MOST_IDS]), parse_results)
        papers += results.papers
    return [paper for paper in papers if paper.paper_id in paper_ids]


def _paper_in(page: OaiPage) -> Paper | None:
    return page.records[0].paper if page.records else None


def _why_missing(paper_id: str, page: OaiPage) -> str:
    if page.error is not None and page.error.code != "idDoesNotExist":
        return f"arXiv rejected the request for {paper_id}: {page.error.code}, {page.error.message}"
    if page.records and page.records[0].deleted:
        return f"arXiv has deleted paper {paper_id}"
    if page.unreadable:
        return f"arXiv's record of {paper_id} could not be read: {page.unreadable[0].problem}"
    return f"arXiv has no paper {paper_id}"
