"""What the command line asks about models, verdicts and misses, in its own process: no running system is needed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from services.ranker.audit import MissRate, audits_of, estimate_miss_rate
from services.ranker.commands import QuestionBus
from services.ranker.comparison import Comparison, compare
from services.ranker.components import build
from services.ranker.evaluation import Library, Replay, is_one_day, replay, steps_of
from services.ranker.learning import sample_vectors
from services.ranker.lexicon import bag_of_paper
from services.ranker.model_files import ModelFiles, ModelRecord
from services.ranker.recipes import Corpus, words_of
from services.ranker.settings import Settings
from services.ranker.taste import Taste
from shared.contracts import DEFAULT_USER, HitsReply, Recommend
from shared.errors import PapersysError
from shared.store.embeddings import Vectors
from shared.store.files import DataFolder
from shared.store.joined_vectors import open_joined
from shared.store.metadata import MetadataStore
from shared.store.preferences import Verdict, VerdictStore
from shared.store.selections import SelectionStore

_SHOWN = 20


@dataclass(frozen=True)
class Without:
    """The best papers as they are ranked now, and as they were ranked without one verdict."""

    before: list[tuple[str, float]]
    after: list[tuple[str, float]]


@dataclass(frozen=True)
class Evaluation:
    """A replay of the verdicts, the precision of what was shown by slot, what is missed (None: no audit answered).

    `is_one_day`: all verdicts are of one day, so each was foretold from those given before it on that day.
    """

    replay: Replay
    shown: dict[str, tuple[int, int]]
    missed: MissRate | None
    is_one_day: bool = False


def models(settings: Settings, user: str = DEFAULT_USER) -> list[ModelRecord]:
    """The kept models, newest first; the fact `pinned` says of the one in use whether somebody chose it."""
    files = ModelFiles(_data(settings))
    pinned = files.pinned(user)
    return [replace(one, facts={**one.facts, "pinned": pinned and one.state == "in use"}) for one in files.list(user)]


def use_model(settings: Settings, model_id: str | None, user: str = DEFAULT_USER) -> ModelRecord:
    """Go back to a kept model, until told otherwise; None: the newest takes over again. Raises PapersysError."""
    files = ModelFiles(_data(settings))
    return files.use(user, None if model_id is None else whole_id(files.list(user), model_id))


def compare_models(settings: Settings, older: str, newer: str | None = None, user: str = DEFAULT_USER) -> Comparison:
    """Two kept models (`newer` None: the one in use) on the verdicts that the older one lacks. Raises PapersysError."""
    files = ModelFiles(_data(settings), only_reads=True)
    kept = files.list(user)
    first = _loaded(settings, files, user, whole_id(kept, older))
    return compare(first, _loaded(settings, files, user, None if newer is None else whole_id(kept, newer)))


def _loaded(settings: Settings, files: ModelFiles, user: str, model_id: str | None) -> Taste:
    found = files.load(user, _dimension(settings), model_id)
    if found is None:
        raise PapersysError(f"The model {model_id} cannot be used." if model_id else "No model is in use yet.")
    return found


def whole_id(kept: Sequence[ModelRecord], text: str) -> str:
    """The id of a kept model by its beginning. Raises PapersysError where that is nobody's, or more than one's."""
    found = [one.model_id for one in kept if one.model_id.startswith(text)] if text else []
    if text in found or len(found) == 1:
        return text if text in found else found[0]
    if found:
        raise PapersysError(f"{len(found)} models begin with {text}: {', '.join(found)}. Give more of one.")
    raise PapersysError(f"There is no model {text!r}; `papersys model list` shows those that are kept.")


def best(settings: Settings, days: int = 60, limit: int = 20, user: str = DEFAULT_USER) -> HitsReply:
    """The best papers of the last days that the user has not seen."""
    ranker = build(settings, QuestionBus(settings.bus), only_reads=True)
    return asyncio.run(ranker.answers.recommend(Recommend(days=days, limit=limit, user=user)))


def without(settings: Settings, paper_id: str, days: int = 60, user: str = DEFAULT_USER) -> Without:
    """What the best papers of the last days would be had one verdict not been given. Raises PapersysError."""
    ranker = build(settings, QuestionBus(settings.bus), only_reads=True)
    taste = asyncio.run(ranker.learner.current(user))
    if paper_id not in {*taste.likes.names, *taste.dislikes.names}:
        raise PapersysError(f"There is no verdict of {user} on {paper_id} that the model knows.")
    asked = Recommend(days=days, limit=_SHOWN, user=user)
    both = ranker.learner.with_and_without(taste, paper_id)
    before, after = (ranker.answers.recommended(asked, one) for one in both)
    return Without(*([(hit.paper_id, hit.score) for hit in hits.hits] for hits in (before, after)))


def evaluate(settings: Settings, user: str = DEFAULT_USER) -> Evaluation:
    """Replay the verdicts in time order against the simple recipes. Raises PapersysError where there are too few."""
    data = _data(settings)
    vectors = open_joined(data, list(settings.embedding.joined))
    verdicts = VerdictStore(data).all(user)
    ids, matrix = vectors.get(sorted({one.paper_id for one in verdicts}))
    steps = list(steps_of(verdicts, set(ids)))
    if not any(step.known for step in steps):
        raise PapersysError(_what_is_missing(verdicts, len(ids)))
    drawn = sample_vectors(vectors, settings.ranker.random_negatives, seed=vectors.count())
    library = _library(Vectors(ids, matrix), drawn, MetadataStore(data))
    with threadpool_limits(1, "blas"):  # small fits: beside other programs, two threads took ten times longer
        found = replay(steps, library, settings.ranker)
    return Evaluation(found, *_seen(settings, user), is_one_day(verdicts, set(ids)))


def _library(judged: Vectors, drawn: Vectors, metadata: MetadataStore) -> Library:
    """The judged papers, then those drawn at random that nobody judged."""
    known = set(judged.ids)
    is_free = np.array([name not in known for name in drawn.ids], dtype=bool)
    ids = judged.ids + [name for name, free in zip(drawn.ids, is_free, strict=True) if free]
    matrix = np.concatenate([judged.matrix, drawn.matrix[is_free]])
    papers = metadata.get(ids)
    words = words_of([papers[name].text if name in papers else "" for name in ids])
    return Library(ids, len(judged.ids), Corpus(matrix, words), [bag_of_paper(papers.get(name)) for name in ids])


def _what_is_missing(verdicts: Sequence[Verdict], with_vector: int) -> str:
    """Why nothing can be foretold."""
    judged = len({one.paper_id for one in verdicts})
    if not judged:
        return "There are no verdicts yet: judge some papers with `papersys like ID`, `dislike ID` or in the reader."
    if judged > 1 and with_vector < 2:
        return (
            f"Of the {judged} papers with a verdict, {with_vector} have a vector; two are needed: `papersys embed` "
            "makes vectors of all papers that were harvested."
        )
    return "There is one verdict that counts; the second can be foretold from the first, so judge another paper."


def _seen(settings: Settings, user: str) -> tuple[dict[str, tuple[int, int]], MissRate | None]:
    """Of each slot, how many picks were liked and how many judged; and the miss rate from the audits."""
    data = _data(settings)
    selections, verdicts = SelectionStore(data), VerdictStore(data).current(user)
    picks = list(selections.picks(user))
    picked = [one for one in picks if one.paper_id in verdicts]
    shown = {
        slot: (sum(verdicts[one.paper_id].label == "like" for one in some), len(some))
        for slot in sorted({one.slot for one in picked})
        if (some := [one for one in picked if one.slot == slot])
    }
    found = sum(liked for slot, (liked, _) in shown.items() if slot != "audit")
    return shown, estimate_miss_rate(audits_of(picks, verdicts), found)


def _data(settings: Settings) -> DataFolder:
    return DataFolder(settings.data.path, settings.data.min_free_mb)


def _dimension(settings: Settings) -> int:
    tables = settings.embedding.joined
    return open_joined(_data(settings), list(tables)).dimension or sum(one.dimension for one in tables.values())
