"""Each decision that a page can ask for is carried out and told back; it can be undone by the id in the answer."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.summarizer.subscribers import register_tags
from services.summarizer.tag_requests import TagRequests
from services.summarizer.tags.corrections import Corrections
from shared.contracts import CorrectTags
from shared.errors import PermanentFailure
from shared.store.files.data_folder import DataFolder
from shared.store.tagging.tags import Tag, TagStore
from tests.support.bus.in_memory import FakeBus

NOW = datetime(2026, 11, 6, tzinfo=UTC)


@pytest.fixture
def tags(tmp_path: Path) -> TagStore:
    store = TagStore(DataFolder(tmp_path, min_free_mb=0))
    store.add(Tag(slug=name, label=name, made_at=NOW) for name in ("cats", "felines", "animals"))
    return store


@pytest.fixture
def requests(tags: TagStore) -> TagRequests:
    return TagRequests(tags, Corrections(tags, lambda: NOW))


@pytest.mark.parametrize(
    ("facts", "done"),
    [
        ({"action": "merge", "tag": "felines", "into": "cats"}, "felines was merged into cats."),
        ({"action": "keep_apart", "tag": "felines", "into": "cats"}, "felines and cats stay two tags."),
        ({"action": "rename", "tag": "felines", "text": "big cats"}, "felines is called big cats now."),
        ({"action": "describe", "tag": "cats", "text": "They purr."}, "cats has a new description."),
        ({"action": "parent", "tag": "cats", "into": "animals"}, "cats is filed under animals now."),
        ({"action": "parent", "tag": "cats", "into": ""}, "cats is filed under no other tag now."),
        ({"action": "reject", "tag": "cats"}, "cats is no tag any more."),
        ({"action": "accept", "tag": "dogs"}, "dogs is a tag."),
    ],
)
def test_a_decision_is_told_in_words_and_undone_by_its_id(
    tags: TagStore, requests: TagRequests, facts: dict[str, str], done: str
) -> None:
    before = tags.index().tags
    reply = requests.answer(CorrectTags.model_validate(facts))
    assert reply.done == done
    requests.answer(CorrectTags(action="undo", decision_id=reply.decision_id))
    assert {slug: tag for slug, tag in tags.index().tags.items() if slug != "dogs"} == before


@pytest.mark.parametrize(
    "facts",
    [
        {"action": "merge", "tag": "zebras", "into": "cats"},
        {"action": "keep_apart", "tag": "cats", "into": "cats"},
        {"action": "undo", "decision_id": "none"},
        {"action": "reject"},
    ],
)
def test_what_makes_no_sense_is_a_permanent_failure(requests: TagRequests, facts: dict[str, str]) -> None:
    with pytest.raises(PermanentFailure):
        requests.answer(CorrectTags.model_validate(facts))


def test_no_tag_is_filed_under_one_that_is_below_it(requests: TagRequests) -> None:
    requests.answer(CorrectTags(action="parent", tag="cats", into="animals"))
    with pytest.raises(PermanentFailure, match="cannot be above it"):
        requests.answer(CorrectTags(action="parent", tag="animals", into="cats"))


async def test_the_bus_hands_decisions_to_it(requests: TagRequests) -> None:
    bus = FakeBus()
    register_tags(bus, requests)
    reply = await bus.responders[CorrectTags](CorrectTags(action="merge", tag="felines", into="cats"))
    assert reply.tag.label == "cats"
