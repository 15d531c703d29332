"""The ranker's part in replays: the picks of past days by another embedding model or with other settings.

Of each day there are two selections, `before/` as things stand and `after/` with what is changed, made by the same code
from what was known on that day: so all that differs between them is due to the change.
"""

import asyncio
import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence

from pydantic import JsonValue, ValidationError
from threadpoolctl import threadpool_limits

from services.ranker.models.files import ModelFiles
from services.ranker.models.refitting import Learner
from services.ranker.replay.days import RecordedDay, recorded_days
from services.ranker.replay.difference import DayDifference, Difference, day_difference, difference_of, later_labels
from services.ranker.replay.local_seeds import LocalEncoding
from services.ranker.replay.selecting import LEFT_OUT, DayReplayer, Way
from services.ranker.replay.sentences import report_of
from services.ranker.seeds.seeds import Seeds
from services.ranker.settings import RankerSettings, Settings
from services.ranker.stores import open_stores
from shared.command_line.context import load
from shared.contracts import now
from shared.errors import PapersysError
from shared.settings.settings import EmbeddingSettings
from shared.store.keeping.replays import EncodeTexts, Progress, Replay, ReplayReport, ReplayStage
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import Rating, RatingStore
from shared.store.people.users import UserStore
from shared.store.selections import Candidate, SelectionStore
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.joined_vectors import JoinedVectors

BEFORE, AFTER = "before", "after"
_DONE = "ranked.json"


class RankReplay:
    """Compares picks for a replay of the ranker's settings, and for one of an embedding model."""

    def __init__(self, settings: Settings, encode: EncodeTexts) -> None:
        self._settings, self._encode = settings, encode

    def forecast(self, replay: Replay) -> ReplayReport:
        """How many days of whom are ranked twice. Raises PapersysError where the changes cannot be used."""
        self._changed(replay)
        self._check_model(replay)
        days = {user: len(self._days(replay, user)) for user in self._users(replay)}
        if not any(days.values()) and replay.request.stage == "rank":
            raise PapersysError("No selection of the period is recorded, so there is nothing to rank again.")
        texts = [f"{count} days of {user}" for user, count in days.items() if count]
        lines = (f"To rank again: {', '.join(texts) or 'no recorded day'}.",)
        return ReplayReport(lines=lines, figures={"days": sum(days.values())})

    def run(self, replay: Replay, progress: Progress) -> None:
        """Each user's days in both ways. A user whose days are done is passed over, unless something has changed."""
        users = self._users(replay)
        days = {user: self._days(replay, user) for user in users}
        total, done = 2 * sum(map(len, days.values())), 0
        key, finished = self._key(replay), _finished(replay, self._key(replay))
        if not finished:
            for side in (BEFORE, AFTER):
                shutil.rmtree(replay.own.path(side), ignore_errors=True)
        ways = {BEFORE: self._way(replay, BEFORE), AFTER: self._way(replay, AFTER)}
        for user in users:
            for side, way in ways.items():
                if user not in finished:
                    with threadpool_limits(1, "blas"):  # small fits, beside a system that works
                        for _ in self._ranked(replay, side, way, user, days[user]):
                            done += 1
                            progress(done, total)
            finished = (*(other for other in finished if other != user), user)
            replay.own.write_text(replay.own.path(_DONE), json.dumps({"key": key, "users": finished}) + "\n")

    def report(self, replay: Replay) -> ReplayReport:
        """Of each user, how the picks differ and which of both foretold the later ratings."""
        report = ReplayReport()
        for user in self._users(replay):
            days = self._days(replay, user)
            if days:
                report = report.joined(report_of(user, *self._differences(replay, user, days)))
        return report

    def make_ready(self, replay: Replay, progress: Progress) -> None:
        """Fit everybody's model on what is about to be used: what cannot be fitted is not accepted."""
        self._check_whole(replay)
        way = self._way(replay, AFTER)
        stores = open_stores(replay.data, JoinedVectors(way.vectors))
        files = ModelFiles(replay.own)
        learner = Learner(way.settings, stores, way.seeds, files, way.dimension, now)
        users = UserStore(replay.data).names()
        for number, user in enumerate(users, 1):
            learner.learn_if_stale(user)
            progress(number, len(users))

    def swap_in(self, replay: Replay) -> None:
        """Models and picks are made anew from the next day on, what was shown stays; the seeds' vectors are taken."""
        name = f"seeds-{replay.request.model}.npz"
        made = replay.own.path("state", "ranker", name)
        if made.exists():
            replay.data.write_bytes(replay.data.path("state", "ranker", name), made.read_bytes())

    def swap_out(self, replay: Replay) -> None:
        """Nothing of what stood was replaced."""

    def settings(self, replay: Replay) -> dict[str, JsonValue]:
        changes = {f"ranker.{name}": value for name, value in replay.request.changes.items()}
        if replay.request.model and replay.request.stage == "rank":
            changes["embedding.model"] = replay.request.model
        return changes

    # -- the two ways

    def _way(self, replay: Replay, name: str) -> Way:
        """One of the two, over the papers that both know."""
        stands = [VectorStore(replay.data, alias) for alias in self._settings.embedding.joined]
        model = replay.request.model
        changed = [self._vectors_of(replay, model)] if model else stands
        stores, others = (stands, changed) if name == BEFORE else (changed, stands)
        settings = self._changed(replay) if name == AFTER else self._settings.ranker
        aliases = [store.alias for store in stores]
        seeds = self._seeds(replay, settings, stores, aliases, is_new=bool(model) and name == AFTER)
        dimension = sum(self._settings.embedding.models[alias].dimension for alias in aliases)
        is_about_picks = replay.request.stage == "rank" and "per_day" in replay.request.changes
        per_day = settings.per_day if is_about_picks and name == AFTER else None
        return Way(settings, stores, others if model else (), seeds, dimension, per_day)

    def _seeds(
        self,
        replay: Replay,
        settings: RankerSettings,
        stores: Sequence[VectorStore],
        aliases: Sequence[str],
        *,
        is_new: bool,
    ) -> Seeds:
        """The seeds' vectors; those of a new model are made here and kept with the replay."""
        vectors, metadata = JoinedVectors(stores), MetadataStore(replay.data)
        folder = replay.own if is_new else replay.data
        ask = LocalEncoding(aliases, self._encode).ask
        seeds = Seeds(settings.seeds, folder, vectors, metadata, ask, only_reads=not is_new)
        asyncio.run(seeds.complete_them())
        return seeds

    def _vectors_of(self, replay: Replay, alias: str) -> VectorStore:
        """Those that the replay made, or that stand."""
        own = VectorStore(replay.own, alias, cached=False)
        return own if own.manifest is not None else VectorStore(replay.data, alias)

    def _changed(self, replay: Replay) -> RankerSettings:
        """The section with the changes. Raises PapersysError that names what is wrong."""
        changes = replay.request.changes if replay.request.stage == "rank" else {}
        unknown = sorted(set(changes) - set(RankerSettings.model_fields))
        if unknown:
            raise PapersysError(f"[ranker] has no setting {unknown[0]!r}; docs/settings.md lists them.")
        if left_out := sorted(set(changes) & LEFT_OUT):
            raise PapersysError(
                f"ranker.{left_out[0]} is left out of past days, so no replay can try it; change it in the settings."
            )
        try:
            return RankerSettings.model_validate({**self._settings.ranker.model_dump(), **changes})
        except ValidationError as error:
            first = error.errors()[0]
            raise PapersysError(f"ranker.{'.'.join(map(str, first['loc']))}: {first['msg']}.") from error

    def _check_model(self, replay: Replay) -> None:
        """Raises SettingsError for an alias without a table, PapersysError for one without vectors."""
        model = replay.request.model
        if not model or replay.request.stage == "embed":
            return
        check = EmbeddingSettings(model=model, models=self._settings.embedding.models)
        if check.active and VectorStore(replay.data, model).count() == 0:
            raise PapersysError(
                f"There are no vectors of {model} yet; `papersys replay embed --model {model}` makes them."
            )

    def _check_whole(self, replay: Replay) -> None:
        """Raises PapersysError where papers would lose their vector."""
        model = replay.request.model
        if not model or replay.request.stage == "embed":
            return
        stands, other = VectorStore(replay.data, self._settings.embedding.model), VectorStore(replay.data, model)
        lacking = sum(len(set(stands.ids(year)) - other.has(stands.ids(year))) for year in stands.years())
        if lacking:
            raise PapersysError(
                f"{lacking:,} papers have no vector of {model} yet; `papersys embed --model {model}` makes them."
            )

    # -- selections

    def _users(self, replay: Replay) -> tuple[str, ...]:
        return replay.request.users or tuple(UserStore(replay.data).names())

    def _days(self, replay: Replay, user: str) -> list[RecordedDay]:
        return list(recorded_days(SelectionStore(replay.data, user), user, replay.request))

    def _ranked(
        self, replay: Replay, name: str, way: Way, user: str, days: Sequence[RecordedDay]
    ) -> Iterator[RecordedDay]:
        own = replay.own.within(name)
        selections = SelectionStore(own, user)
        for recorded, candidates in DayReplayer(way, replay.data, own, user).selections(days):
            selections.write(recorded.day, recorded.run_id, candidates)
            yield recorded

    def _differences(self, replay: Replay, user: str, days: Sequence[RecordedDay]) -> tuple[Difference, Difference]:
        """Between both ways, and between what was recorded and the way in which nothing is changed."""
        before, after = (SelectionStore(replay.own.within(name), user) for name in (BEFORE, AFTER))
        ratings = RatingStore(replay.data).all(user)
        changed, control = list[DayDifference](), list[DayDifference]()
        for day in days:
            as_before = before.read(day.day, day.run_id)
            both = as_before, after.read(day.day, day.run_id)
            changed += _compared(day, *both, ratings)
            control += _compared(day, day.candidates, as_before, ratings)
        return difference_of(changed), difference_of(control)

    def _key(self, replay: Replay) -> str:
        """Names what selections are made from; where it changes they are made again."""
        stores = [VectorStore(replay.data, alias) for alias in self._settings.embedding.joined]
        if replay.request.model:
            stores.append(self._vectors_of(replay, replay.request.model))
        sets = [(store.alias, repr(store.recipe), store.count()) for store in stores]
        request = replay.request.model_dump(mode="json", exclude={"users"})
        days = [(day.day.isoformat(), day.run_id) for user in self._users(replay) for day in self._days(replay, user)]
        text = json.dumps([sets, request, self._settings.ranker.model_dump(mode="json"), days])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def open_rank_replay(encode: EncodeTexts) -> ReplayStage:
    """The ranker's part in replays, with the settings in use; `encode` makes vectors of seeds."""
    return RankReplay(load(Settings), encode)


def _compared(
    day: RecordedDay, before: Sequence[Candidate], after: Sequence[Candidate], ratings: Sequence[Rating]
) -> list[DayDifference]:
    compared = day_difference(day.day, before, after, later_labels(ratings, day.moment))
    return [] if compared is None else [compared]


def _finished(replay: Replay, key: str) -> tuple[str, ...]:
    """The users whose days are done from what there is now."""
    try:
        done = json.loads(replay.own.path(_DONE).read_text("utf-8"))
    except (OSError, ValueError):
        return ()
    return tuple(done["users"]) if done.get("key") == key else ()
