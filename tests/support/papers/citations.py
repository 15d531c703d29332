"""What citations need: stores in a temporary folder, and a bus on which the fetcher knows every paper but one."""

from pathlib import Path

from services.summarizer.links.citations import CitationFinder, UnknownPapers
from services.summarizer.links.cited_lookups import CitedLookups
from shared.contracts import Lookup, LookupReply
from shared.store.files.data_folder import DataFolder
from shared.store.papers.links import LinkStore
from shared.store.papers.metadata import MetadataStore
from tests.support.bus.in_memory import FakeBus
from tests.support.papers.summarizer import paper

BOGUS = "1901.00001"


class House:
    def __init__(self, folder: Path) -> None:
        self.data, self.bus = DataFolder(folder, 0), FakeBus()
        self.metadata, self.unknown, self.links = (
            MetadataStore(self.data),
            UnknownPapers(self.data),
            LinkStore(self.data),
        )
        self.finder = CitationFinder(self.bus, self.metadata, self.unknown)
        self.lookups = CitedLookups(self.bus, self.links, self.metadata, self.unknown)
        self.bus.answers[Lookup] = self.look_up

    def look_up(self, request: Lookup) -> LookupReply:
        known = [name for name in request.paper_ids if name != BOGUS]
        self.metadata.put(paper(name) for name in known)
        missing = {name: "arXiv has no such paper" for name in request.paper_ids if name == BOGUS}
        return LookupReply(found=tuple(known), missing=missing)
