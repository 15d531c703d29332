"""A summary is checked: quotes get their place, what does not follow is marked, a statement stands under one field."""
# ruff: noqa: E501 (texts of papers)

from collections.abc import Sequence

import numpy as np
import pytest

from services.summarizer.evidence.checking import NO_QUOTE, NOT_FOUND, TOO_SHORT, CheckedDocument, FieldRule, check
from services.summarizer.text.passages import Passage, passages_of
from services.summarizer.vectors import Encoder, Matrix
from shared.store.papers.documents import Section
from shared.store.papers.summaries import Claim, FieldValue, Quote, Verification

SECTIONS = [
    Section(
        title="1 Introduction",
        level=1,
        text="Range queries over **many tables** remain slow in every database that we know of.",
    ),
    Section(
        title="2 Method",
        level=1,
        text="We build an index from learned bounds of *each* table. It needs no locks.",
    ),
    Section(
        title="3 Results",
        level=1,
        text="Our index is 3.5 times faster than a B-tree on 1,200 tables [@smith2020] and does not slow down writes.",
    ),
]
MARKDOWN = "# Title\n\n" + "\n\n".join(f"## {section.title}\n\n{section.text}" for section in SECTIONS) + "\n"
DOCUMENT = CheckedDocument(passages_of(SECTIONS, "An abstract that says little."), MARKDOWN)
FASTER = "Our index is 3.5 times faster than a B-tree on 1,200 tables"
SLOW = "Range queries over many tables remain slow in every database"


class FakeEncoder(Encoder):
    """Texts that share a first word have one vector."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def encode(self, texts: Sequence[str], kind: str = "passage") -> Matrix | None:
        self.texts += texts
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            rows[row, sum(map(ord, text.split()[0] if text else "")) % 64] = 1
        return rows


class AwayEncoder(Encoder):
    def __init__(self) -> None:
        pass

    async def encode(self, texts: Sequence[str], kind: str = "passage") -> Matrix | None:
        return None


def claim(text: str, *quotes: str) -> Claim:
    return Claim(text=text, quotes=tuple(Quote(text=quote, found=False) for quote in quotes))


def result(*claims: Claim) -> list[FieldValue]:
    return [FieldValue(name="result", claims=claims)]


async def test_a_claim_that_follows_has_its_quote_with_section_and_place() -> None:
    checked = await check(result(claim("It is 3.5x faster than a B-tree.", FASTER)), DOCUMENT)
    (found,) = checked.fields[0].claims[0].quotes
    assert (found.text, found.section, found.found) == (FASTER, "3 Results", True)
    assert MARKDOWN[found.start : found.end] == FASTER
    assert not checked.fields[0].claims[0].weak
    assert checked.problems == ()
    assert checked.verification == Verification(claims=1, quotes=1, found=1)


@pytest.mark.parametrize(
    ("text", "quotes", "why"),
    [
        ("It is 5 times faster than a B-tree.", [FASTER], "“5 times” is not in its quote"),
        ("The index slows writes down.", ["and does not slow down writes"], "its quote may say the opposite"),
        ("Birds sing in spring.", [FASTER], "its quote speaks of something else"),
        ("It is fast.", [], NO_QUOTE),
        ("It is fast.", ["3.5 times"], TOO_SHORT),
        ("It is fast.", ["nobody ever wrote these words in it"], NOT_FOUND),
    ],
)
async def test_what_does_not_follow_is_marked_with_why(text: str, quotes: list[str], why: str) -> None:
    checked = await check(result(claim(text, *quotes)), DOCUMENT, AwayEncoder())
    assert checked.fields[0].claims[0].weak == why
    assert checked.verification.weak == 1
    assert any("result" in problem for problem in checked.to_mend(0))


async def test_what_does_not_follow_is_sent_back_once_and_a_missing_quote_every_time() -> None:
    weak = await check(result(claim("It is 5 times faster than a B-tree.", FASTER)), DOCUMENT)
    missing = await check(result(claim("It is fast.", "nobody ever wrote these words in it")), DOCUMENT)
    assert weak.to_mend(0) != weak.to_mend(1) == ()
    assert missing.to_mend(0) == missing.to_mend(1) != ()


async def test_a_claim_may_rest_on_several_quotes() -> None:
    both = claim(
        "Range queries over many tables remain slow; the index is 3.5 times faster than a B-tree.", SLOW, FASTER
    )
    checked = await check(result(both), DOCUMENT)
    assert not checked.fields[0].claims[0].weak
    assert [quote.section for quote in checked.fields[0].claims[0].quotes] == ["1 Introduction", "3 Results"]


async def test_a_quote_that_is_missing_or_too_short_does_not_count_beside_one_that_proves() -> None:
    checked = await check(result(claim("It is 3.5x faster than a B-tree.", "a B-tree", FASTER)), DOCUMENT)
    assert not checked.fields[0].claims[0].weak
    assert checked.verification == Verification(claims=1, quotes=2, found=1)
    assert checked.problems == ()


async def test_a_field_that_needs_no_evidence_is_not_checked_and_says_so() -> None:
    fields = [FieldValue(name="further_thoughts", claims=(claim("Perhaps <b>it</b> scales to 10^9 rows."),))]
    checked = await check(fields, DOCUMENT, rules={"further_thoughts": FieldRule(evidence=False)})
    assert checked.fields[0].evidence is False
    assert checked.fields[0].claims[0].weak == ""
    assert checked.fields[0].claims[0].text == "Perhaps it scales to 10^9 rows."
    assert checked.verification == Verification()


async def test_a_statement_stands_under_the_field_that_it_fits_better() -> None:
    text = "Range queries over many tables remain slow in databases."
    fields = [
        FieldValue(name="method", claims=(claim(text, SLOW), claim("Learned bounds of each table make an index.", "We build an index from learned bounds"))),
        FieldValue(name="problem", claims=(claim(text, SLOW),)),
    ]  # fmt: skip
    checked = await check(fields, DOCUMENT)
    assert [value.text for value in checked.fields] == ["Learned bounds of each table make an index.", text]
    assert checked.to_mend(0) == (
        f"Said twice: field method repeats field problem: {text!r}. Give another statement for method, or none.",
    )
    assert checked.to_mend(1) == ()


async def test_the_sentence_that_sums_up_may_say_what_a_field_says_but_not_in_its_words() -> None:
    text = "The index is 3.5 times faster than a B-tree."
    fields = [
        FieldValue(name="one_sentence_summary", claims=(claim(text, FASTER),)),
        FieldValue(name="result", claims=(claim(text, FASTER),)),
    ]
    in_other_words = "A B-tree is 3.5 times slower than the new index, which is faster by learning."
    other = [FieldValue(name="one_sentence_summary", claims=(claim(in_other_words, FASTER),)), fields[1]]
    assert [value.text for value in (await check(other, DOCUMENT)).fields] == [in_other_words, text]
    checked = await check(fields, DOCUMENT)
    assert [value.text for value in checked.fields] == ["", text]
    assert checked.to_mend(0) == (
        f"Said twice: field one_sentence_summary repeats field result: {text!r}. "
        "Give another statement for one_sentence_summary, or none.",
    )


async def test_claims_in_another_language_are_checked_by_their_numbers_and_counted() -> None:
    claims = (claim("该索引的速度是B树的3.5倍。", FASTER), claim("该索引的速度是B树的5.3倍。", FASTER))
    checked = await check(result(*claims), DOCUMENT, language="zh")
    assert [bool(each.weak) for each in checked.fields[0].claims] == [False, True]
    assert [each.numbers_only for each in checked.fields[0].claims] == [True, False]
    assert checked.verification.unchecked == 1


async def test_a_choice_needs_a_quote_but_not_its_words_and_names_are_no_statements() -> None:
    fields = [
        FieldValue(name="type", kind="choice", claims=(claim("system", FASTER),)),
        FieldValue(name="other", kind="choice", claims=(claim("system"),)),
        FieldValue(name="datasets", kind="list", claims=(claim("many tables in databases", SLOW),)),
        FieldValue(name="topics", kind="list", claims=(claim("many tables in databases", SLOW),)),
    ]
    checked = await check(fields, DOCUMENT)
    assert [each.weak for value in checked.fields for each in value.claims] == ["", NO_QUOTE, "", ""]


async def test_a_sentence_of_a_paper_in_another_language_follows_from_itself() -> None:
    sentence = "Notre index est beaucoup plus rapide que tous les arbres connus dans cette base."
    document = CheckedDocument((Passage("1 Introduction", sentence),))
    checked = await check(result(claim(sentence, sentence)), document)
    assert checked.fields[0].claims[0].weak == ""
    assert checked.verification.unchecked == 0


async def test_vectors_speak_where_words_differ_and_are_asked_for_once() -> None:
    encoder = FakeEncoder()
    near = claim("Our lookup structure beats a classical tree.", FASTER)
    far = claim("Some lookup structure beats a classical tree.", FASTER)
    checked = await check(result(near, far), DOCUMENT, encoder)
    assert [bool(each.weak) for each in checked.fields[0].claims] == [False, True]
    assert len(encoder.texts) == 3


async def test_answers_are_plain_whatever_a_model_writes() -> None:
    hostile = "![x](http://evil.example/a.png) [The index](javascript:alert(1)) is 3.5 times\u200b faster <img src=x> than a B-tree\u202e. See https://evil.example"
    checked = await check(result(claim(hostile, FASTER), claim("<b></b>\u200b", FASTER)), DOCUMENT)
    assert [each.text for each in checked.fields[0].claims] == ["The index is 3.5 times faster than a B-tree. See"]


async def test_a_sentence_of_the_paper_follows_from_itself() -> None:
    sentences = [sentence for section in DOCUMENT.passages for sentence in section.text.split(". ")]
    checked = await check(result(*(claim(text, text) for text in sentences)), DOCUMENT, AwayEncoder())
    assert [each.text for each in checked.fields[0].claims if each.weak and each.weak != TOO_SHORT] == []


async def test_no_fields_and_no_document_are_checked_too() -> None:
    assert (await check([], CheckedDocument(()))).fields == ()
    checked = await check(result(claim("It is fast.", FASTER)), CheckedDocument(()))
    assert checked.fields[0].claims[0].weak == NOT_FOUND
