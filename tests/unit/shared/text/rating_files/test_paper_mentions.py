"""arXiv papers in any spelling, and ids that were stored as numbers."""

import pytest

from shared.text.rating_files.paper_mentions import (
    Mention,
    mention_in,
    mentions_in,
    old_number_of,
    other_readings,
    undamaged,
)


@pytest.mark.parametrize(
    ("text", "paper_id"),
    [
        ("2403.12345v2", "2403.12345"),
        ("arXiv: 2403.12345 [cs.LG]", "2403.12345"),
        ("arXiv preprint arXiv:2403.12345", "2403.12345"),
        ("https://www.alphaxiv.org/abs/2403.12345v1?tab=x", "2403.12345"),
        ("https://huggingface.co/papers/2403.12345", "2403.12345"),
        ("https://doi.org/10.48550/arXiv.2403.12345", "2403.12345"),
        ("10.48550/ARXIV.hep-th/9901001", "hep-th/9901001"),
        ("https://arxiv.org/pdf/math.GT/0309136v1.pdf", "math/0309136"),
        ("http://www.arxiv-sanity.com/1512.08756v2", "1512.08756"),
        ("https%3A%2F%2Farxiv.org%2Fabs%2F2403.12345", "2403.12345"),
        ('="2410.12850"', "2410.12850"),
        ("1410.1285", "1410.1285"),
    ],
)
def test_a_paper_is_found_in_every_usual_spelling(text: str, paper_id: str) -> None:
    assert mention_in(text) == Mention(paper_id)


@pytest.mark.parametrize("text", ["", "99.1", "2413.1234", "10.1103/PhysRevD.2403.12345", "10.5555/2403.12345", "7.5"])
def test_what_only_looks_like_an_id_is_none(text: str) -> None:
    assert mention_in(text) is None


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("2410.1285", "2410.12850"),
        ("2311.136", "2311.13600"),
        ("1410.128", "1410.1280"),
        ("704.001", "0704.0010"),
        ("2410.128500000001", "2410.12850"),
        ("2410,1285", "2410.12850"),
        ("2410.12345678", ""),
        ("2410.0", ""),
        ("2413.1", ""),
        ("312.5", ""),
    ],
)
def test_a_number_can_have_been_only_one_id(damaged: str, whole: str) -> None:
    assert undamaged(damaged) == whole


@pytest.mark.parametrize("text", ["2410.1285", "arXiv:2410.1285v2", "https://arxiv.org/abs/2410.1285", "2,410.1285"])
def test_a_damaged_id_is_recognised_and_not_taken_for_a_whole_one(text: str) -> None:
    mention = mention_in(text)
    assert mention is not None
    assert (mention.paper_id, undamaged(mention.damaged_id)) == ("", "2410.12850")


def test_what_it_may_have_been_otherwise_is_worked_out() -> None:
    assert other_readings("2410.1285") == ["2410.01285"]
    assert other_readings("2311.136") == ["2311.01360", "2311.00136"]


@pytest.mark.parametrize(
    ("text", "number"), [("9901001", "9901001"), ("704123", "0704123"), ("9913001", ""), ("123", "")]
)
def test_a_number_of_old_style_lacks_its_archive(text: str, number: str) -> None:
    mention = mention_in(text)
    assert (old_number_of(mention.damaged_id) if mention else "") == number
    assert mention is None or undamaged(mention.damaged_id) == ""


def test_a_number_is_an_id_only_where_ids_are_expected() -> None:
    assert mention_in("2403.12345", is_id=False) is None
    assert mention_in("arXiv:2403.12345", is_id=False) == Mention("2403.12345")


def test_several_papers_of_a_line_come_in_their_order() -> None:
    text = "see 2403.12346, [B](https://arxiv.org/abs/2403.12345) and arXiv:2403.12346."
    assert [mention.paper_id for mention in mentions_in(text)] == ["2403.12346", "2403.12345"]
