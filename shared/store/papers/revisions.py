"""What new versions changed of papers that somebody knows: `revisions/<YYYY-MM>.jsonl`, a line a paper. By summarizer.

A line says how far a paper was followed, and what its last new version came to. Nothing of a person stands in it.
"""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.store.files.data_folder import DataFolder
from shared.store.files.jsonlines import MonthFiles, Record

ChangeKind = Literal["number", "theorem", "table", "conclusion", "reworded", "added", "removed"]
SectionFate = Literal["changed", "added", "removed", "moved", "renamed"]
QuoteFate = Literal["same", "reworded", "gone"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class NumberChange(_Part):
    """A number that became another; `before` or `after` is empty where one came or went."""

    before: str = ""
    after: str = ""


class TextChange(_Part):
    """A sentence, statement or row of a table that differs: `kinds` from what matters most, one at least.

    `before` and `after` are shortened Markdown; `start` and `end` count characters of the newer `document.md`.
    """

    kinds: tuple[ChangeKind, ...]
    before: str = ""
    after: str = ""
    numbers: tuple[NumberChange, ...] = ()
    start: int | None = None
    end: int | None = None


class SectionChange(_Part):
    """A section that is not what it was; the most telling changes in it, of `total`."""

    title: str
    before_title: str = ""
    fate: SectionFate
    is_moved: bool = False
    start: int | None = None
    end: int | None = None
    total: int = 0
    changes: tuple[TextChange, ...] = ()


class AnchoredQuote(_Part):
    """A quote of the summary, looked up in the newer text: its field, its claim and itself counted from 0.

    `text`, `start` and `end` are what stands in the newer `document.md`; empty where it is gone.
    """

    field: str
    claim: int
    quote: int
    fate: QuoteFate
    text: str = ""
    start: int | None = None
    end: int | None = None


class Revision(Record):
    """How far a paper is followed, and what its last new version came to.

    `seen_version` is the newest version that was looked at, `known_version` the newest of these that has a text: with
    it the next one is compared. The last comparison was of `to_version` with `from_version`; None where there was none.
    `problem` says in words why texts could not be compared. `counts` are changes by their first kind, over all
    sections. `withdrawn_at` is when it was noticed that the authors withdrew it; with `text_withdrawn` arXiv's file
    said so, not the metadata. `asked_again` is the version for which a new summary was asked for.
    """

    known_version: int
    seen_version: int
    from_version: int | None = None
    to_version: int | None = None
    found_at: AwareDatetime | None = None
    sections: tuple[SectionChange, ...] = ()
    counts: dict[str, int] = Field(default_factory=dict)
    quotes: tuple[AnchoredQuote, ...] = ()
    problem: str = ""
    withdrawn_at: AwareDatetime | None = None
    text_withdrawn: bool = False
    asked_again: int | None = None
    made_at: AwareDatetime

    @property
    def gone(self) -> tuple[AnchoredQuote, ...]:
        """The quotes of the summary that do not stand in the newer text."""
        return tuple(quote for quote in self.quotes if quote.fate == "gone")


class RevisionStore(MonthFiles[Revision]):
    """Every followed paper."""

    def __init__(self, data: DataFolder) -> None:
        super().__init__(data, "revisions", Revision)
