"""The class of answers that is made from the fields: what it takes, cuts, and refuses."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.summarizer.agent.answers import answer_class, answer_text, fields_of, phrases_of
from services.summarizer.fields import FieldSettings
from services.summarizer.llm.structured import UnreadableReply, read_reply, strict_schema
from shared.store.papers.summaries import FieldValue

METHOD = FieldSettings(name="method", instruction="How is it done?")
THOUGHTS = FieldSettings(name="thoughts", instruction="What do you think?", evidence=False)
PLACES = FieldSettings(name="places", instruction="Where was it done?", kind="list")
FORM = FieldSettings(name="json", instruction="Which form has it?", kind="choice", choices=("theory", "experiment"))
RISK = FieldSettings(name="risk", instruction="How risky?", kind="choice", choices=("low", "high"), evidence=False)
FIELDS = (METHOD, THOUGHTS, PLACES, FORM, RISK)
QUOTE = "We use a tree of nodes."


def read(fields: Any, **more: Any) -> dict[str, FieldValue]:
    answer = read_reply(json.dumps({"fields": fields, **more}), answer_class(FIELDS, 2))
    return {field.name: field for field in fields_of(answer, FIELDS)}


def claims(field: FieldValue) -> list[tuple[str, list[str]]]:
    return [(claim.text, [quote.text for quote in claim.quotes]) for claim in field.claims]


def test_the_schema_names_fields_kinds_and_choices_with_quotes_before_statements() -> None:
    schema = strict_schema(answer_class(FIELDS, 2))
    fields = schema["$defs"]["Fields"]
    assert list(fields["properties"]) == ["method", "thoughts", "places", "json", "risk"]
    assert fields["additionalProperties"] is False
    assert list(schema["$defs"]["Entry"]["properties"]) == ["quotes", "statement"]
    assert schema["$defs"]["ChosenEntry"]["properties"]["statement"]["enum"] == ["theory", "experiment"]
    assert fields["properties"]["risk"]["items"]["enum"] == ["low", "high"]
    assert "title" not in json.dumps(schema)


def test_the_same_fields_give_the_same_class_so_that_servers_can_keep_its_grammar() -> None:
    assert answer_class(FIELDS, 2) is answer_class(list(FIELDS), 2)


def test_an_answer_becomes_fields_in_their_order_with_claims_and_quotes() -> None:
    fields = read(
        {
            "json": [{"quotes": [QUOTE], "statement": "Theory"}],
            "method": [{"quotes": [QUOTE], "statement": "It uses a tree."}],
            "thoughts": ["Try it on tapes."],
            "places": [{"quotes": [QUOTE], "statement": "Oslo"}, {"quotes": [], "statement": "Bergen"}],
            "risk": "HIGH",
        }
    )
    assert list(fields) == ["method", "thoughts", "places", "json", "risk"]
    assert claims(fields["method"]) == [("It uses a tree.", [QUOTE])]
    assert claims(fields["thoughts"]) == [("Try it on tapes.", [])]
    assert [claim.text for claim in fields["places"].claims] == ["Oslo", "Bergen"]
    assert (fields["places"].kind, fields["json"].kind) == ("list", "choice")
    assert (fields["json"].text, fields["risk"].text) == ("theory", "high")


@pytest.mark.parametrize(
    "given",
    [
        {"quotes": [QUOTE], "statement": "It uses a tree."},
        [{"quote": QUOTE, "statement": "It uses a tree."}],
        [{"quotes": QUOTE, "statement": "It uses a tree.", "confidence": 1}],
    ],
)
def test_less_careful_forms_are_understood(given: Any) -> None:
    assert claims(read({"method": given})["method"]) == [("It uses a tree.", [QUOTE])]


def test_a_bare_statement_has_no_quote_and_is_told_so_later() -> None:
    assert claims(read({"method": "It uses a tree."})["method"]) == [("It uses a tree.", [])]


@pytest.mark.parametrize("nothing", ["", "None", "N/A", "Not mentioned in the paper.", "none stated", "-"])
def test_words_that_say_that_there_is_nothing_are_no_claim(nothing: str) -> None:
    assert read({"method": [{"quotes": [], "statement": nothing}]})["method"].claims == ()


def test_more_than_was_asked_for_is_cut_and_what_is_said_twice_counts_once() -> None:
    many = [{"quotes": [QUOTE] * 5, "statement": f"It uses tree {number // 2}."} for number in range(9)]
    assert claims(read({"method": many})["method"]) == [("It uses tree 0.", [QUOTE, QUOTE])]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"other": []}, "none of the fields is there: method"),
        ({"json": [{"quotes": [], "statement": "poem"}]}, "theory"),
        ({"risk": "medium"}, "low"),
        ({"method": [{"quotes": [QUOTE]}]}, "statement"),
        ({"method": 5}, "method"),
        ("none", "fields"),
    ],
)
def test_an_answer_that_does_not_fit_says_what_is_wrong(fields: Any, why: str) -> None:
    with pytest.raises(UnreadableReply, match=why):
        read(fields)


def test_html_links_and_control_characters_are_cut_from_all_strings() -> None:
    bad = '<script>alert(1)</script>It [uses](http://evil.example) a <b onclick="x">tree</b>.\u200b'
    fields = read({"method": [{"quotes": [bad], "statement": bad}], "thoughts": [bad]}, tags=[bad, "x" * 99, "trees"])
    assert claims(fields["method"]) == [("It uses a tree.", ["It uses a tree."])]
    tagged = json.dumps({"fields": {"method": []}, "tags": [bad, "x" * 99, "trees"]})
    answer = read_reply(tagged, answer_class(FIELDS, 2))
    assert phrases_of(answer) == ("It uses a tree.", "trees")


def test_fields_go_back_into_the_answer_they_came_from() -> None:
    fields = read({"method": [{"quotes": [QUOTE], "statement": "It uses a tree."}], "risk": ["low"]})
    again = read_reply(answer_text(list(fields.values()), FIELDS), answer_class(FIELDS, 2, tags=False))
    assert fields_of(again, FIELDS) == tuple(fields.values())


KEYS = st.sampled_from(["fields", "method", "quotes", "statement", "tags", "risk"])
SCALARS = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(SCALARS, lambda part: st.lists(part) | st.dictionaries(KEYS, part)))
def test_whatever_json_comes_it_is_an_answer_or_unreadable(value: Any) -> None:
    try:
        answer = read_reply(json.dumps({"fields": value}), answer_class(FIELDS, 2))
    except UnreadableReply:
        return
    assert len(fields_of(answer, FIELDS)) == len(FIELDS)
