from pathlib import Path
from typing import Any

import pytest

from services.fetcher.arxiv.query import Results
from services.fetcher.searching import search_arxiv
from shared.errors import PermanentFailure
from shared.store.papers.metadata import MetadataStore
from tests.support.arxiv.demo import Site


async def test_arxivs_search_can_be_asked_and_stores_nothing(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    reply = await search_arxiv("cat:cs.LG", 5, components.arxiv)
    assert len(reply.papers) == 5 < reply.total
    assert all(paper.title and paper.abstract and paper.authors for paper in reply.papers)
    assert MetadataStore(components.data).months() == []


async def test_a_search_that_arxiv_does_not_understand_says_why(tmp_path: Path) -> None:
    components = Site().components(tmp_path)

    async def refuse(arguments: Any, read: Any) -> Results:
        return Results((), 0, "what is this")

    components.arxiv.query = refuse  # type: ignore[method-assign,assignment]
    with pytest.raises(PermanentFailure, match="does not understand this query: what is this"):
        await search_arxiv("(((", 5, components.arxiv)
