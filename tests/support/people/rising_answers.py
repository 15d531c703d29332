"""What the ranker answers about what rises, with papers of the seeded reader."""

from datetime import date, timedelta

from shared.contracts import RisingConcept, RisingPeriod, RisingReply
from tests.support.folders.seed import FAR, GRAPHS, PROTEINS


def rising_answer() -> RisingReply:
    """A concept in the person's fields, and one just outside."""
    return RisingReply(
        concepts=(
            rising_concept("sparse attention", also=("long-context inference of very large models",)),
            rising_concept("protein language models", inside=False, growth=None, groups_before=0),
        ),
        as_of=date(2026, 9, 12),
        weeks=28,
        likes=40,
        inside=5120,
        outside=5120,
    )


def rising_concept(name: str, **facts: object) -> RisingConcept:
    counts = {"weeks": 4, "papers": 14, "groups": 12, "weeks_before": 24, "groups_before": 6, "growth": 9.6}
    periods = tuple(
        RisingPeriod(begins=date(2026, 3, 1) + timedelta(days=28 * number), groups=2 + 2 * number)
        for number in range(7)
    )
    papers = {"earliest": (FAR, GRAPHS), "nearest": (PROTEINS,)}
    values = {"name": name, **counts, "least": 2.4, "p_value": 0.0004, "periods": periods, **papers, **facts}
    return RisingConcept.model_validate(values)
