from datetime import date
from pathlib import Path
from typing import Any

from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.metadata.lookup import look_up
from tests.support.arxiv.demo import Site


async def test_a_paper_that_oai_does_not_have_yet_is_looked_up_by_the_query_api(tmp_path: Path) -> None:
    site = Site()
    components = site.components(tmp_path)
    oai = components.arxiv.oai

    async def without(arguments: Any, read: Any) -> Any:
        return await oai({**arguments, "identifier": "oai:arXiv.org:2612.99999"}, read)

    components.arxiv.oai = without  # type: ignore[method-assign]
    reply = await look_up(("2610.20101",), components.arxiv, components.catalogue)
    assert (reply.found, reply.missing) == (("2610.20101",), {})
    assert (await components.catalogue.get(["2610.20101"]))["2610.20101"].source == "query"
    components.arxiv.oai = oai  # type: ignore[method-assign]
    run = await components.harvester.run(HarvestPlan(date(2026, 10, 1)))
    assert "2610.20101" not in (*run.new_ids, *run.revised_ids)
    assert (await components.catalogue.get(["2610.20101"]))["2610.20101"].source == "oai"
