"""What a replay of tags begins with, and how its decisions change places with those that stand."""

from datetime import timedelta

from services.summarizer.replay.tag_history import base_of, exchanged
from shared.store.tagging.tag_decisions import TagDecision
from shared.store.tagging.tag_index import index_of
from tests.support.papers.summarizer import WHEN


def decision(action: str, slug: str, at: int, **facts: object) -> TagDecision:
    made_at = WHEN + timedelta(minutes=at)
    return TagDecision.model_validate({"action": action, "slug": slug, "how": "new", "made_at": made_at, **facts})


SEED = decision("create", "graphs", 0, phrase="graphs", how="seed")
PROPOSED = decision("propose", "trees", 1, phrase="trees", paper_id="2610.00001")
MAPPED = decision("map", "trees", 2, phrase="trees", paper_id="2610.00001")
OTHERS = decision("map", "graphs", 3, phrase="graph", paper_id="2610.00009")
RENAMED = decision("rename", "trees", 4, text="merge trees", how="user")
WRONG = decision("map", "graphs", 5, phrase="charts", paper_id="2610.00001")
UNDONE = decision("undo", "", 6, undoes=WRONG.decision_id, how="user")
PLAIN = decision("propose", "tapes", 7, phrase="tapes", paper_id="2610.00001")
HISTORY = [SEED, PROPOSED, MAPPED, OTHERS, RENAMED, WRONG, UNDONE, PLAIN]


def test_what_persons_decided_stays_with_what_it_is_about_and_other_papers_keep_their_tags() -> None:
    base = base_of(HISTORY, {"2610.00001"})
    assert base == [SEED, PROPOSED, OTHERS, RENAMED, WRONG, UNDONE]
    index = index_of(base)
    assert index.tags["trees"].label == "merge trees"
    assert index.is_denied("charts", "graphs")
    assert base_of(HISTORY, ()) == HISTORY


def test_decisions_change_places_and_back_and_twice_is_once() -> None:
    again = [*base_of(HISTORY, {"2610.00001"}), decision("map", "graphs", 20, phrase="trees", paper_id="2610.00001")]
    for _ in range(2):
        standing = exchanged(HISTORY, HISTORY, again)
        assert exchanged(standing, HISTORY, again) == standing == again
    assert exchanged(again, again, HISTORY) == HISTORY


def test_what_was_decided_since_stays_and_so_do_the_tags_that_it_is_about() -> None:
    newer = decision("map", "tapes", 30, phrase="tapes", paper_id="2610.00005")
    again = base_of(HISTORY, {"2610.00001"})
    swapped = exchanged([*HISTORY, newer], HISTORY, again)
    assert swapped == [*again, PLAIN, newer]
    assert index_of(swapped).tags["tapes"].papers == ("2610.00005",)
    assert exchanged(swapped, HISTORY, again) == swapped
    assert exchanged(swapped, again, HISTORY) == [*HISTORY, newer]
