"""Imports of ratings: what the feedback service is asked to read, and its report."""

from typing import Literal

from pydantic import Field

from shared.contracts.base import DEFAULT_USER, MAX_NAME_CHARACTERS, Message, Reply, Request

MOST_NOTES = 200
"""A report names so many lines of a kind, and counts all."""


class ReadFile(Message):
    """A file, the form that it has, and how many rows were read in it."""

    name: str
    form: str
    rows: int


class ImportNote(Message):
    """A line of a file, and what is to be said of it."""

    file: str = ""
    line: int = 0
    paper_id: str = ""
    text: str = ""


class OfferedPaper(Message):
    """A paper that may be the one that was meant."""

    paper_id: str
    title: str


class ImportOffer(Message):
    """A row whose paper is not certain, and those that it can be; nobody chooses but the user."""

    file: str
    line: int
    wanted: str
    label: str
    papers: tuple[OfferedPaper, ...] = ()


class Notes(Message):
    """The first lines of a kind, of `total`."""

    total: int = 0
    first: tuple[ImportNote, ...] = ()


class ImportReport(Message):
    """What an import does, or did (`is_done`).

    Each row counts once: `likes`, `dislikes` and `removals` are stored (of them `changed` replace another rating of
    the user, `agreeing` repeat it, `earlier` are older than it and change nothing); `skips` are neutral and kept as
    skipped; `repeated` were stored by an earlier import, `doubled` say the same twice in the files. `to_look_up` papers
    were never harvested. `unrated` rows name a paper and say no rating, so they count as `lists_are` says. Of the rows
    that wait to hear from arXiv whether their paper exists, `to_check` are new.
    """

    files: tuple[ReadFile, ...] = ()
    user: str = DEFAULT_USER
    is_done: bool = False
    likes: int = 0
    dislikes: int = 0
    removals: int = 0
    skips: int = 0
    agreeing: int = 0
    earlier: int = 0
    repeated: int = 0
    doubled: int = 0
    without_rating: int = 0
    unrated: int = 0
    lists_are: Literal["like", "dislike"] = "like"
    neutral_but_rated: int = 0
    to_look_up: int = 0
    to_check: int = 0
    changed: Notes = Notes()
    kept: Notes = Notes()
    conflicting: Notes = Notes()
    repaired: Notes = Notes()
    waiting: Notes = Notes()
    not_found: Notes = Notes()
    unreadable: Notes = Notes()
    offers: tuple[ImportOffer, ...] = ()
    offered: int = 0

    @property
    def stored(self) -> int:
        """How many ratings are stored."""
        return self.likes + self.dislikes + self.removals

    @property
    def has_news(self) -> bool:
        """Whether an import changes anything."""
        return bool(self.stored or self.skips or self.to_check)


class ImportRatingsReply(Reply):
    """The report; `problem` says why there is none."""

    report: ImportReport = ImportReport()
    problem: str = ""


class ImportRatings(Request[ImportRatingsReply]):
    """Read an uploaded file of ratings (`state/imports/<upload_id>.json`); store them only with `is_confirmed`."""

    subject = "feedback.import"
    deadline_seconds = 60.0
    upload_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    user: str = Field(default=DEFAULT_USER, max_length=MAX_NAME_CHARACTERS)
    lists_are: Literal["like", "dislike"] = "like"
    is_confirmed: bool = False
