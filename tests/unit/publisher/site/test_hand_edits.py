"""A generated file knows that nobody touched it."""

from hypothesis import given
from hypothesis import strategies as st

from services.publisher.site.hand_edits import is_generated, signed

TEXT = '---\ntitle: "a"\n---\n\nText.\n'


@given(st.text())
def test_what_was_signed_is_generated_and_a_changed_letter_makes_it_a_persons(body: str) -> None:
    text = signed(f"{TEXT}{body}")
    assert is_generated(text)
    assert not is_generated(f"{text}x")


def test_a_file_without_the_line_is_a_persons_own() -> None:
    assert not is_generated(TEXT)
    assert not is_generated("")


def test_what_an_earlier_version_signed_without_front_matter_is_no_persons() -> None:
    assert is_generated(signed("# A page without front matter\n"))
    assert not is_generated(signed("# A page without front matter\n") + "x")
