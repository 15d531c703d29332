"""The summarizer's part in replays: summaries of a period again, with another model, other prompts or other fields.

New summaries lie in the replay's folder. When it is accepted each takes the place of the one it was made beside, which
is kept; a paper that was summarised anew in the meantime keeps what it has.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator

from pydantic import JsonValue

from services.summarizer.agent.prompt_files import PromptFiles
from services.summarizer.choosing.reaching import as_served
from services.summarizer.cli.forecast import forecasts, stored_texts
from services.summarizer.replay.bookkeeping import (
    CannotGoOn,
    calls_of,
    check_cost,
    check_inputs,
    event_id_of,
    failed,
    keep_inputs,
    note_failure,
    spent_by,
)
from services.summarizer.replay.changed_settings import adopted_settings, changed_settings, model_in_words
from services.summarizer.replay.comparison import compared, report_of
from services.summarizer.replay.rereading import opened
from services.summarizer.settings import Settings
from shared.command_line.context import load
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure
from shared.store.keeping.replays import Progress, Replay, ReplayReport, ReplayStage
from shared.store.papers.summaries import Summary, SummaryStore


class SummarizeReplay:
    """Summarises again what has a summary that was made in the period."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def forecast(self, replay: Replay) -> ReplayReport:
        """Papers, tokens, cost and time of what is left. Raises PapersysError where it cannot be done."""
        settings = self._changed(replay)
        check_inputs(replay, self._inputs(settings))
        todo = [standing.paper_id for standing in self._todo(replay)]
        listed = forecasts(settings, replay.data, stored_texts(settings, replay.data, todo))
        tokens = sum(one.input_tokens for one in listed), sum(one.output_tokens for one in listed)
        costs = [one.cost for one in listed]
        cost = None if None in costs else sum(one for one in costs if one is not None)
        model = model_in_words(settings, "extract")
        lines = (
            f"Papers to summarise again: {len(todo):,}, by {model or 'no model: sentences of the papers'}.",
            f"About {tokens[0]:,} tokens in, {tokens[1]:,} out; cost {_in_words(cost)}.",
        )
        figures: dict[str, JsonValue] = {"papers": len(todo), "input_tokens": tokens[0], "output_tokens": tokens[1]}
        return ReplayReport(lines=lines, figures={**figures, "cost": cost})

    def run(self, replay: Replay, progress: Progress) -> None:
        """Read what is left, paper by paper. Raises PapersysError where it has to stop: run it again to go on."""
        settings = self._changed(replay)
        keep_inputs(replay, self._inputs(settings))
        todo = list(self._todo(replay))
        if todo:
            asyncio.run(self._read(replay, settings, todo, progress))

    def report(self, replay: Replay) -> ReplayReport:
        """Changed fields, quotes found, cost and time."""
        made, stands = SummaryStore(replay.own), _before(replay)
        pairs = ((standing, again) for again in made.all() if (standing := stands(again.paper_id)) is not None)
        seconds = sum(call.seconds for call in calls_of(replay))
        left = sum(1 for _ in self._todo(replay))
        return report_of(compared(pairs), failed(replay), left, seconds)

    def make_ready(self, replay: Replay, progress: Progress) -> None:
        """Raises PapersysError while there is nothing to take over."""
        if not SummaryStore(replay.own).count():
            raise PapersysError("No paper was summarised again, so there is nothing to accept.")

    def swap_in(self, replay: Replay) -> None:
        """Keep the standing summaries first, then put the new ones in their place, a month at a time."""
        stands, kept = SummaryStore(replay.data), SummaryStore(replay.own.within("replaced"))
        beside, event_id, taken = _beside(replay), event_id_of(replay), list[Summary]()
        for again in SummaryStore(replay.own).all():
            standing = stands.get(again.paper_id)
            is_ours = standing is not None and standing.made_by.event_id == event_id
            if standing is not None and not is_ours and _is_made_beside(again, standing, beside.get(again.paper_id)):
                taken.append(again)
        kept.put_many(standing for again in taken if (standing := stands.get(again.paper_id)) is not None)
        stands.put_many(taken)

    def swap_out(self, replay: Replay) -> None:
        """Put back what was replaced, but for papers that were summarised anew since."""
        stands, event_id = SummaryStore(replay.data), event_id_of(replay)
        kept = SummaryStore(replay.own.within("replaced")).all()
        ours = {one.paper_id for one in stands.all() if one.made_by.event_id == event_id}
        stands.put_many(one for one in kept if one.paper_id in ours)

    def settings(self, replay: Replay) -> dict[str, JsonValue]:
        return adopted_settings(replay.request, "extract")

    def _changed(self, replay: Replay) -> Settings:
        return changed_settings(self._settings, replay.request, "extract")

    def _inputs(self, settings: Settings) -> str:
        """Names what decides a summary besides its paper."""
        options, llm = settings.summarizer, as_served(settings.llm)
        model = llm.usable.get(llm.model_of("extract") or "")
        prompts = PromptFiles(options.prompts or settings.data.path / "prompts").load().hash
        parts = [model.model if model else "", prompts, options.model_dump(mode="json"), llm.max_input_chars]
        return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]

    def _todo(self, replay: Replay) -> Iterator[Summary]:
        """The summaries of the period that are not made again yet, of the newest papers first."""
        made, failures = SummaryStore(replay.own), failed(replay)
        event_id = event_id_of(replay)
        for standing in SummaryStore(replay.data).newest():
            is_open = standing.paper_id not in failures and made.get(standing.paper_id) is None
            if is_open and replay.request.has_day(standing.made_at.date()) and standing.made_by.event_id != event_id:
                yield standing

    async def _read(self, replay: Replay, settings: Settings, todo: list[Summary], progress: Progress) -> None:
        made, spent = SummaryStore(replay.own), spent_by(replay.data, event_id_of(replay))
        async with opened(settings, replay.data, replay.own, event_id_of(replay)) as rereader:
            for number, standing in enumerate(todo):
                check_cost(replay, spent, made.count())
                try:
                    again = await rereader.read(standing)
                except PermanentFailure as error:
                    note_failure(replay, standing.paper_id, str(error))
                except (CannotGoOn, TemporaryFailure) as error:
                    where = f"Papers left: {len(todo) - number:,}; the same command goes on."
                    raise CannotGoOn(f"The replay stops at {standing.paper_id}: {error} {where}") from error
                else:
                    _beside(replay).put(standing)
                    made.put(again)
                    spent += again.usage.cost or 0.0
                progress(number + 1, len(todo))


def open_summarize_replay() -> ReplayStage:
    """The summarizer's part in replays, with the settings in use."""
    return SummarizeReplay(load(Settings))


def _beside(replay: Replay) -> SummaryStore:
    """The summaries beside which others were made."""
    return SummaryStore(replay.own.within("before"))


def _is_made_beside(again: Summary, standing: Summary, beside: Summary | None) -> bool:
    """Whether a summary still is the one that another was made beside; replays of before say so by their times alone.

    A clock that was wrong once makes nothing look newer than it is.
    """
    return standing.made_at < again.made_at if beside is None else standing.made_at == beside.made_at


def _before(replay: Replay) -> Callable[[str], Summary | None]:
    """What stood, also where the replay was accepted."""
    beside, kept, stands = _beside(replay), SummaryStore(replay.own.within("replaced")), SummaryStore(replay.data)
    return lambda paper_id: beside.get(paper_id) or kept.get(paper_id) or stands.get(paper_id)


def _in_words(cost: float | None) -> str:
    return "unknown (its prices are not set)" if cost is None else f"about {cost:.4f}"
