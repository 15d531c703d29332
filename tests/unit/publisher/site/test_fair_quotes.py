"""Quotes of fair length: each cut, all of a paper's together bounded, what a model wrote never."""

from services.publisher.site.fair_quotes import QuoteLimits, with_fair_quotes
from shared.store.papers.summaries import Claim, FieldValue, Quote, Summary
from tests.support.folders.seed import GRAPHS, summary

LONG = "walks " * 100


def quoting(*quotes: str, mode: str = "llm", text: str = "They count walks.") -> Summary:
    claims = tuple(Claim(text=text or quote, quotes=(Quote(text=quote),)) for quote in quotes)
    return summary(GRAPHS, mode=mode).model_copy(update={"fields": (FieldValue(name="method", claims=claims),)})


def texts(shown: Summary) -> list[tuple[str, str]]:
    return [(claim.text, claim.quote) for value in shown.fields for claim in value.claims]


def test_a_long_quote_is_cut_between_words() -> None:
    ((text, quote),) = texts(with_fair_quotes(quoting(LONG), QuoteLimits(50, 1000)))
    assert text == "They count walks."
    assert quote.endswith("walks …")
    assert len(quote) <= 52


def test_there_is_an_end_to_how_much_of_a_paper_is_quoted() -> None:
    shown = with_fair_quotes(quoting("a" * 40, "b" * 40, "c" * 40), QuoteLimits(50, 100))
    assert [quote for _, quote in texts(shown)] == ["a" * 40, "b" * 40, ""]


def test_without_a_model_the_statements_are_quotes_too() -> None:
    shown = with_fair_quotes(quoting("a" * 40, "b" * 40, mode="extractive", text=""), QuoteLimits(50, 60))
    assert texts(shown) == [("a" * 40, "")]


def test_no_quotes_leave_the_statements_of_a_model() -> None:
    assert texts(with_fair_quotes(quoting(LONG), QuoteLimits(0, 1000))) == [("They count walks.", "")]


def test_a_quote_that_was_not_found_stays_one() -> None:
    lost = Claim(text="Nobody said this.", quotes=(Quote(text=LONG, found=False),))
    shown = with_fair_quotes(
        quoting().model_copy(update={"fields": (FieldValue(name="method", claims=(lost,)),)}), QuoteLimits(0, 0)
    )
    assert not shown.fields[0].claims[0].found
