"""The features of a user and of papers as of a moment, for the command line: in its own process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.ranker.features.history import past_of, read_whole_history
from services.ranker.features.paper_features import signal_nearness
from services.ranker.features.user_features import UserFeatures, user_features
from services.ranker.features.weak_signals import WEAK_SIGNALS
from services.ranker.learning.background_papers import background_of
from services.ranker.learning.signal_weights import day_of
from services.ranker.learning.similarity import Projector, projected_vectors
from services.ranker.models.sampling import sample_vectors
from services.ranker.settings import Settings
from services.ranker.stores import open_stores
from shared.contracts import DEFAULT_USER, now
from shared.store.files.data_folder import DataFolder
from shared.store.vectors.joined_vectors import open_joined


@dataclass(frozen=True)
class Features:
    """As of `moment`: those of the user, and of each paper by name; papers without a vector have none."""

    moment: datetime
    user: UserFeatures
    papers: dict[str, dict[str, float]]
    without_vector: list[str]


def features(
    settings: Settings, paper_ids: Sequence[str], moment: datetime | None = None, user: str = DEFAULT_USER
) -> Features:
    """As scoring has them today, or had them at a moment; one without a time zone is in UTC."""
    at = day_of(now()) if moment is None else moment.replace(tzinfo=moment.tzinfo or UTC)
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    vectors = open_joined(data, list(settings.embedding.joined))
    history = read_whole_history(open_stores(data, vectors), user)
    past = past_of(history, at)
    ids, matrix = vectors.get(paper_ids)
    papers: dict[str, dict[str, float]] = {}
    if ids:
        drawn = sample_vectors(vectors, settings.ranker.random_negatives, seed=vectors.count())
        projector = Projector(background_of(drawn.ids, drawn.matrix))
        signals = vectors.get(sorted({signal.paper_id for signal in history.signals}))
        nearness = signal_nearness(past, signals, projector, settings.ranker.half_life_days)
        rows = nearness.features(projected_vectors(matrix, projector.background)).tolist()
        papers = {name: dict(zip(WEAK_SIGNALS, row, strict=True)) for name, row in zip(ids, rows, strict=True)}
    return Features(at, user_features(past), papers, [name for name in paper_ids if name not in papers])
