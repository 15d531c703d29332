"""Summaries with their tags as the index has them now, not as they stood when a paper was read."""

from collections.abc import Iterator

from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.tagging.tags import TagIndex, TagStore


class CanonicalSummaries(SummaryStore):
    """For reading: a merge of tags shows everywhere at once. What is stored keeps the tags of its day."""

    def __init__(self, data: DataFolder, tags: TagStore) -> None:
        super().__init__(data)
        self._tags = tags

    def get(self, paper_id: str) -> Summary | None:
        summary = super().get(paper_id)
        return _shown(summary, self._tags.index()) if summary else None

    def all(self) -> Iterator[Summary]:
        index = self._tags.index()
        return (_shown(summary, index) for summary in super().all())

    def fingerprint(self) -> str:
        """Changes with the summaries and with the index of tags."""
        return f"{super().fingerprint()};{self._tags.stamps()}"


def _shown(summary: Summary, index: TagIndex) -> Summary:
    tags = index.shown(summary.tags, summary.raw_tags)
    return summary if tags == summary.tags else summary.model_copy(update={"tags": tags})
