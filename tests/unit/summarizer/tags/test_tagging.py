"""Tags: phrases matched to the canonical index."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from services.summarizer.settings import SummarizerSettings
from services.summarizer.tags.key_phrases import candidates, most_relevant, papers_with
from services.summarizer.tags.seed_tags import seed_tags
from services.summarizer.tags.tagging import Proposal, decide, near_tags
from services.summarizer.vectors import Matrix
from shared.contracts import PapersSelected
from shared.store.files.data_folder import DataFolder
from shared.store.tags import TagIndex, TagStore
from tests.support.summarizer import paper, room

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ASKED = SummarizerSettings()


def direction(*values: float) -> Matrix:
    row = np.array(values, dtype=np.float32)
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


@pytest.fixture
def index(tmp_path: Path) -> TagIndex:
    return TagStore(DataFolder(tmp_path, 0)).add(seed_tags(NOW))


def test_the_first_tag_is_the_papers_own_category(index: TagIndex) -> None:
    assert decide(paper(), [], [], index, {}, ASKED, NOW).slugs == ("data-structures-and-algorithms", "databases")


def test_a_phrase_near_to_a_known_tag_means_that_tag_and_the_decision_says_how_near(index: TagIndex) -> None:
    known = {"databases": direction(1, 0.1), "robotics": direction(0, 1)}
    made = decide(paper(), [Proposal("data base systems", "always", direction(1, 0))], [], index, known, ASKED, NOW)
    assert made.new == ()
    (decision,) = made.decisions
    assert (decision.slug, decision.how, decision.paper_id) == ("databases", "meaning", "2610.00001")
    assert decision.score == pytest.approx(0.995, abs=0.001)


def test_a_phrase_unlike_all_tags_becomes_a_new_one_but_not_more_than_allowed(index: TagIndex) -> None:
    proposals = [Proposal(phrase, "always", direction(1, 0)) for phrase in ("merge trees", "tape drives", "disk arms")]
    made = decide(paper(), proposals, [], index, {"robotics": direction(0, 1)}, ASKED, NOW)
    assert [tag.slug for tag in made.new] == ["merge-trees", "tape-drives"]
    assert made.slugs[1:] == ("merge-trees", "tape-drives")


def test_a_phrase_that_may_found_nothing_is_dropped_where_no_tag_is_near(index: TagIndex) -> None:
    made = decide(paper(), [Proposal("merge trees", "never", direction(1, 0))], [], index, {}, ASKED, NOW)
    assert (made.new, made.decisions) == ((), ())


def test_a_paper_has_no_more_tags_than_asked_for(index: TagIndex) -> None:
    names = ("robotics", "optics", "genomics", "cosmology", "databases", "multimedia", "networking")
    made = decide(paper(), [Proposal(name, "never") for name in names], [], index, {}, ASKED, NOW)
    assert len(made.slugs) == ASKED.most_tags


def test_a_paper_with_few_tags_gets_those_near_to_it_and_then_new_ones_from_its_title(index: TagIndex) -> None:
    proposals = [Proposal("merge trees", "where tags are few", direction(1, 0))]
    few = SummarizerSettings(fewest_tags=4)
    made = decide(paper(), proposals, ["computer-architecture"], index, {}, few, NOW)
    assert made.slugs == ("data-structures-and-algorithms", "databases", "computer-architecture", "merge-trees")
    enough = decide(paper(), proposals, ["computer-architecture"], index, {}, ASKED, NOW)
    assert enough.slugs == made.slugs[:3]
    assert enough.new == ()


def test_only_tags_of_a_papers_topic_are_near_to_it_nearest_first() -> None:
    vectors = {"a": direction(1, 0.5), "b": direction(1, 0.1), "c": direction(0, 1)}
    assert near_tags(direction(1, 0), vectors) == ["b", "a"]
    assert near_tags(None, vectors) == []


def test_a_category_nobody_knows_gives_no_tag(index: TagIndex) -> None:
    from dataclasses import replace

    odd = replace(paper(), primary_category="zz.ZZ", categories=("zz.ZZ",))
    assert decide(odd, [], [], index, {}, ASKED, NOW).slugs == ()


def test_a_phrase_in_a_script_without_a_slug_is_no_tag(index: TagIndex) -> None:
    made = decide(paper(), [Proposal("排序", "always", direction(1, 0))], [], index, {}, ASKED, NOW)
    assert made.new == ()


async def test_only_a_phrase_that_other_papers_use_too_founds_a_tag_and_the_next_paper_gets_the_same(
    tmp_path: Path,
) -> None:
    title, other = "Zebra caches for tape robots", "Faster zebra caches"
    papers = [
        paper("2610.00001", title, "We put zebra caches before tape robots."),
        paper("2610.00002", other, "A zebra cache holds stripes of a file. Lonely gadgets are shown."),
    ]
    async with room(tmp_path) as here:
        here.hold(*papers)
        await here.bus.deliver(PapersSelected(paper_ids=("2610.00001",)))
        await here.bus.deliver(PapersSelected(paper_ids=("2610.00002",)))
        summaries = here.summaries.get_many(["2610.00001", "2610.00002"])
        slugs = set(here.tags.index().tags)
    assert "zebra-caches" in slugs
    assert "tape-robots" not in slugs
    assert "lonely-gadgets" not in slugs
    assert all("zebra-caches" in summary.tags for summary in summaries.values())


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
