"""What the command line asks of the ranker, in its own process: no running system is needed.

Only texts that were never encoded (a query, a new seed) need the embedder, over NATS.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from services.ranker.components import Ranker, build, build_interests, build_rising
from services.ranker.evaluation import table_ranking
from services.ranker.interests.profile import InterestProfile
from services.ranker.learning.taste import Taste
from services.ranker.missed.weeks import days_until
from services.ranker.selection.daily import LOCK
from services.ranker.settings import Settings
from shared.bus.questions.question_bus import QuestionBus
from shared.command_line.context import TextEncoder
from shared.contracts import (
    DEFAULT_USER,
    ChangeFacet,
    ChangeFacetReply,
    Explain,
    ExplainReply,
    HitsReply,
    InterestsReply,
    Recommend,
    RisingReply,
    Search,
    SetFacetPreference,
    SetFacetPreferenceReply,
    now,
)
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import RunStore
from shared.store.papers.metadata import Paper
from shared.store.people.missed import MissedWeek
from shared.store.selections import Candidate

_SHOWN = 20


@dataclass(frozen=True)
class Ranked:
    """A selection: its candidates, best first. `written` is False for a dry run, or where there was nothing to rank."""

    day: date | None
    run_id: str
    candidates: list[Candidate]
    written: bool
    message: str


@dataclass(frozen=True)
class Without:
    """The best papers as they are ranked now, and as they were ranked without one rating."""

    before: list[tuple[str, float]]
    after: list[tuple[str, float]]


def rank(
    settings: Settings, day: str | None = None, force: bool = False, dry_run: bool = False, user: str = DEFAULT_USER
) -> Ranked:
    """Make a selection now: over the papers that wait, or over those of a day (`2026-11-02`) or month (`2026-11`).

    Papers that competed before are left out, and a day that has its selection is refused, unless `force`. The picks are
    published by the running system, or by the next one that starts. Raises PapersysError.
    """
    ranker = build(settings, QuestionBus(settings.bus), only_reads=dry_run)
    if not dry_run:
        ranker.data.prepare()
    taste = asyncio.run(_taste(ranker, user))
    if dry_run:
        return _rank(ranker, taste, day, force, dry_run)
    with ranker.data.lock(LOCK):
        return _rank(ranker, taste, day, force, dry_run)


@dataclass(frozen=True)
class Tables:
    """CSV files: ratings, papers, and where their scores go; `vectors` is a folder that keeps what was encoded."""

    labels: Path
    papers: Path
    out: Path
    vectors: Path | None = None


def rank_table(
    settings: Settings, tables: Tables, encoder: TextEncoder, warn: Callable[[str], None] = lambda note: None
) -> int:
    """Score the papers of a table by the ratings of another; returns how many. Raises PapersysError.

    `warn` is told what is odd about the tables.
    """
    table_ranking.check_writable(tables.out)
    rows, labels = table_ranking.read_papers(tables.papers), table_ranking.read_labels(tables.labels)
    matched, notes = table_ranking.matched_labels(labels, rows)
    if labels and not matched:
        raise PapersysError(
            f"None of the {len(labels)} papers of {tables.labels} is in {tables.papers}; their texts are needed."
        )
    for note in notes:
        warn(note)
    folder = DataFolder(tables.vectors, settings.data.min_free_mb) if tables.vectors else None
    vectors = table_ranking.VectorCache(folder, encoder.recipe).vectors([row.text for row in rows], encoder.encode)
    ranker = settings.ranker
    scores = table_ranking.rank_rows(rows, matched, vectors, ranker.random_negatives, ranker.regression_from)
    table_ranking.write_scores(tables.out, scores)
    return len(scores)


def why(settings: Settings, paper_id: str, user: str = DEFAULT_USER) -> ExplainReply:
    """A paper's score, its outcome in each selection, and which ratings moved the score."""
    ranker = build(settings, QuestionBus(settings.bus), only_reads=True)
    ranker.arrival_log.load()
    return asyncio.run(ranker.answers.explain(Explain(paper_id=paper_id, user=user)))


def best(settings: Settings, days: int = 60, limit: int = 20, user: str = DEFAULT_USER) -> HitsReply:
    """The best papers of the last days that the user has not seen."""
    ranker = build(settings, QuestionBus(settings.bus), only_reads=True)
    return asyncio.run(ranker.answers.recommend(Recommend(days=days, limit=limit, user=user)))


def without(settings: Settings, paper_id: str, days: int = 60, user: str = DEFAULT_USER) -> Without:
    """What the best papers of the last days would be had one rating not been given. Raises PapersysError."""
    ranker = build(settings, QuestionBus(settings.bus), only_reads=True)
    taste = asyncio.run(ranker.learner.current(user))
    if paper_id not in {*taste.likes.names, *taste.dislikes.names}:
        raise PapersysError(f"The model knows no rating of {user} on {paper_id}.")
    asked = Recommend(days=days, limit=_SHOWN, user=user)
    both = ranker.learner.with_and_without(taste, paper_id)
    before, after = (ranker.answers.recommended(asked, taste) for taste in both)
    return Without(*([(hit.paper_id, hit.score) for hit in hits.hits] for hits in (before, after)))


def search(settings: Settings, request: Search, progress: Callable[[int], None] = lambda papers: None) -> HitsReply:
    """Papers by words and meaning; by words alone, which the note says, where the embedder is not running.

    The index is brought up to date first, `progress` being told of each batch of papers.
    """
    answers = build(settings, QuestionBus(settings.bus), only_reads=True).answers
    answers.searcher.updater.refresh(progress=progress)
    return asyncio.run(answers.search(request))


def interests(settings: Settings, user: str = DEFAULT_USER) -> InterestsReply:
    """What a user likes, as facets; takes some seconds."""
    return _interests(settings).current(user)


def rising(settings: Settings, user: str = DEFAULT_USER, *, again: bool = False) -> RisingReply:
    """What rises in a user's fields and just outside; takes seconds where the last look is a week old, or `again`."""
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    return build_rising(data, settings.embedding.model, now).now(user, again=again)


def set_facet_preference(settings: Settings, request: SetFacetPreference) -> SetFacetPreferenceReply:
    """Boost or mute a facet, or take that back. Raises PapersysError where there is none such."""
    return _interests(settings).set_preference(request)


def change_facet(settings: Settings, request: ChangeFacet) -> ChangeFacetReply:
    """Pause, resume or reset a facet. Raises PapersysError where there is none such."""
    return _interests(settings).change(request)


def look_for_missed(settings: Settings, user: str = DEFAULT_USER) -> MissedWeek:
    """What the picks of the last 90 days missed and the user liked; takes some seconds, and stores nothing."""
    ranker = build(settings, QuestionBus(settings.bus), only_reads=True)
    taste = asyncio.run(ranker.learner.current(user))
    return ranker.missed.look(user, days_until(now()), taste)


def _interests(settings: Settings) -> InterestProfile:
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    return build_interests(data, settings.embedding.model, now, settings.ranker.use_signals)


async def _taste(ranker: Ranker, user: str) -> Taste:
    await ranker.seeds.complete_them()
    return await ranker.learner.current(user)


def _rank(ranker: Ranker, taste: Taste, day: str | None, force: bool, dry_run: bool) -> Ranked:
    ranker.arrival_log.load()
    run_id = f"rank-{now():%Y%m%dT%H%M%S%f}"
    selected = set() if force else ranker.selections.selected_ids(taste.user)
    ids = sorted((_waiting(ranker, taste.user) if day is None else _papers_of(ranker, day)) - selected)
    chosen = _day_of(ranker, day, ids)
    if chosen is None or not ids:
        return Ranked(chosen, run_id, [], False, _nothing(day))
    if not force and ranker.daily.is_selected(chosen, taste.user):
        raise PapersysError(f"{chosen} has its selection already; --force makes another one.")
    candidates = ranker.selector.select(taste, chosen, run_id, ids)
    if candidates and not dry_run:
        ranker.outbox.write(chosen, run_id, candidates)
    picked = sum(candidate.outcome == "picked" for candidate in candidates)
    without = f"; {len(ids) - len(candidates)} have no vector yet" if len(candidates) < len(ids) else ""
    text = f"{'Would pick' if dry_run else 'Picked'} {picked} of {len(candidates)} papers for {chosen}{without}."
    return Ranked(chosen, run_id, candidates, bool(candidates) and not dry_run, text)


def _waiting(ranker: Ranker, user: str) -> set[str]:
    """What harvests brought waits for everybody; what came for one person, for that person."""
    runs = [run for run in ranker.arrival_log.runs() if run.user in (DEFAULT_USER, user)]
    return {paper_id for run in runs for paper_id in run.waiting}


def _papers_of(ranker: Ranker, day: str) -> set[str]:
    """The papers of a month by their ids, or those that arXiv announced as new on a day, as the harvests noted."""
    if len(day) == len("2026-11"):
        return {paper.paper_id for paper in ranker.metadata.month(_month(day))}
    wanted = _date(day)
    return {paper_id for run in RunStore(ranker.data).newest_first() for paper_id in run.announced_on(wanted)}


def _day_of(ranker: Ranker, day: str | None, ids: Iterable[str]) -> date | None:
    """The day a selection is filed under: the one asked for, the newest that waits, or the newest of the papers."""
    if day is not None and len(day) > len("2026-11"):
        return _date(day)
    waiting = [run.day for run in ranker.arrival_log.runs() if run.day is not None] if day is None else []
    submitted = map(_submitted, ranker.metadata.get(ids).values())
    return max(waiting, default=None) or max((day for day in submitted if day is not None), default=None)


def _submitted(paper: Paper) -> date | None:
    return paper.published_at.date() if paper.published_at else None


def _month(text: str) -> str:
    return f"{_date(f'{text}-01'):%Y-%m}"


def _date(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise PapersysError(f"{text!r} is not a valid date; write 2026-11-02, or 2026-11 for a month.") from error


def _nothing(day: str | None) -> str:
    if day is None or len(day) == len("2026-11"):
        return f"No papers {f'of {day} ' if day else ''}wait for a selection."
    return f"No papers announced on {day} wait for a selection."
