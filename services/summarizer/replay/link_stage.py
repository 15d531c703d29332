"""The summarizer's part in replays of links: every paper of a period linked again, as if it had just been read.

New links lie in the replay's folder. When it is accepted, each paper's take the place of those that stood when the
replay was made, which are kept; a paper that was linked anew in the meantime keeps what it has.
"""

import asyncio
import hashlib
import json

from pydantic import JsonValue

from services.summarizer.agent.runs import Runs
from services.summarizer.choosing.reaching import as_served
from services.summarizer.replay.bookkeeping import (
    CannotGoOn,
    calls_of,
    check_cost,
    check_inputs,
    event_id_of,
    failed,
    keep_inputs,
    note_failure,
)
from services.summarizer.replay.changed_settings import adopted_settings, changed_settings, model_in_words
from services.summarizer.replay.link_comparison import compared, report_of
from services.summarizer.replay.linking import LinksAgain, opened
from services.summarizer.replay.tag_comparison import papers_in_words
from services.summarizer.settings import Settings
from shared.command_line.context import load
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import EncodeTexts, Progress, Replay, ReplayReport, ReplayStage
from shared.store.papers.links import LinkStore, PaperLinks
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.people.preferences import RatingStore


class LinkReplay:
    """Links again what has a summary that was made in the period."""

    def __init__(self, settings: Settings, encode: EncodeTexts) -> None:
        self._settings, self._encode = settings, encode

    def forecast(self, replay: Replay) -> ReplayReport:
        """How many papers are left, and who judges relations. Raises PapersysError where it cannot be done."""
        settings = self._changed(replay)
        check_inputs(replay, _inputs(settings))
        todo, options = len(_todo(replay)), settings.summarizer
        model = model_in_words(settings, "link")
        questions = -(-options.link_candidates // options.links_per_question)
        judges = "without a language model"
        if model and questions:
            judges = f"relations judged by {model}, in at most {todo * questions:,} questions"
        line = f"To link again: {papers_in_words(todo)}, {judges}."
        return ReplayReport(lines=(line,), figures={"papers": todo})

    def run(self, replay: Replay, progress: Progress) -> None:
        """Link what is left, in the order in which it was read. Raises PapersysError where it has to stop."""
        settings = self._changed(replay)
        keep_inputs(replay, _inputs(settings))
        todo = {summary.paper_id for summary in _todo(replay)}
        if todo:
            asyncio.run(self._link(replay, settings, todo, progress))

    def report(self, replay: Replay) -> ReplayReport:
        """Links gained and lost by type, what ratings say of them, cost."""
        stood = LinkStore(_before(replay))
        pairs = [
            (old.links if (old := stood.record(again.paper_id)) else (), again.links)
            for again in LinkStore(replay.own).records()
        ]
        ratings = {paper_id: rating.label for paper_id, rating in RatingStore(replay.data).current().items()}
        return report_of(compared(pairs), ratings, failed(replay), len(_todo(replay)), calls_of(replay))

    def make_ready(self, replay: Replay, progress: Progress) -> None:
        """Raises PapersysError while there is nothing to take over."""
        if next(LinkStore(replay.own).records(), None) is None:
            raise PapersysError("No paper was linked again, so there is nothing to accept.")

    def swap_in(self, replay: Replay) -> None:
        """Put the new links in the place of those that they were made beside, a month at a time."""
        _exchange(replay, taken_out=LinkStore(_before(replay)), put_in=LinkStore(replay.own))

    def swap_out(self, replay: Replay) -> None:
        """The other way round."""
        _exchange(replay, taken_out=LinkStore(replay.own), put_in=LinkStore(_before(replay)))

    def settings(self, replay: Replay) -> dict[str, JsonValue]:
        return adopted_settings(replay.request, "link")

    def _changed(self, replay: Replay) -> Settings:
        return changed_settings(self._settings, replay.request, "link")

    async def _link(self, replay: Replay, settings: Settings, todo: set[str], progress: Progress) -> None:
        summaries = sorted(SummaryStore(replay.data).all(), key=lambda one: (one.made_at, one.paper_id))
        again = [summary for summary in summaries if summary.paper_id in todo]
        runs, done = Runs(replay.own), 0
        await runs.open()
        try:
            async with opened(settings, replay, runs, self._encode, again) as links:
                for summary in summaries:
                    if summary.paper_id not in todo:
                        await links.pass_over(summary)
                        continue
                    await self._link_paper(replay, links, runs, summary)
                    done += 1
                    progress(done, len(todo))
        finally:
            await runs.close()

    async def _link_paper(self, replay: Replay, links: LinksAgain, runs: Runs, summary: Summary) -> None:
        thread_id = f"{event_id_of(replay)}/{summary.paper_id}"
        _check_cost(replay)
        try:
            async with runs.reading(thread_id):
                found = await links.find(summary)
        except PermanentFailure as error:
            note_failure(replay, summary.paper_id, str(error))
            return
        except (CannotGoOn, TemporaryFailure) as error:
            raise CannotGoOn(
                f"The replay stops at {summary.paper_id}: {error} The same command goes on from there."
            ) from error
        stands = LinkStore(replay.data).record(summary.paper_id)
        LinkStore(_before(replay)).put_records(
            [stands or PaperLinks(paper_id=summary.paper_id, made_at=summary.made_at)]
        )
        LinkStore(replay.own).put(summary.paper_id, list(found))
        await runs.forget(thread_id)


def open_link_replay(encode: EncodeTexts) -> ReplayStage:
    """The summarizer's part in replays of links, with the settings in use; `encode` makes vectors of fields."""
    return LinkReplay(load(Settings), encode)


def _todo(replay: Replay) -> list[Summary]:
    """The summaries of the period whose papers are not linked again yet."""
    made, failures = LinkStore(replay.own), failed(replay)
    return [
        one
        for one in SummaryStore(replay.data).all()
        if replay.request.has_day(one.made_at.date())
        and one.paper_id not in failures
        and made.record(one.paper_id) is None
    ]


def _before(replay: Replay) -> DataFolder:
    return replay.own.within("before")


def _check_cost(replay: Replay) -> None:
    if replay.request.most_cost is not None:
        done = sum(1 for _ in LinkStore(replay.own).records())
        check_cost(replay, sum(call.cost or 0.0 for call in calls_of(replay)), done)


def _exchange(replay: Replay, *, taken_out: LinkStore, put_in: LinkStore) -> None:
    """Records that still are what was taken out make place; what was found anew since stays."""
    stands = LinkStore(replay.data)
    pairs = ((stands.record(one.paper_id), taken_out.record(one.paper_id), one) for one in put_in.records())
    stands.put_records(new for there, old, new in pairs if there == old or there is None)


def _inputs(settings: Settings) -> str:
    """Names what decides links besides papers."""
    options, llm = settings.summarizer, as_served(settings.llm)
    model = llm.usable.get(llm.model_of("link") or "")
    chosen = (options.link_candidates, options.links_per_question, options.neighbours, options.neighbour_similarity)
    parts = [model.model if model else "", *chosen, settings.embedding.model]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]
