"""The embedder's part in replays: papers of the past embedded by another model, beside the vectors in use.

The vectors lie in the replay's own folder until it is accepted; then its folder of vectors takes its place among the
others in one step, and the settings name the new model. The vectors of the old one stay where they are.
"""

import asyncio
import dataclasses
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from pydantic import JsonValue

from services.embedder.backends import open_encoder
from services.embedder.encoding.encoding_queue import EncodingThread
from services.embedder.papers.embedding import PaperEmbedder
from services.embedder.papers.gaps import GapFinder
from services.embedder.papers.text import normalised
from services.embedder.recipe import recipe_of
from services.embedder.settings import Settings
from shared.command_line.context import load
from shared.errors import PapersysError, SettingsError
from shared.settings.settings import ModelSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import Progress, Replay, ReplayReport, ReplayStage
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.people.preferences import RatingStore
from shared.store.people.signals import SignalStore
from shared.store.vectors.backlog import Backlog
from shared.store.vectors.embeddings import Matrix, VectorStore
from shared.store.vectors.manifest import FILE_NAME, read_manifest
from shared.store.vectors.writer import VectorWriter

_CHUNK = 256
"""Papers between two writes: what a killed run does again at most."""
_ORDINARY = 1_000
"""Papers from before the period that tastes are fitted against."""
_CATCHING_UP = 3
_TIME = "embedded.json"


class EmbedReplay:
    """Embeds with a model of the settings that is not in use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def forecast(self, replay: Replay) -> ReplayReport:
        """How many papers are to be embedded. Raises PapersysError."""
        self._check(replay)
        todo = self._count(replay)
        figures: dict[str, JsonValue] = {"papers": todo}
        return ReplayReport(lines=(f"To embed with {replay.request.model}: {todo:,} papers.",), figures=figures)

    def run(self, replay: Replay, progress: Progress) -> None:
        """Embed what has no vector of its present text yet, newest first."""
        self._check(replay)
        self._take_over(replay)
        todo = self._count(replay)
        if todo:
            asyncio.run(self._embed(replay, todo, progress))

    def report(self, replay: Replay) -> ReplayReport:
        """How many papers have a vector of the new model, of those that have one in use."""
        lacking = len(self._lacking(replay))
        count, failed = self._vectors(replay).count(), len(self._failed(replay))
        lines = [f"{count:,} papers have a vector of {replay.request.model}; {lacking:,} that have one in use lack it."]
        if failed:
            lines.append(f"{failed:,} papers could not be embedded: {self._example(replay)}")
        seconds = _seconds(replay.own)
        lines.append(f"Embedding took {seconds:,.0f} s.")
        figures: dict[str, JsonValue] = {"vectors": count, "lacking": lacking, "failed": failed, "seconds": seconds}
        return ReplayReport(lines=tuple(lines), figures=figures)

    def make_ready(self, replay: Replay, progress: Progress) -> None:
        """Embed what came since. Raises PapersysError while papers would lose their vector."""
        whole = _of_everything(replay)
        for _ in range(_CATCHING_UP):
            self.run(whole, progress)
            if not self._lacking(replay):
                return
        lacking = self._lacking(replay)
        raise PapersysError(
            f"{len(lacking):,} papers ({lacking[0]} ...) have a vector in use and none of {replay.request.model}; "
            "run the replay again before it is accepted."
        )

    def swap_in(self, replay: Replay) -> None:
        """The folder of vectors takes its place; one of the same alias that was there is kept with the replay."""
        alias = replay.request.model
        made, place = replay.own.path("embeddings", alias), replay.data.path("embeddings", alias)
        kept = replay.own.path("replaced", "embeddings", alias)
        with replay.data.lock(f"embeddings-{alias}"):
            if not made.exists():
                return  # swapped before a kill
            if place.exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                place.replace(kept)
            made.replace(place)

    def swap_out(self, replay: Replay) -> None:
        """The vectors stay, as those of any model in the settings: a system that still writes them is not disturbed."""

    def settings(self, replay: Replay) -> dict[str, JsonValue]:
        return {"embedding.model": replay.request.model}

    # -- what there is

    def _check(self, replay: Replay) -> None:
        """Raises SettingsError or PapersysError for a model that cannot be tried."""
        alias, embedding = replay.request.model, self._settings.embedding
        if not alias:
            others = sorted(set(embedding.models) - set(embedding.joined))
            raise PapersysError(
                f"Which model? --model names a table [embedding.models.<alias>]; not in use: {_list(others)}."
            )
        if alias in embedding.joined:
            raise PapersysError(
                f"{alias} is in use. What decides its vectors is tried beside it under a name of its own: "
                f"copy [embedding.models.{alias}] to a table of another name, change that, and name it."
            )
        _ = self._table(alias)
        manifest = read_manifest(replay.own.path("embeddings", alias) / FILE_NAME)
        difference = recipe_of(self._table(alias)).difference(manifest.recipe) if manifest else ""
        if difference:
            raise PapersysError(
                f"The table of {alias} has changed since this replay began (settings / vectors: {difference}); "
                f"drop it (`papersys replay drop {replay.record.name}`), or restore the table."
            )

    def _table(self, alias: str) -> ModelSettings:
        try:
            return self._settings.embedding.models[alias]
        except KeyError:
            names = _list(sorted(self._settings.embedding.models))
            raise SettingsError(f"There is no table [embedding.models.{alias}]; there are: {names}.") from None

    def _writer(self, replay: Replay) -> VectorWriter:
        return VectorWriter(replay.own, replay.request.model, recipe_of(self._table(replay.request.model)))

    def _vectors(self, replay: Replay) -> VectorStore:
        return VectorStore(replay.own, replay.request.model, cached=False)

    def _take_over(self, replay: Replay) -> None:
        """Begin with vectors of this very recipe that stand already, if there are any; files are linked, not copied."""
        alias = replay.request.model
        stands, own = replay.data.path("embeddings", alias), replay.own.path("embeddings", alias)
        manifest = read_manifest(stands / FILE_NAME)
        if manifest is None or own.exists() or recipe_of(self._table(alias)).difference(manifest.recipe):
            return
        draft = own.with_name(f".{alias}.taken")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for file in manifest.files:
            os.link(stands / file.name, draft / file.name)
        (draft / FILE_NAME).write_text(manifest.to_json(), "utf-8")
        draft.replace(own)

    def _count(self, replay: Replay) -> int:
        return sum(len(papers) for papers in self._missing(replay))

    def _missing(self, replay: Replay) -> Iterator[list[Paper]]:
        """The papers to embed, by month, newest first: those of the period, and what tastes are fitted on."""
        finder = GapFinder(replay.data, self._vectors(replay), Backlog(replay.own), 1)
        beside = set() if replay.request.is_everything else self._beside_the_period(replay)
        for gap in finder.gaps():
            wanted = [
                paper for paper in gap.papers if replay.request.has_month_of(paper.paper_id) or paper.paper_id in beside
            ]
            if wanted:
                yield wanted

    def _beside_the_period(self, replay: Replay) -> set[str]:
        """Papers of other months: those that somebody rated, saved or opened, and some that nobody did."""
        ratings, signals = RatingStore(replay.data), SignalStore(replay.data)
        said = {rating.paper_id for user in ratings.users() for rating in ratings.all(user)}
        said |= {signal.paper_id for user in signals.users() for signal in signals.all(user)}
        stands = VectorStore(replay.data, self._settings.embedding.model)
        ids = [paper_id for year in stands.years() for paper_id in stands.ids(year)]
        return said | set(ids[:: max(1, len(ids) // _ORDINARY)])

    def _lacking(self, replay: Replay) -> list[str]:
        """Papers that have a vector in use and none of the new model, those that it cannot embed apart."""
        stands, made = VectorStore(replay.data, self._settings.embedding.model), self._vectors(replay)
        failed = self._failed(replay)
        ids = ((year, stands.ids(year)) for year in stands.years())
        return [one for _, names in ids for there in [made.has(names)] for one in names if one not in there | failed]

    def _failed(self, replay: Replay) -> set[str]:
        queued = Backlog(replay.own).all(replay.request.model)
        return {row.paper_id for row in queued if row.missing_reason == "failed"}

    def _example(self, replay: Replay) -> str:
        """One of those that failed, and why."""
        queued = Backlog(replay.own).all(replay.request.model)
        return next((f"{row.paper_id}, {row.detail}" for row in queued if row.missing_reason == "failed"), "")

    # -- embedding

    async def _embed(self, replay: Replay, todo: int, progress: Progress) -> None:
        started, done = time.monotonic(), 0
        metadata, store, writer = MetadataStore(replay.data), self._vectors(replay), self._writer(replay)
        async with self._encoding(replay.request.model).running_or_failing() as encoding:
            embedder = PaperEmbedder(metadata, store, writer, Backlog(replay.own), encoding)
            for papers in self._missing(replay):
                for start in range(0, len(papers), _CHUNK):
                    await embedder.embed(papers[start : start + _CHUNK], origin="replay")
                    done += len(papers[start : start + _CHUNK])
                    progress(done, todo)
                    _add_seconds(replay.own, time.monotonic() - started)
                    started = time.monotonic()
                await embedder.compact()

    def _encoding(self, alias: str) -> EncodingThread:
        table = self._table(alias)
        return EncodingThread(open_encoder(table, self._settings.embedder.threads), table.dimension, table.batch_size)

    def encode(self, alias: str, texts: Sequence[str], kind: Literal["query", "passage"]) -> Matrix:
        """Vectors of texts by the model of an alias, encoded in this process."""
        return asyncio.run(self._encoded(alias, texts, kind))

    async def _encoded(self, alias: str, texts: Sequence[str], kind: Literal["query", "passage"]) -> Matrix:
        async with self._encoding(alias).running_or_failing() as encoding:
            return np.nan_to_num((await encoding.encode([normalised(text) for text in texts], kind)).matrix)


def _of_everything(replay: Replay) -> Replay:
    """The same replay over all of history."""
    request = replay.request.model_copy(update={"first_day": None, "last_day": None})
    return dataclasses.replace(replay, record=replay.record.model_copy(update={"request": request}))


def _list(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def _seconds(own: DataFolder) -> float:
    """How long embedding took, over all runs."""
    try:
        return float(json.loads(own.path(_TIME).read_text("utf-8"))["seconds"])
    except (OSError, ValueError, KeyError):
        return 0.0


def _add_seconds(own: DataFolder, seconds: float) -> None:
    own.write_text(own.path(_TIME), json.dumps({"seconds": round(_seconds(own) + seconds, 1)}) + "\n")


def open_embed_replay() -> ReplayStage:
    """The embedder's part in replays, with the settings in use."""
    return EmbedReplay(load(Settings))


def encode_with(alias: str, texts: Sequence[str], kind: Literal["query", "passage"]) -> Matrix:
    """Vectors of texts by any model of the settings (n x d, float32, length 1). Raises PapersysError."""
    return EmbedReplay(load(Settings)).encode(alias, texts, kind)
