"""Tags and categories as the reader shows them: their words, their history, the summarised papers that have them."""

import threading
from collections import Counter
from dataclasses import dataclass, field

from services.publisher.records.papers_by_category import PapersByCategory
from services.publisher.records.tag_history import TagHistories, TagHistory
from services.publisher.records.tag_slugs import tag_slug
from shared.paper_ids import by_age
from shared.store.papers.metadata import MetadataStore
from shared.store.tagging.canonical_summaries import CanonicalSummaries
from shared.store.tagging.tag_decisions import TagProposal
from shared.store.tagging.tags import Tag, TagIndex, TagStore


class TagRecords:
    """Read under the lock of the records, whose stores these are."""

    def __init__(
        self, tags: TagStore, summaries: CanonicalSummaries, metadata: MetadataStore, lock: threading.RLock
    ) -> None:
        self._tags, self._summaries, self._lock = tags, summaries, lock
        self._by_tag = _PapersByTag()
        self._by_category = PapersByCategory(metadata, summaries)
        self._histories = TagHistories()

    def counts(self) -> list[tuple[str, int]]:
        """Every tag and how many papers have it, most used first."""
        counts = Counter({name: len(paper_ids) for name, paper_ids in self._papers_by_tag().items()})
        return sorted(counts.items(), key=lambda item: (-item[1], item[0].casefold()))

    def label(self, name: str) -> str:
        """The label that people read; the name with spaces for hyphens where the index does not have it."""
        tag = self.of(name)
        return tag.label if tag else name.replace("-", " ")

    def of(self, name: str) -> Tag | None:
        """What the index knows of a canonical tag."""
        return self.index().canonical_tags.get(name)

    def index(self) -> TagIndex:
        with self._lock:
            return self._tags.index()

    def proposals(self) -> list[TagProposal]:
        """What the last sweep of the tags proposes."""
        with self._lock:
            return self._tags.proposals()

    def history(self) -> TagHistory:
        """Every decision about tags; computed again only when one was made."""
        with self._lock:
            return self._histories.of(self._tags)

    def papers(self, slug: str) -> tuple[str, list[str]]:
        """The tag of an address and its papers, newest first; empty where no paper has it."""
        matching = {name: ids for name, ids in self._papers_by_tag().items() if tag_slug(name) == slug}
        paper_ids = {paper_id for ids in matching.values() for paper_id in ids}
        return min(matching, default=""), sorted(paper_ids, key=by_age, reverse=True)

    def categories(self) -> list[tuple[str, int]]:
        """The categories of summarised papers and how many papers each has, most papers first."""
        with self._lock:
            counts = {category: len(paper_ids) for category, paper_ids in self._by_category.current().items()}
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    def in_category(self, category: str) -> list[str]:
        """The summarised papers of a category, newest first."""
        with self._lock:
            paper_ids = self._by_category.current().get(category, [])
        return sorted(paper_ids, key=by_age, reverse=True)

    def _papers_by_tag(self) -> dict[str, list[str]]:
        with self._lock:
            stamp = self._summaries.fingerprint()
            if self._by_tag.stamp != stamp:
                papers: dict[str, list[str]] = {}
                for summary in self._summaries.all():
                    for name in summary.tags:
                        papers.setdefault(name, []).append(summary.paper_id)
                self._by_tag.stamp, self._by_tag.papers = stamp, papers
            return self._by_tag.papers


@dataclass
class _PapersByTag:
    """The papers of each tag, as they were when the summaries had this fingerprint."""

    stamp: str = ""
    papers: dict[str, list[str]] = field(default_factory=dict)
