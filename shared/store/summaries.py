"""Summaries: `summaries/<YYYY-MM>.jsonl`, one line a paper. Written by the summarizer."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.store.files.data_folder import DataFolder
from shared.store.files.jsonlines import MonthFiles, Record


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Claim(_Part):
    """A statement and the words of the paper it rests on; `found` says whether the quote stands in the text."""

    text: str
    quote: str
    section: str = ""
    found: bool = True


class FieldValue(_Part):
    """One field that the user asked for, such as `method`; no claims where the paper says nothing of it."""

    name: str
    claims: tuple[Claim, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(claim.text for claim in self.claims)


class MadeBy(_Part):
    """What made a summary, so that it can be made again and compared."""

    run_id: str | None = None
    event_id: str
    model: str
    prompt_hash: str = ""
    document_version: int | None = None
    document_route: str = ""
    settings: dict[str, str] = {}


class Summary(Record):
    """What was read out of one paper. In mode `extractive` every sentence is the paper's own; no model wrote it."""

    version: int
    mode: Literal["llm", "extractive"]
    fields: tuple[FieldValue, ...] = ()
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    made_at: AwareDatetime
    made_by: MadeBy


class SummaryStore(MonthFiles[Summary]):
    """Every summary, by paper."""

    def __init__(self, data: DataFolder) -> None:
        super().__init__(data, "summaries", Summary)
