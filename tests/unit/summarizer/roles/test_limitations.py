"""What the authors admit."""

import pytest

from services.summarizer.roles.limitations import SURE_FROM, admission, title_points


@pytest.mark.parametrize(
    "text",
    [
        "A limitation of our method is that it needs sorted input.",
        "It does not help below three bits.",
        "Snow is not handled, and drops on the lens remain a source of false alarms.",
        "The accuracy deteriorates for strongly biased noise.",
        "We leave the case of several disks to future work.",
        "Effects beyond six months are unknown.",
        "We neglect creep of the lithium electrode.",
        "Whether larger models behave alike remains an open question.",
    ],
)
def test_a_sentence_that_admits_a_limit_is_sure_by_its_words(text: str) -> None:
    assert admission(text) >= SURE_FROM


@pytest.mark.parametrize(
    "text",
    [
        "Existing methods do not support records larger than a page.",
        "To overcome these limitations, we propose a merge tree.",
        "Our findings lay a foundation for future research.",
        "The method is trained using only one example and does not require labels.",
        "The rest of the paper is organized as follows.",
        "Experiments show that it outperforms all baselines.",
    ],
)
def test_others_limits_and_promises_are_none(text: str) -> None:
    assert admission(text) < SURE_FROM


def test_a_section_named_for_limitations_counts_most() -> None:
    titles = ["7 Limitations", "Threats to Validity", "6 Conclusion and Future Work", "Discussion", "3 Method"]
    points = [title_points(title) for title in titles]
    assert points[0] == points[1] > points[2] > points[3] > points[4]
    assert points[0] > SURE_FROM
