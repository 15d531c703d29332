"""The summarizer's part in replays of tags: every paper of a period tagged again, as if it had just been read.

What persons decided about tags stands; what was decided for these papers is decided anew, in their order. Decisions
and summaries with their new tags lie in the replay's folder. Accepted, they take the place of those that stand, which
are kept; what was decided in the meantime stays.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack

from pydantic import JsonValue

from services.summarizer.agent.runs import Runs
from services.summarizer.choosing.reaching import as_served, reachable
from services.summarizer.llm.gateway import Gateway
from services.summarizer.replay.bookkeeping import (
    CannotGoOn,
    InsistingModels,
    calls_of,
    check_cost,
    check_inputs,
    event_id_of,
    failed,
    keep_inputs,
    note_failure,
)
from services.summarizer.replay.changed_settings import adopted_settings, changed_settings, model_in_words
from services.summarizer.replay.local_encoder import LocalEncoder
from services.summarizer.replay.tag_comparison import TagsOfPaper, compared, papers_in_words, report_of
from services.summarizer.replay.tag_history import base_of, exchanged
from services.summarizer.settings import Settings
from services.summarizer.state import State
from services.summarizer.tags.key_phrases import candidates
from services.summarizer.tags.seed_tags import seed_tags
from services.summarizer.tags.tagging import Tagger
from shared.command_line.context import load
from shared.contracts import PapersSelected, now
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import EncodeTexts, Progress, Replay, ReplayReport, ReplayStage
from shared.store.models.ledger import Ledger
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.tagging.tags import TagStore

_CHUNK = 200
"""Papers whose texts are encoded together; each time the model is loaded."""
_WRITTEN_TOGETHER = 20


class TagReplay:
    """Gives tags again to what has a summary that was made in the period."""

    def __init__(self, settings: Settings, encode: EncodeTexts) -> None:
        self._settings, self._encode = settings, encode

    def forecast(self, replay: Replay) -> ReplayReport:
        """How many papers are left, and who decides what is doubtful. Raises PapersysError where it cannot be done."""
        settings = self._changed(replay)
        check_inputs(replay, _inputs(settings))
        todo = sum(1 for _ in _todo(replay))
        model = model_in_words(settings, "tag")
        decides = f"{model} decides what is doubtful" if model else "without a language model"
        line = f"To tag again: {papers_in_words(todo)}, {decides}."
        return ReplayReport(lines=(line,), figures={"papers": todo})

    def run(self, replay: Replay, progress: Progress) -> None:
        """Tag what is left, in the order in which it was read. Raises PapersysError where it has to stop."""
        settings = self._changed(replay)
        keep_inputs(replay, _inputs(settings))
        _begin(replay)
        todo = sorted(_todo(replay), key=lambda summary: (summary.made_at, summary.paper_id))
        if todo:
            asyncio.run(self._tag(replay, settings, todo, progress))

    def report(self, replay: Replay) -> ReplayReport:
        """Tags gained and lost, papers without any, cost."""
        before, after = TagStore(_before(replay)).index(), TagStore(replay.own).index()
        stood = SummaryStore(_before(replay))
        pairs = ((old, again) for again in SummaryStore(replay.own).all() if (old := stood.get(again.paper_id)))
        papers = (
            TagsOfPaper(old.paper_id, before.shown(old.tags, old.raw_tags), after.shown(again.tags, again.raw_tags))
            for old, again in pairs
        )
        labels = {slug: tag.label for index in (before, after) for slug, tag in index.tags.items()}
        left = sum(1 for _ in _todo(replay))
        return report_of(compared(papers), labels, failed(replay), left, calls_of(replay))

    def make_ready(self, replay: Replay, progress: Progress) -> None:
        """Raises PapersysError while there is nothing to take over."""
        if not SummaryStore(replay.own).count():
            raise PapersysError("No paper was tagged again, so there is nothing to accept.")

    def swap_in(self, replay: Replay) -> None:
        """Put the new decisions in the place of the old ones, then the tags of summaries that still stand."""
        _exchange(replay, taken_out=TagStore(_before(replay)), put_in=TagStore(replay.own))
        _put_tags(replay, SummaryStore(replay.own))

    def swap_out(self, replay: Replay) -> None:
        """The other way round."""
        _exchange(replay, taken_out=TagStore(replay.own), put_in=TagStore(_before(replay)))
        _put_tags(replay, SummaryStore(_before(replay)))

    def settings(self, replay: Replay) -> dict[str, JsonValue]:
        return adopted_settings(replay.request, "tag")

    def _changed(self, replay: Replay) -> Settings:
        return changed_settings(self._settings, replay.request, "tag")

    async def _tag(self, replay: Replay, settings: Settings, todo: Sequence[Summary], progress: Progress) -> None:
        encoder = LocalEncoder(settings.embedding.model, self._encode)
        async with AsyncExitStack() as stack:
            llm = await stack.enter_async_context(reachable(settings, replay.data))
            runs = Runs(replay.own)
            await runs.open()
            stack.push_async_callback(runs.close)
            models = Gateway(llm, replay.data, Ledger(replay.data), runs)
            stack.push_async_callback(models.close)
            metadata = MetadataStore(replay.data)
            tagger = Tagger(settings.summarizer, TagStore(replay.own), metadata, encoder, InsistingModels(models))
            tagging = _Tagging(replay, tagger, metadata, runs)
            for start in range(0, len(todo), _CHUNK):
                part = todo[start : start + _CHUNK]
                encoder.forget()
                await encoder.learn(_texts(replay, part, metadata.get([one.paper_id for one in part])))
                await tagging.do(part, lambda done, start=start: progress(start + done, len(todo)))  # type: ignore[misc]


class _Tagging:
    """Tags papers and writes what came of it some papers at a time."""

    def __init__(self, replay: Replay, tagger: Tagger, metadata: MetadataStore, runs: Runs) -> None:
        self._replay, self._tagger, self._metadata, self._runs = replay, tagger, metadata, runs
        self._before, self._after = SummaryStore(_before(replay)), SummaryStore(replay.own)
        self._unwritten: list[tuple[Summary, Summary]] = []
        self._done = self._after.count()

    async def do(self, summaries: Sequence[Summary], progress: Callable[[int], None]) -> None:
        """Raises CannotGoOn where no further paper can be tagged now."""
        papers = self._metadata.get([summary.paper_id for summary in summaries])
        try:
            for number, standing in enumerate(summaries, 1):
                paper = papers.get(standing.paper_id)
                if paper is None:
                    note_failure(self._replay, standing.paper_id, "its title and abstract are not stored")
                else:
                    await self._tag(standing, paper)
                progress(number)
        finally:
            self._write()

    async def _tag(self, standing: Summary, paper: Paper) -> None:
        spent = sum(call.cost or 0.0 for call in calls_of(self._replay)) if self._replay.request.most_cost else 0.0
        check_cost(self._replay, spent, self._done)
        event_id = event_id_of(self._replay)
        state: State = {
            "event": PapersSelected(event_id=event_id, paper_ids=(paper.paper_id,)),
            "paper_id": paper.paper_id,
            "paper": paper,
            "phrases": _phrases(standing),
        }
        try:
            async with self._runs.reading(thread := f"{event_id}/{paper.paper_id}"):
                made = await self._tagger.tag(state)
        except (CannotGoOn, TemporaryFailure) as error:
            raise CannotGoOn(
                f"The replay stops at {paper.paper_id}: {error} The same command goes on from there."
            ) from error
        tagged = standing.model_copy(update={"tags": made["tags"], "raw_tags": made["raw_tags"]})
        self._unwritten.append((standing, tagged))
        self._done += 1
        if len(self._unwritten) >= _WRITTEN_TOGETHER:
            self._write()
        await self._runs.forget(thread)

    def _write(self) -> None:
        self._before.put_many(standing for standing, _ in self._unwritten)
        self._after.put_many(tagged for _, tagged in self._unwritten)
        self._unwritten = []


def open_tag_replay(encode: EncodeTexts) -> ReplayStage:
    """The summarizer's part in replays of tags, with the settings in use; `encode` makes vectors of phrases."""
    return TagReplay(load(Settings), encode)


def _begin(replay: Replay) -> None:
    """Keep the decisions as they stand, and begin with those that no replay makes again."""
    before, again = TagStore(_before(replay)), TagStore(replay.own)
    if not again.decisions_path.exists():
        history = TagStore(replay.data).history()
        papers = MetadataStore(replay.data).has(summary.paper_id for summary in _of_period(replay))
        before.replace(lambda _: history)
        again.replace(lambda _: base_of(history, papers))


def _of_period(replay: Replay) -> Iterator[Summary]:
    return (one for one in SummaryStore(replay.data).all() if replay.request.has_day(one.made_at.date()))


def _todo(replay: Replay) -> Iterator[Summary]:
    """The summaries of the period whose papers are not tagged again yet."""
    made, failures = SummaryStore(replay.own), failed(replay)
    return (one for one in _of_period(replay) if one.paper_id not in failures and made.get(one.paper_id) is None)


def _before(replay: Replay) -> DataFolder:
    return replay.own.within("before")


def _phrases(summary: Summary) -> tuple[str, ...]:
    """The tags that a model proposed; those of a summary that no model wrote are looked for in the text again."""
    return summary.raw_tags if summary.mode == "llm" else ()


def _texts(replay: Replay, summaries: Sequence[Summary], papers: Mapping[str, Paper]) -> list[str]:
    """All that a tagger will compare about these papers: phrases, whole texts, the labels that there are."""
    labels = [tag.label for tag in TagStore(replay.own).index().tags.values()]
    seeds = [tag.label for tag in seed_tags(now())]
    texts = [*labels, *seeds]
    for summary in summaries:
        paper = papers.get(summary.paper_id)
        if paper is not None:
            phrases = _phrases(summary) or [phrase.text for phrase in candidates(paper.title, paper.abstract)]
            texts += [*phrases, paper.text]
    return texts


def _exchange(replay: Replay, *, taken_out: TagStore, put_in: TagStore) -> None:
    old, new = taken_out.decisions(), put_in.decisions()
    TagStore(replay.data).replace(lambda standing: exchanged(standing, old, new))


def _put_tags(replay: Replay, source: SummaryStore) -> None:
    """Give summaries the tags of others of them; one that was made anew since keeps its own."""
    stands = SummaryStore(replay.data)
    pairs = ((stands.get(one.paper_id), one) for one in source.all())
    stands.put_many(
        standing.model_copy(update={"tags": one.tags, "raw_tags": one.raw_tags})
        for standing, one in pairs
        if standing is not None and standing.made_at == one.made_at
    )


def _inputs(settings: Settings) -> str:
    """Names what decides tags besides papers."""
    options, llm = settings.summarizer, as_served(settings.llm)
    model = llm.usable.get(llm.model_of("tag") or "")
    chosen = (options.fewest_tags, options.most_tags, options.most_new_tags, options.same_tag_similarity)
    parts = [model.model if model else "", *chosen, settings.embedding.model]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]
