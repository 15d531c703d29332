"""The reading list: papers that a person chose to keep as sections that can be asked."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import DEFAULT_USER, MAX_NAME_CHARACTERS, Message, Reply, Request
from shared.paper_ids import AnyPaperId

ListedState = Literal["waiting", "fetching", "cutting", "embedding", "ready", "failed"]
ListedOrigin = Literal["added", "saved"]
MAX_LOCAL_BYTES = 50_000_000


class ListedPaper(Message):
    """A paper on somebody's list: `version` is the one that is asked, until it is updated; None before it is ready.

    While another version is fetched (`wanted_version`; None for the newest), `version` is still asked. Versions that
    were asked before are `earlier_versions`, which answers may cite. `problem` says why it is not ready, or what became
    of the last update; `newer_version` that arXiv has one. `embedding_model` names the model and text recipe of the
    chunks' vectors. A person's own file came as `file_name`. A paper that is there because it was saved has the
    `origin` saved; of one that was taken off by hand nevertheless, a line remains that `is_removed`.
    """

    paper_id: AnyPaperId
    user: str = DEFAULT_USER
    title: str = ""
    version: int | None = None
    newer_version: int | None = None
    state: ListedState = "waiting"
    problem: str = ""
    sections: int = 0
    chunks: int = 0
    embedding_model: str = ""
    chunker: str = ""
    added_at: AwareDatetime
    changed_at: AwareDatetime
    wanted_version: int | None = None
    earlier_versions: tuple[int, ...] = ()
    origin: ListedOrigin = "added"
    file_name: str = ""
    is_removed: bool = False


class ReadingListReply(Reply):
    """The papers asked about, in the order in which they were added; `refused` says of each other text why."""

    papers: tuple[ListedPaper, ...] = ()
    refused: dict[str, str] = Field(default_factory=dict)


class AddPapers(Request[ReadingListReply]):
    """Put papers on the list; the work goes on behind it. `versions` pins some; the newest is taken otherwise.

    A paper that is there already stays as it is, unless another version is pinned. `local_path` is a PDF or TeX file
    that the service can read; the reply names it by an id of its own, `local:<hash>`. Only who may read files of this
    machine may send one: the command line does, pages and agents do not.
    """

    subject = "summarizer.add_papers"
    deadline_seconds = 30.0
    paper_ids: tuple[AnyPaperId, ...] = Field(default=(), max_length=500)
    versions: dict[str, int] = Field(default_factory=dict)
    local_path: str = Field(default="", max_length=4096)
    title: str = Field(default="", max_length=1000)
    user: str = Field(default=DEFAULT_USER, max_length=MAX_NAME_CHARACTERS)


class UpdatePapers(Request[ReadingListReply]):
    """Take the newest version of these papers; what cites an older one is still found."""

    subject = "summarizer.update_papers"
    deadline_seconds = 30.0
    paper_ids: tuple[AnyPaperId, ...] = Field(min_length=1, max_length=500)
    user: str = Field(default=DEFAULT_USER, max_length=MAX_NAME_CHARACTERS)


class RemovePapers(Request[ReadingListReply]):
    """Take papers off the list; what was said of them stays."""

    subject = "summarizer.remove_papers"
    paper_ids: tuple[AnyPaperId, ...] = Field(min_length=1, max_length=500)
    user: str = Field(default=DEFAULT_USER, max_length=MAX_NAME_CHARACTERS)
