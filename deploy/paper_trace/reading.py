"""How a paper was read: its document, the calls to models, summary, tags, links, and where it was published."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from deploy.paper_trace.way import Step
from shared.notion.row_files import NotionFiles
from shared.paper_ids import folder_name
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Call, Ledger
from shared.store.papers.documents import DocumentStore
from shared.store.papers.links import LinkStore
from shared.store.papers.results import PaperResults, ResultStore
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.tagging.tags import TagStore


def document_steps(data: DataFolder, paper_id: str) -> Iterator[Step]:
    """Each stored version of its text: by which route it was converted, and how good it is."""
    store = DocumentStore(data)
    for version in store.versions(paper_id):
        record = store.record(paper_id, version)
        if record is not None:
            route = f" by {record.route}, grade {record.grade}, {record.words} words" if record.route else ""
            detail = f" ({record.detail})" if record.detail else ""
            what = f"version {version}: {record.status}{route}{detail}"
            yield Step(stage="document", what=what, at=record.made_at)


def result_steps(data: DataFolder, paper_id: str) -> Iterator[Step]:
    """The numbers that were read from the tables of its text."""
    record = ResultStore(data).get(paper_id)
    if record is not None:
        yield Step(stage="results", what=_measured(record), at=record.made_at)


def _measured(record: PaperResults) -> str:
    """How many numbers of how many tables, and what of them is named by whom."""
    results = [result for _, result in record.all()]
    if not results:
        return f"version {record.version}: no numbers in tables"
    named = sum(bool(result.dataset or result.metric) for result in results)
    models = sorted({result.named_by for result in results if result.named_by})
    by = f", some by {', '.join(models)}" if models else ""
    left_out = f"; {record.left_out} more left out" if record.left_out else ""
    tables = "1 table" if len(record.tables) == 1 else f"{len(record.tables)} tables"
    numbers = "1 number" if len(results) == 1 else f"{len(results)} numbers"
    return (
        f"version {record.version}: {numbers} from {tables}, {named} with a data set or metric{by}; "
        f"{sum(result.is_own for result in results)} the paper's own{left_out}"
    )


def model_steps(calls: list[Call]) -> Iterator[Step]:
    """Each call to a model."""
    for call in calls:
        cost = "" if call.cost is None else f", cost {call.cost:.4g}"
        tokens = f"{call.input_tokens} tokens in, {call.output_tokens} out"
        yield Step(
            stage="model", what=f"{call.purpose} by {call.model}: {tokens}, {call.seconds:.1f} s{cost}", at=call.made_at
        )


def calls_for(data: DataFolder, paper_id: str) -> list[Call]:
    return [call for call in Ledger(data).calls() if call.paper_id == paper_id]


def cost_of(calls: list[Call]) -> float | None:
    """What the calls cost together; None where nothing is known to have been paid."""
    costs = [call.cost for call in calls if call.cost is not None]
    return sum(costs) if costs else None


def summary_steps(data: DataFolder, paper_id: str) -> Iterator[Step]:
    """The summary, the tags that reading it decided, and its links."""
    summary = SummaryStore(data).get(paper_id)
    if summary is not None:
        yield Step(stage="summary", what=_in_words(summary), at=summary.made_at)
    tags = TagStore(data)
    for decision in tags.decisions():
        if decision.paper_id == paper_id:
            target = f" as {decision.slug}" if decision.slug else ""
            what = f"{decision.action}: {decision.phrase or decision.slug}{target} ({decision.how})"
            yield Step(stage="tags", what=what, at=decision.made_at)
    yield from _link_steps(data, paper_id)


def _in_words(summary: Summary) -> str:
    by = "extracted from the paper" if summary.mode == "extractive" else f"by {summary.made_by.model}"
    read = summary.reading if summary.mode == "llm" else None
    reading = f", from its {read.replace('_', ' ')}" if read else ""
    checks = f", {summary.verification.found} of {summary.verification.quotes} quotes found"
    tags = f"; tags: {', '.join(summary.tags)}" if summary.tags else ""
    note = f"; {summary.notes[0]}" if summary.notes else ""
    return f"version {summary.version}, {by}{reading}{checks}{tags}{note}"


def _link_steps(data: DataFolder, paper_id: str) -> Iterator[Step]:
    links = LinkStore(data)
    at = links.linked_at(paper_id)
    if at is not None:
        kinds = Counter(link.type for link in links.of(paper_id))
        counts = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in sorted(kinds.items()))
        yield Step(stage="links", what=counts or "none found", at=at)


def publication_steps(data: DataFolder, paper_id: str) -> Iterator[Step]:
    """Its Markdown for the site, and its rows in Notion."""
    page = data.path("site", "content", "papers", f"{folder_name(paper_id)}.md")
    if page.exists():
        changed_at = datetime.fromtimestamp(page.stat().st_mtime, UTC)
        yield Step(stage="published", what="Markdown of the site written", at=changed_at)
    for folder in sorted(data.path("state", "notion").glob("*/rows.jsonl")):
        row = NotionFiles(data, folder.parent.name).rows.all().get(paper_id)
        if row is not None and row.page_id:
            yield Step(stage="published", what="its row in Notion", at=row.sent_at)
