"""Typed links between papers: `links/<YYYY-MM>.jsonl`, a line a paper with the links that were found reading it."""

from collections.abc import Collection
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.files.jsonlines import MonthFiles, Record
from shared.store.summaries import Quote


class Link(BaseModel):
    """`paper_id` is related to `other_id` as `type` says (cites, extends, similar, ...); shared/relations.py has all.

    With `is_reversed` it is the other way round: `other_id` extends `paper_id`. `score` orders links of one type,
    `confidence` is from 0 to 1 (None, in lines of earlier versions: the score). `evidence` is the reason in words;
    `quote` is a sentence of `paper_id` that shows it, `other_quote` one of `other_id`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    paper_id: str
    other_id: str
    type: str
    score: float = 0.0
    evidence: str = ""
    is_reversed: bool = False
    confidence: float | None = None
    quote: Quote | None = None
    other_quote: Quote | None = None
    model: str = ""


class PaperLinks(Record):
    links: tuple[Link, ...] = ()
    made_at: AwareDatetime


class _LinkFiles(MonthFiles[PaperLinks]):
    """The files, with an index of the papers at the other end, kept until a month's file changes."""

    def __init__(self, data: DataFolder) -> None:
        super().__init__(data, "links", PaperLinks)
        self._others: dict[Path, tuple[dict[str, PaperLinks], dict[str, list[Link]]]] = {}

    def ending_at(self, paper_id: str) -> list[Link]:
        """The links of other papers to this one; costs a look at each month's file."""
        return [link for path in self._paths() for link in self._by_other(path).get(paper_id, ())]

    def _by_other(self, path: Path) -> dict[str, list[Link]]:
        records = self._read(path)
        kept = self._others.get(path)
        if kept is None or kept[0] is not records:
            by_other: dict[str, list[Link]] = {}
            for record in records.values():
                for link in record.links:
                    by_other.setdefault(link.other_id, []).append(link)
            kept = self._others[path] = (records, by_other)
        return kept[1]


class LinkStore:
    """All links, seen from both ends."""

    def __init__(self, data: DataFolder) -> None:
        self._files = _LinkFiles(data)

    def put(self, paper_id: str, links: list[Link]) -> None:
        """Store the links found reading a paper in place of its earlier ones. Raises ValueError for another's link."""
        strangers = [link for link in links if link.paper_id != paper_id]
        if strangers:
            raise ValueError(f"{strangers[0]} does not start at {paper_id}")
        ordered = sorted(links, key=lambda link: (link.type, link.other_id, link.is_reversed))
        self._files.put(PaperLinks(paper_id=paper_id, links=tuple(ordered), made_at=now()))

    def of(self, paper_id: str) -> list[Link]:
        """The links that start or end at a paper, best first."""
        record = self._files.get(paper_id)
        starting = record.links if record else ()
        return sorted([*starting, *self._files.ending_at(paper_id)], key=lambda link: -link.score)

    def others(self, kind: str) -> set[str]:
        """The papers that links of a type lead to."""
        return {link.other_id for record in self._files.all() for link in record.links if link.type == kind}

    def drop_links_to(self, paper_ids: Collection[str], kind: str) -> None:
        """Remove the links of a type that lead to these papers."""
        ending = [link for paper_id in paper_ids for link in self._files.ending_at(paper_id) if link.type == kind]
        for paper_id in {link.paper_id for link in ending}:
            record = self._files.get(paper_id)
            kept = [link for link in record.links if link not in ending] if record else []
            self.put(paper_id, kept)

    def count(self) -> int:
        return sum(len(record.links) for record in self._files.all())
