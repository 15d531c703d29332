"""A paper's way as the data folder and the dead letters tell it."""

import asyncio
from collections.abc import Iterator

from nats.errors import Error as NatsError

from deploy.configuration import SystemSettings
from deploy.paper_trace.arrival import arrival_steps, vector_steps
from deploy.paper_trace.picking import personal_steps, selection_steps
from deploy.paper_trace.reading import (
    calls_for,
    cost_of,
    document_steps,
    model_steps,
    publication_steps,
    result_steps,
    summary_steps,
)
from deploy.paper_trace.research import answer_steps, list_steps, revision_steps
from deploy.paper_trace.way import Step, Way, in_order, standing_of
from shared.bus.connections import connected
from shared.bus.delivery.dead_letters import DeadLetter, DeadLetters
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore


def way_of(settings: SystemSettings, paper_id: str, user: str) -> Way:
    """What is recorded of a paper and a person; failed jobs too while the system runs."""
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    paper = MetadataStore(data).get([paper_id]).get(paper_id)
    letters, remark = _failed_jobs(settings)
    calls = calls_for(data, paper_id)
    steps = in_order(
        [
            *arrival_steps(data, paper, paper_id),
            *vector_steps(data, tuple(settings.embedding.joined), paper_id),
            *selection_steps(data, user, paper_id),
            *document_steps(data, paper_id),
            *result_steps(data, paper_id),
            *model_steps(calls),
            *summary_steps(data, paper_id),
            *publication_steps(data, paper_id),
            *list_steps(data, user, paper_id),
            *revision_steps(data, paper_id),
            *answer_steps(data, user, paper_id),
            *personal_steps(data, user, paper_id),
            *_steps_of(letters, paper_id),
        ]
    )
    return Way(
        paper_id=paper_id,
        title=paper.title if paper else "",
        user=user,
        steps=steps,
        cost=cost_of(calls),
        standing=standing_of(steps, paper_id),
        remark=remark,
    )


def _failed_jobs(settings: SystemSettings) -> tuple[list[DeadLetter], str]:
    async def ask() -> list[DeadLetter]:
        async with connected(settings.bus) as client:
            return await DeadLetters(client.jetstream()).all()

    try:
        return asyncio.run(ask()), ""
    except (PapersysError, NatsError, TimeoutError):
        return [], "Whether a job failed is not known while papersys does not run."


def _steps_of(letters: list[DeadLetter], paper_id: str) -> Iterator[Step]:
    for letter in letters:
        if letter.paper_id == paper_id:
            what = f"{letter.subject} in the {letter.service} after {letter.attempts} attempts: {letter.reason}"
            yield Step(stage="failed", what=what, at=letter.died_at)
