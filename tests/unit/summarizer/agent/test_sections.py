"""Which parts of a paper are read where not all of it fits."""

from hypothesis import given
from hypothesis import strategies as st

from services.summarizer.agent.sections import select_sections
from services.summarizer.text.passages import ABSTRACT, Passage
from services.summarizer.text.tokens import tokens_of


def words(number: int) -> str:
    return " ".join(f"Sentence {i} says a little more." for i in range(number))


PAPER = (
    Passage(ABSTRACT, words(10)),
    Passage("1 Introduction", words(120)),
    Passage("2 Related work", words(100)),
    Passage("3 Our method", words(100)),
    Passage("4 Some theory", words(100)),
    Passage("5 Limitations", words(10)),
    Passage("6. Conclusions", words(20)),
    Passage("Acknowledgements", "We thank the cat."),
    Passage("7 References", "[1] A. Author. A book."),
)


def titles(text: str) -> list[str]:
    return [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]


def test_all_of_a_short_paper_is_read_but_references_and_thanks() -> None:
    selection = select_sections(PAPER, 100_000)
    assert selection.whole
    assert titles(selection.text) == [passage.section for passage in PAPER[:7]]
    assert "cat" not in selection.text
    assert "A book" not in selection.text


def test_what_tells_most_is_read_first_and_stands_in_the_order_of_the_paper() -> None:
    selection = select_sections(PAPER, 1_800)
    assert not selection.whole
    assert titles(selection.text) == [ABSTRACT, "1 Introduction", "3 Our method", "5 Limitations", "6. Conclusions"]
    assert selection.tokens <= 1_800


def test_a_long_introduction_does_not_push_out_the_method_and_is_cut_after_a_sentence() -> None:
    selection = select_sections((Passage(ABSTRACT, words(5)), Passage("Introduction", words(900)), PAPER[3]), 1_500)
    assert titles(selection.text) == [ABSTRACT, "Introduction", "3 Our method"]
    introduction = selection.text.split("## 3 Our method")[0].strip()
    assert introduction.endswith("says a little more. [...]")


def test_one_section_alone_gets_all_the_room() -> None:
    selection = select_sections((Passage("Text", words(500)),), 1_000)
    assert selection.tokens > 900


@given(
    st.lists(st.tuples(st.sampled_from(["Abstract", "Intro", "Method", "x", "References"]), st.text()), max_size=6),
    st.integers(100, 3_000),
)
def test_no_paper_is_given_more_room_than_there_is(parts: list[tuple[str, str]], room: int) -> None:
    selection = select_sections([Passage(*part) for part in parts], room)
    assert selection.tokens <= room + 10
    assert selection.tokens == tokens_of(selection.text)
