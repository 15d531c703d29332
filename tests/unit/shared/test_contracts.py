"""What no event may say, whoever sends it."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from shared.contracts import EVENTS, Event, FeedbackLabel, PapersNew, now

pytestmark = pytest.mark.attack

FACTS = {"paper_ids": ("2410.12850",), "label": "like", "model": "tiny"}


def event_of(event_class: type[Event], **changes: object) -> Event:
    facts = {name: value for name, value in FACTS.items() if name in event_class.model_fields}
    return event_class.model_validate({**facts, **changes})


@pytest.mark.parametrize("event_class", EVENTS)
@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("2999-01-01T00:00:00Z", "lies in the future"),
        ("9999-12-31T23:59:59-12:00", "lies in the future"),
        pytest.param((now() + timedelta(days=2)).isoformat(), "lies in the future", id="in two days"),
        ("1990-12-31T23:59:59Z", "before arXiv's first day"),
        ("0001-01-01T00:00:00+12:00", "before arXiv's first day"),
    ],
)
def test_nothing_happened_in_the_future_or_before_arxiv(event_class: type[Event], at: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        event_of(event_class, occurred_at=at)


@pytest.mark.parametrize("event_class", EVENTS)
def test_another_machines_clock_may_be_a_little_ahead(event_class: type[Event]) -> None:
    at = now() + timedelta(hours=20)
    assert event_of(event_class, occurred_at=at).occurred_at == at
    first = datetime(1991, 8, 14, tzinfo=UTC)
    assert event_of(event_class, occurred_at=first).occurred_at == first


@pytest.mark.parametrize("name", ["event_id", "caused_by", "run_id", "user", "source", "actor"])
def test_half_a_character_is_refused_at_the_door(name: str) -> None:
    with pytest.raises(ValidationError, match=rf"{name} holds half a character|{name}\n.*valid string"):
        event_of(FeedbackLabel, **{name: "a \ud83d"})


def test_a_user_has_a_name_of_sane_length() -> None:
    with pytest.raises(ValidationError, match="at most 200"):
        event_of(PapersNew, user="x" * 201)
