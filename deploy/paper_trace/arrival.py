"""How a paper came: announced by arXiv, harvested, embedded."""

from collections.abc import Iterator

from deploy.paper_trace.way import Step
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore
from shared.store.papers.rows import Paper
from shared.store.vectors.backlog import Backlog
from shared.store.vectors.embeddings import VectorStore


def arrival_steps(data: DataFolder, paper: Paper | None, paper_id: str) -> Iterator[Step]:
    """From the harvests' records and the paper's own; a paper that was looked up or imported is in no harvest."""
    runs = RunStore(data).with_paper(paper_id)
    for run in runs:
        yield from _of_run(run, paper_id)
    if paper is not None and paper.harvested_at is not None and not runs:
        yield Step(stage="harvested", what=f"metadata stored ({paper.source})", at=paper.harvested_at)


def _of_run(run: HarvestRun, paper_id: str) -> Iterator[Step]:
    day = next((day for day in run.days if paper_id in run.announced_on(day)), run.day)
    is_new = paper_id in run.new_ids
    if is_new and day is not None:
        yield Step(stage="announced", what="by arXiv, as new", day=day)
    kind = "new" if is_new else "a new version"
    what = f"{kind}, by the harvest {run.run_id} that began {run.started_at:%H:%M:%S}"
    yield Step(stage="harvested", what=what, at=run.finished_at or run.started_at)


def vector_steps(data: DataFolder, aliases: tuple[str, ...], paper_id: str) -> Iterator[Step]:
    """Of each model whose vectors are used; what waits for one says why."""
    for alias in aliases:
        made_at = VectorStore(data, alias, cached=False).embedded_at(paper_id)
        if made_at is not None:
            yield Step(stage="embedded", what=f"by {alias}", at=made_at)
    for missing in Backlog(data).all():
        if missing.paper_id == paper_id:
            tried = f" after {missing.attempts} attempts" if missing.attempts else ""
            what = f"waits for a vector of {missing.model_alias}{tried}: {missing.detail or missing.missing_reason}"
            yield Step(stage="harvested", what=what, at=missing.queued_at)
