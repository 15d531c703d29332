"""Pages of papers that were withdrawn since they were written, or are so no longer: written again, by themselves."""

import asyncio
import logging

from services.publisher.paper.revisions.cited_since import withdrawn_papers
from services.publisher.records.records import Records
from services.publisher.site.markdown_files import Site
from shared.errors import PapersysError, reason
from shared.paper_ids import folder_name
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_LOOK_SECONDS = 300.0
_MARK = "\nwithdrawn: true\n"
_FRONT_MATTER_BYTES = 20_000


class WithdrawnPages:
    """`run` looks every five minutes whether arXiv said something of papers since the last look."""

    def __init__(self, data: DataFolder, records: Records, site: Site) -> None:
        self._folder = data.path("site", "content", "papers")
        self._records, self._site = records, site
        self._seen = ""

    async def run(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self.look)
            except (PapersysError, OSError) as error:
                text = "Pages of withdrawn papers cannot be marked now: %s"
                log.warning(text, reason(error), extra={"action": "withdrawals_later"})
            await asyncio.sleep(_LOOK_SECONDS)

    def look(self) -> list[str]:
        """Write the pages whose mark is out of date, with those linked to them; returns which papers' they were."""
        stamp = self._records.withdrawals_stamp()
        if stamp == self._seen:
            return []
        pages = [paper_id for paper_id in self._records.summarised_ids() if self._is_written(paper_id)]
        withdrawn = withdrawn_papers(self._records, pages)
        changed = [paper_id for paper_id in pages if (paper_id in withdrawn) != self._is_marked(paper_id)]
        failures = self._site.publish(changed) if changed else {}
        for paper_id, failure in failures.items():
            facts = {"action": "page_not_marked", "paper_id": paper_id}
            log.warning("The page of %s does not say whether it is withdrawn: %s", paper_id, failure, extra=facts)
        self._seen = stamp
        return changed

    def _is_written(self, paper_id: str) -> bool:
        return (self._folder / f"{folder_name(paper_id)}.md").exists()

    def _is_marked(self, paper_id: str) -> bool:
        with (self._folder / f"{folder_name(paper_id)}.md").open("rb") as file:
            return _MARK in file.read(_FRONT_MATTER_BYTES).decode("utf-8", "replace").replace("\r\n", "\n")
