"""Summaries: `summaries/<YYYY-MM>.jsonl`, one line a paper. Written by the summarizer."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

from shared.store.files.data_folder import DataFolder
from shared.store.files.jsonlines import MonthFiles, Record

FieldKind = Literal["text", "list", "choice"]
Reading = Literal["full_text", "abstract", "extractive"]
"""What a summary was made from: the whole text by a model, the abstract by a model, or sentences without a model."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Quote(_Part):
    """Words of the paper; `found` says whether they stand in it, from `start` to `end` (characters of document.md).

    Without offsets the quote stands in the abstract of the metadata, or its place in the Markdown is not known.
    """

    text: str
    section: str = ""
    found: bool = True
    start: int | None = None
    end: int | None = None


class Claim(_Part):
    """A statement and the words of the paper it rests on.

    `weak` says why the statement does not follow from its quotes, in words for the reader; empty where it does. With
    `numbers_only` its numbers alone could be compared with the quotes, because they are in different languages.
    Lines of earlier versions have one `quote`, with `section` and `found` beside it.
    """

    text: str
    quotes: tuple[Quote, ...] = ()
    weak: str = ""
    numbers_only: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_one_quote(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "quotes" in value or not value.get("quote"):
            return value
        quote = {"text": value["quote"], "section": value.get("section", ""), "found": value.get("found", True)}
        return {"text": value.get("text"), "quotes": (quote,)}

    @property
    def quote(self) -> str:
        return self.quotes[0].text if self.quotes else ""

    @property
    def section(self) -> str:
        return self.quotes[0].section if self.quotes else ""

    @property
    def found(self) -> bool:
        """Whether every quote stands in the text."""
        return all(quote.found for quote in self.quotes)


class FieldValue(_Part):
    """One field that the user asked for, such as `method`; no claims where the paper says nothing of it.

    A list has one claim an item, a choice one claim whose text is one of the allowed words. Without `evidence` no
    claim was checked, because the field needs none.
    """

    name: str
    kind: FieldKind = "text"
    evidence: bool = True
    claims: tuple[Claim, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(claim.text for claim in self.claims)


class Verification(_Part):
    """What the checks of a summary came to, in numbers of claims and quotes.

    `claims` are those of fields that need evidence. Of `unchecked` ones only the numbers were compared with the quotes,
    because claim and quote are in different languages.
    """

    claims: int = 0
    weak: int = 0
    unchecked: int = 0
    quotes: int = 0
    found: int = 0
    repairs: int = 0


class Usage(_Part):
    """What the calls for a summary used; `cost` is None where a price is unknown."""

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None


class AbstractRole(_Part):
    """A sentence of the abstract, characters `start` to `end` of it as the metadata have it, and what it does there."""

    start: int
    end: int
    role: str


class MadeBy(_Part):
    """What made a summary, so that it can be made again and compared."""

    run_id: str | None = None
    event_id: str
    model: str
    prompt_hash: str = ""
    language: str = "en"
    document_version: int | None = None
    document_route: str = ""
    settings: dict[str, str] = {}


class Summary(Record):
    """What was read out of one paper. In mode `extractive` every sentence is the paper's own; no model wrote it.

    `raw_tags` are the phrases as they were proposed, `tags` the canonical tags they stood for when this was made.
    `oddities` are what looks like an attempt to instruct a reading model, in words for the reader. `abstract_roles` are
    there where sentences were chosen without a model: they mark the abstract, which is shown beside them.
    """

    version: int
    mode: Literal["llm", "extractive"]
    reading: Reading | None = None
    fields: tuple[FieldValue, ...] = ()
    tags: tuple[str, ...] = ()
    raw_tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    oddities: tuple[str, ...] = ()
    abstract_roles: tuple[AbstractRole, ...] = ()
    verification: Verification = Verification()
    usage: Usage = Usage()
    made_at: AwareDatetime
    made_by: MadeBy


class SummaryStore(MonthFiles[Summary]):
    """Every summary, by paper."""

    def __init__(self, data: DataFolder) -> None:
        super().__init__(data, "summaries", Summary)
