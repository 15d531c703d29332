"""Typed links between papers: `links/<YYYY-MM>.jsonl`, a line a paper with the links that start at it."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.files.jsonlines import MonthFiles, Record


class Link(BaseModel):
    """`paper_id` is related to `other_id` as `type` says (cites, similar, ...), for the reason given as `evidence`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    paper_id: str
    other_id: str
    type: str
    score: float = 0.0
    evidence: str = ""


class PaperLinks(Record):
    links: tuple[Link, ...] = ()
    made_at: AwareDatetime


class LinkStore:
    """All links, seen from both ends."""

    def __init__(self, data: DataFolder) -> None:
        self._files = MonthFiles(data, "links", PaperLinks)

    def put(self, paper_id: str, links: list[Link]) -> None:
        """Store the links that start at a paper in place of its earlier ones. Raises ValueError for another's link."""
        strangers = [link for link in links if link.paper_id != paper_id]
        if strangers:
            raise ValueError(f"{strangers[0]} does not start at {paper_id}")
        ordered = sorted(links, key=lambda link: (link.type, link.other_id))
        self._files.put(PaperLinks(paper_id=paper_id, links=tuple(ordered), made_at=now()))

    def of(self, paper_id: str) -> list[Link]:
        """The links that start or end at a paper, best first."""
        starting = self._files.get(paper_id)
        ending = [link for record in self._files.all() for link in record.links if link.other_id == paper_id]
        return sorted([*(starting.links if starting else ()), *ending], key=lambda link: -link.score)

    def count(self) -> int:
        return sum(len(record.links) for record in self._files.all())
