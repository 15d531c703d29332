"""What a person asked of a paper: its place on the reading list, its new versions, answers that cite it."""

from collections.abc import Iterator

from deploy.paper_trace.way import Step
from shared.contracts import ListedPaper
from shared.store.files.data_folder import DataFolder
from shared.store.papers.revisions import Revision, RevisionStore
from shared.store.research.cited_papers import CitedPapers
from shared.store.research.reading_list import ReadingListStore
from shared.store.research.traces import TraceStore
from shared.text.safe.plain_text import shortened

_QUESTION_CHARACTERS = 80


def list_steps(data: DataFolder, user: str, paper_id: str) -> Iterator[Step]:
    """When it was put on the person's list, and how it stands there."""
    listed = next((paper for paper in ReadingListStore(data).records(user) if paper.paper_id == paper_id), None)
    if listed is not None and not listed.is_removed:
        how = "added to the reading list" if listed.origin == "added" else "on the reading list, because it is saved"
        yield Step(stage="list", what=how, at=listed.added_at)
        if listed.changed_at > listed.added_at:
            yield Step(stage="list", what=_standing(listed), at=listed.changed_at)


def _standing(listed: ListedPaper) -> str:
    if listed.state == "ready" and listed.version is not None:
        return f"can be asked in version {listed.version}: {listed.chunks} chunks of {listed.sections} sections"
    return f"{listed.state}: {listed.problem}" if listed.problem else listed.state


def revision_steps(data: DataFolder, paper_id: str) -> Iterator[Step]:
    """The last new version that was compared, and a withdrawal."""
    revision = RevisionStore(data).get(paper_id)
    if revision is None:
        return
    if revision.to_version is not None:
        yield Step(stage="revision", what=_compared(revision), at=revision.found_at or revision.made_at)
    if revision.withdrawn_at is not None:
        yield Step(stage="revision", what="withdrawn by its authors", at=revision.withdrawn_at)


def _compared(revision: Revision) -> str:
    versions = f"version {revision.to_version} beside {revision.from_version}"
    if revision.problem:
        return f"{versions}: {revision.problem}"
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(revision.counts.items())) or "nothing differs"
    gone = f"; {len(revision.gone)} of {len(revision.quotes)} quotes gone" if revision.gone else ""
    return f"{versions}: {counts}{gone}"


def answer_steps(data: DataFolder, user: str, paper_id: str) -> Iterator[Step]:
    """Answers to the person's questions that cite it."""
    traces = TraceStore(data)
    for answer in CitedPapers(data).of_user(user):
        head = traces.head(answer.trace_id) if paper_id in dict(answer.papers) else None
        if head is not None:
            question = shortened(head.question, _QUESTION_CHARACTERS)
            yield Step(stage="cited", what=f"in the answer to “{question}”", at=head.asked_at)
