"""What a model is shown where it made up a quote."""

from services.summarizer.agent.near_passages import near_passages
from services.summarizer.text.passages import Passage
from shared.store.papers.summaries import Claim, FieldValue, Quote

TREE = "We use a tree of tournament nodes, each holding the head of one run."
SLOW = "Sorting very large files remains slow on cheap disks today."
PASSAGES = (Passage("Abstract", f"{SLOW} {TREE} It rained in all of the weeks of June that year."),)


def field(name: str, text: str, *, found: bool) -> FieldValue:
    return FieldValue(name=name, claims=(Claim(text=text, quotes=(Quote(text="none of it", found=found),)),))


def test_sentences_that_share_words_with_what_nothing_proves_are_shown_nearest_first() -> None:
    made_up = field("method", "A tournament tree holds the head of each run of large files.", found=False)
    assert near_passages([made_up], ["method"], PASSAGES) == [TREE]


def test_claims_that_stand_and_other_fields_need_no_help() -> None:
    sound = field("method", "A tournament tree holds the head of each run.", found=True)
    other = field("problem", "Sorting large files is slow on cheap disks.", found=False)
    assert near_passages([sound, other], ["method"], PASSAGES) == []
    assert near_passages([sound, other], ["method", "problem"], PASSAGES) == [SLOW]


def test_nothing_is_shown_where_nothing_comes_near() -> None:
    assert near_passages([field("method", "Whales swim far.", found=False)], ["method"], PASSAGES) == []
