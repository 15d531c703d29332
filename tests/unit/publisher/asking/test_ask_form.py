"""What is typed into the page Ask, as the request that it makes."""

from datetime import date

import pytest

from services.publisher.asking.ask_form import AskForm
from shared.contracts import Corpus


def form(**fields: str) -> AskForm:
    return AskForm.of_fields({"question": "How?", "ask_id": "0123456789abcdef", **fields})


@pytest.mark.parametrize(
    ("fields", "corpus"),
    [
        ({}, Corpus()),
        ({"corpus": "all"}, Corpus(kind="all")),
        ({"corpus": "nonsense"}, Corpus()),
        ({"corpus": "list", "narrow": "tag:rag"}, Corpus(kind="list", tags=("rag",))),
        ({"narrow": "since:2026-01-01"}, Corpus(from_date=date(2026, 1, 1))),
        ({"corpus": "list", "narrow": "all cs"}, None),
        ({"corpus": "list", "narrow": "read 2611.00101"}, Corpus(kind="read", paper_ids=("2611.00101",))),
    ],
)
def test_the_choice_and_the_conditions_make_one_corpus(fields: dict[str, str], corpus: Corpus | None) -> None:
    if corpus is None:
        with pytest.raises(ValueError, match="no corpus"):
            form(**fields).request("me")
    else:
        assert form(**fields).request("me").corpus == corpus


def test_the_same_form_is_the_same_question_until_something_else_is_typed() -> None:
    first, again, other = (form(question=text).request("me").ask_id for text in ("How?", " How? ", "Why?"))
    assert first == again
    assert first != other
    assert form().request("me", estimate_only=True).ask_id == ""


def test_a_follow_up_asks_the_same_papers() -> None:
    corpus = Corpus(kind="list", tags=("external sorting",), paper_ids=("2611.00101",))
    follow_up = AskForm.following(corpus, "20261106T120000000000-0a1b2c")
    assert follow_up.corpus() == corpus
    assert follow_up.conversation == "20261106T120000000000-0a1b2c"
