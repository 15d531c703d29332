"""Several rankings as one."""

from collections import defaultdict
from collections.abc import Sequence


def fuse(*rankings: Sequence[str], constant: int = 60) -> list[tuple[str, float]]:
    """What the rankings name, best first, by reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009)."""
    scores: dict[str, float] = defaultdict(float)
    for ranking in rankings:
        for rank, name in enumerate(ranking, 1):
            scores[name] += 1 / (constant + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
