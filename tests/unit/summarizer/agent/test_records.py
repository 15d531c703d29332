"""What is stored of a paper that was read, and when nothing is left to do."""

from services.summarizer.agent.records import without_made_up_items
from shared.store.papers.summaries import Claim, FieldValue, Quote


def named(text: str, found: bool) -> Claim:
    return Claim(text=text, quotes=(Quote(text=f"We are at {text}.", found=found),))


def test_items_of_a_list_that_the_paper_does_not_name_are_left_out_and_counted() -> None:
    places = FieldValue(name="institutions", kind="list", claims=(named("Oslo", True), named("Los Angeles", False)))
    method = FieldValue(name="method", claims=(named("a tree", False),))
    fields, notes = without_made_up_items([places, method])
    assert [claim.text for claim in fields[0].claims] == ["Oslo"]
    assert fields[1] == method
    assert notes == ("Left out: 1 item of institutions that the paper does not name.",)


def test_items_that_need_no_evidence_stay() -> None:
    items = FieldValue(name="objects", kind="list", claims=(Claim(text="files"), Claim(text="records")))
    assert without_made_up_items([items]) == ((items,), ())
