"""What a paper is found by in a person's own lists: id, title and authors. Kept until its month's file changes."""

from collections.abc import Iterable, Mapping

from shared.paper_ids import month_of
from shared.store.papers.metadata import MetadataStore


class ShortTexts:
    """Asked under a lock: keeps what it read."""

    def __init__(self, metadata: MetadataStore) -> None:
        self._metadata = metadata
        self._stamps: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def of(self, paper_ids: Iterable[str]) -> Mapping[str, str]:
        """For each paper its text with case folded; just the id where the paper is not stored."""
        wanted = list(paper_ids)
        self._forget_changed()
        missing = [paper_id for paper_id in wanted if paper_id not in self._texts]
        papers = self._metadata.get(missing)
        for paper_id in missing:
            paper = papers.get(paper_id)
            text = f"{paper_id} {paper.title} {' '.join(paper.authors)}" if paper else paper_id
            self._texts[paper_id] = text.casefold()
        return {paper_id: self._texts[paper_id] for paper_id in wanted}

    def _forget_changed(self) -> None:
        stamps = self._metadata.stamps()
        if stamps == self._stamps:
            return
        changed = {
            month for month in stamps.keys() | self._stamps.keys() if stamps.get(month) != self._stamps.get(month)
        }
        self._texts = {paper_id: text for paper_id, text in self._texts.items() if month_of(paper_id) not in changed}
        self._stamps = stamps
