"""arXiv's own search, for the ranker to rank again.

Nothing is stored: a paper that a search stored before its harvest would be no news to that harvest.
"""

from services.fetcher.arxiv.client import Arxiv
from services.fetcher.arxiv.query import parse_results, search_arguments
from shared.contracts import ArxivSearchReply, FoundPaper
from shared.errors import PermanentFailure
from shared.store.papers.metadata import Paper


async def search_arxiv(query: str, limit: int, arxiv: Arxiv) -> ArxivSearchReply:
    """The first papers in arXiv's order. Raises TemporaryFailure, and PermanentFailure for what arXiv does not read."""
    results = await arxiv.query(search_arguments(query, limit), parse_results)
    if results.problem:
        raise PermanentFailure(f"arXiv does not understand this query: {results.problem}")
    return ArxivSearchReply(papers=tuple(map(_found, results.papers)), total=results.total)


def _found(paper: Paper) -> FoundPaper:
    return FoundPaper(
        paper_id=paper.paper_id,
        title=paper.title,
        abstract=paper.abstract,
        authors=paper.authors,
        categories=paper.categories,
        published_at=paper.published_at,
    )
