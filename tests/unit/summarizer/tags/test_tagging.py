"""Tags of a paper: what a phrase means, what waits for a second paper, what is never a tag."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.summarizer.llm.asking import Answered
from services.summarizer.llm.messages import ChatMessage
from services.summarizer.llm.structured import UnreadableReply
from services.summarizer.settings import SummarizerSettings
from services.summarizer.state import State
from services.summarizer.tags.doubtful import TagAnswer, TagAnswers
from services.summarizer.tags.generic_words import CommonPhrases
from services.summarizer.tags.key_phrases import candidates, most_relevant, papers_with
from services.summarizer.tags.nearest import Candidate, Meaning
from services.summarizer.tags.tagging import Proposal, Tagger, decide, may_be_tag, near_tags
from services.summarizer.vectors import Matrix
from shared.contracts import PapersSelected
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import Usage
from shared.store.tagging.tags import Tag, TagDecision, TagIndex, TagStore, slug_of
from tests.support.papers.summarizer import paper, room

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ASKED = SummarizerSettings()
NONE_COMMON = CommonPhrases([])
FIRST, SECOND = paper("2610.00001"), paper("2610.00002")


def direction(*values: float) -> Matrix:
    row = np.array(values, dtype=np.float32)
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


def tag(label: str) -> Tag:
    return Tag(slug=slug_of(label), label=label, made_at=NOW)


@pytest.fixture
def index(tmp_path: Path) -> TagIndex:
    return TagStore(DataFolder(tmp_path, 0)).add(map(tag, ("merge sort", "tape drive", "external sorting")))


def actions(decisions: Sequence[TagDecision]) -> list[tuple[str, str]]:
    return [(made.action, made.slug) for made in decisions]


def test_a_phrase_that_means_a_tag_is_mapped_to_it_with_how_and_why(index: TagIndex) -> None:
    meanings = {"sorting by merging": Meaning("merge-sort", "meaning", 0.97, "near")}
    (made,) = decide(FIRST, [Proposal("sorting by merging", "always")], meanings, {}, [], index, ASKED)
    assert (made.action, made.slug, made.how, made.score) == ("map", "merge-sort", "meaning", 0.97)
    assert (made.phrase, made.paper_id, made.why) == ("sorting by merging", "2610.00001", "near")


def test_a_new_phrase_waits_and_no_more_than_allowed(index: TagIndex) -> None:
    phrases = ("merge trees", "loser trees", "disk arms")
    proposals = [Proposal(phrase, "always") for phrase in phrases]
    made = decide(FIRST, proposals, {phrase: Meaning() for phrase in phrases}, {}, [], index, ASKED)
    assert actions(made) == [
        ("propose", "merge-trees"), ("map", "merge-trees"), ("propose", "loser-trees"), ("map", "loser-trees"),
    ]  # fmt: skip


def test_what_waits_counts_from_its_second_paper_on(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    proposals, meanings = [Proposal("zebra caches", "always")], {"zebra caches": Meaning()}
    store.add((), decide(FIRST, proposals, meanings, {}, [], store.index(), ASKED))
    assert store.index().canonical("zebra caches") is None
    known = {"zebra caches": Meaning("zebra-caches", "spelling")}
    again = decide(FIRST, proposals, known, {}, [], store.index(), ASKED)
    assert [made.action for made in again] == ["map"]
    second = decide(SECOND, proposals, known, {}, [], store.index(), ASKED)
    assert [made.action for made in second] == ["map", "accept"]
    assert store.add((), second).canonical("Zebra cache") == "zebra-caches"


def test_a_phrase_that_may_found_nothing_is_dropped(index: TagIndex) -> None:
    made = decide(FIRST, [Proposal("merge trees", "never")], {"merge trees": Meaning()}, {}, [], index, ASKED)
    assert made == []


def test_a_paper_has_no_more_tags_than_asked_for(index: TagIndex) -> None:
    slugs = list(index.tags)
    proposals = [Proposal(slug, "always") for slug in slugs]
    meanings = {slug: Meaning(slug, "spelling") for slug in slugs}
    made = decide(FIRST, proposals, meanings, {}, [], index, SummarizerSettings(fewest_tags=1, most_tags=2))
    assert len(made) == 2


def test_a_paper_with_few_tags_gets_those_near_to_it(index: TagIndex) -> None:
    near = ["tape-drive", "merge-sort", "external-sorting"]
    made = decide(FIRST, [], {}, {}, near, index, SummarizerSettings(fewest_tags=2))
    assert actions(made) == [("map", "tape-drive"), ("map", "merge-sort")]


def test_the_model_decides_what_is_doubtful_and_what_it_denies_is_kept_apart(index: TagIndex) -> None:
    doubtful = (Candidate("merge-sort", 0.85), Candidate("external-sorting", 0.8))
    proposals = [Proposal("merging sorts", "always"), Proposal("polyphase merge", "never")]
    meanings = {proposal.phrase: Meaning(doubtful=doubtful) for proposal in proposals}
    answers = {"merging sorts": doubtful[0], "polyphase merge": None}
    made = decide(FIRST, proposals, meanings, answers, [], index, ASKED)
    assert actions(made) == [
        ("map", "merge-sort"),
        ("propose", "polyphase-merge"),
        ("map", "polyphase-merge"),
        ("keep_apart", "polyphase-merge"),
        ("keep_apart", "polyphase-merge"),
    ]
    assert (made[0].how, made[0].score) == ("model", 0.85)
    assert {one.into for one in made[3:]} == {"merge-sort", "external-sorting"}


@pytest.mark.parametrize(
    ("phrase", "may"),
    [
        ("method", False),
        ("experimental results", False),
        ("machine learning", False),
        ("cs.LG", False),
        ("Robotics", False),
        ("external sorting", True),
        ("2024", False),
    ],
)
def test_words_of_any_paper_and_names_of_categories_are_no_tags(phrase: str, may: bool, index: TagIndex) -> None:
    assert may_be_tag(phrase, FIRST, NONE_COMMON, index) is may


def test_what_every_paper_of_a_category_has_is_no_tag_there(index: TagIndex) -> None:
    learning = [
        replace(
            paper(f"2610.1{number:04}", "On neural networks", "We train neural networks."), primary_category="cs.LG"
        )
        for number in range(60)
    ]
    common = CommonPhrases([*learning, FIRST])
    assert not may_be_tag("neural network", learning[0], common, index)
    assert may_be_tag("neural network", FIRST, common, index)


def test_a_rejected_phrase_never_comes_back(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    store.add((), [TagDecision(action="reject", phrase="zebra caches", how="user", made_at=NOW)])
    assert not may_be_tag("Zebra-Cache", FIRST, NONE_COMMON, store.index())


class FakeModels:
    """Answers every question alike, and keeps what it was asked."""

    def __init__(self, *answers: TagAnswer, error: Exception | None = None) -> None:
        self._answers = answers
        self._error = error
        self.asked: list[Sequence[ChatMessage]] = []

    def model_for(self, step: str) -> str:
        return "fake"

    async def ask(self, conversation: Sequence[ChatMessage], kind: Any, context: Any) -> Any:
        self.asked.append(conversation)
        if self._error:
            raise self._error
        return Answered(TagAnswers(answers=self._answers), "", "fake", Usage(calls=1))


async def test_all_doubtful_phrases_go_into_one_question_which_is_not_asked_again(tmp_path: Path) -> None:
    models = FakeModels(TagAnswer(number=1, same_as="none"), TagAnswer(number=2, same_as="none"))
    async with room(tmp_path) as here:
        here.hold(FIRST, SECOND)
        here.tags.add(
            [tag("merge sort of cheap long external tape records"), tag("rare striped zebra robot caches above drives")]
        )
        tagger = Tagger(ASKED, here.tags, here.metadata, here.encoder, models)
        phrases = ("merge sort of slow long external tape records", "newer striped zebra robot caches above drives")
        for one in (FIRST, SECOND):
            state: State = {"paper": one, "phrases": phrases}
            after = await tagger.tag(state)
    assert len(models.asked) == 1
    assert all(phrase in models.asked[0][1]["content"] for phrase in phrases)
    assert after["raw_tags"] == phrases
    assert after["tags"] == (
        "merge-sort-of-slow-long-external-tape-records",
        "newer-striped-zebra-robot-caches-above-drives",
    )


async def test_a_model_that_cannot_be_asked_holds_no_paper_up(tmp_path: Path) -> None:
    models = FakeModels(error=UnreadableReply("no JSON"))
    async with room(tmp_path) as here:
        here.hold(FIRST)
        here.tags.add([tag("merge sort of cheap long external tape records")])
        tagger = Tagger(ASKED, here.tags, here.metadata, here.encoder, models)
        after = await tagger.tag({"paper": FIRST, "phrases": ("merge sort of slow long external tape records",)})
        assert (after["tags"], len(models.asked)) == ((), 1)
        assert here.tags.index().tags["merge-sort-of-slow-long-external-tape-records"].status == "waiting"


def test_only_tags_that_a_paper_names_and_that_are_near_to_it_are_given_to_it_nearest_first(index: TagIndex) -> None:
    vectors = {"external-sorting": direction(1, 0.5), "merge-sort": direction(1, 0.1), "tape-drive": direction(1, 0)}
    one = replace(FIRST, title="Merge sorts and externally sorted disks", abstract="")
    assert near_tags(one, direction(1, 0), vectors, index) == ["merge-sort", "external-sorting"]
    assert near_tags(one, direction(0, 1), vectors, index) == ["external-sorting"]
    assert near_tags(one, None, vectors, index) == []


def test_a_phrase_that_cannot_be_spelt_is_no_tag(index: TagIndex) -> None:
    assert decide(FIRST, [Proposal("★ ★", "always")], {"★ ★": Meaning()}, {}, [], index, ASKED) == []


async def test_only_a_phrase_that_two_papers_have_founds_a_tag_which_both_show(tmp_path: Path) -> None:
    title, other = "Zebra caches for tape robots", "Faster zebra caches"
    papers = [
        paper("2610.00001", title, "We put zebra caches before tape robots."),
        paper("2610.00002", other, "A zebra cache holds stripes of a file. Lonely gadgets are shown."),
    ]
    async with room(tmp_path) as here:
        here.hold(*papers)
        await here.bus.deliver(PapersSelected(paper_ids=("2610.00001",)))
        assert here.tags.index().canonical("zebra-caches") is None
        await here.bus.deliver(PapersSelected(paper_ids=("2610.00002",)))
        index = here.tags.index()
        summaries = here.summaries.get_many(["2610.00001", "2610.00002"])
    assert index.canonical("zebra caches") == "zebra-caches"
    assert index.canonical("tape robots") is None
    assert "lonely-gadgets" not in index.tags
    assert index.tags["zebra-caches"].papers == ("2610.00001", "2610.00002")
    assert all("zebra-caches" in index.shown(one.tags, one.raw_tags) for one in summaries.values())


def test_candidates_are_runs_of_content_words_without_verbs_of_every_paper() -> None:
    found = [
        phrase.text for phrase in candidates("Graph neural networks for traffic", "We propose graph neural networks.")
    ]
    assert found[0] == "graph neural networks"
    assert "traffic" in found
    assert not any(word in phrase.split() for phrase in found for word in ("we", "propose", "for"))


def test_a_verb_joins_no_phrase() -> None:
    found = {
        phrase.text for phrase in candidates("What readers want", "Readers want few papers and readers keep notes.")
    }
    assert not {"readers want", "readers keep notes", "want"} & found
    assert "readers" in found


def test_a_title_and_abstract_without_content_give_no_candidates() -> None:
    assert candidates("On it", "We show this. $x^2$") == []


def test_telling_phrases_are_near_to_the_paper_and_unlike_each_other() -> None:
    phrases = candidates("Red apples and blue whales", "Red apple trees. Blue whales.")
    vectors = np.stack([direction(1, 0) if "apple" in phrase.text else direction(0, 1) for phrase in phrases])
    chosen = most_relevant(phrases, vectors, direction(1, 0.9), 2)
    assert {"apple" in phrases[row].text for row in chosen} == {True, False}


def test_papers_with_a_phrase_are_counted_once_each_and_by_whole_words() -> None:
    corpus = "merge trees and merge trees\na submerge tree\nthe merge tree of y"
    assert papers_with("merge trees", corpus) == 2
