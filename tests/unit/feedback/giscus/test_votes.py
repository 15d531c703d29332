"""What a comment says of a paper."""

import pytest

from services.feedback.giscus.votes import label_of_comment, short_id
from shared.settings.sections.giscus import DEFAULT_MEANINGS


@pytest.mark.parametrize(
    ("body", "label"),
    [
        ("👍", "like"),
        ("Great work 👍🏽 thanks", "like"),
        ("I ❤️ this", "like"),
        ("I ❤ this", "like"),
        (":+1: and :rocket:", "like"),
        (":thumbsdown:", "dislike"),
        ("/dislike\nnot reproducible", "dislike"),
        ("/clear", "clear"),
        ("> 👎 no\n\n👍 I disagree", "like"),
        ("see `:-1:` and\n```\n👎\n```", None),
        ("👀", None),
        ("nothing to see", None),
        ("I would not /like this", None),
        ("👍 but also 👎", "unclear"),
        ("/like 👎", "like"),
        ("", None),
    ],
)
def test_a_comment_is_read(body: str, label: str | None) -> None:
    assert label_of_comment(body, DEFAULT_MEANINGS) == label


def test_a_long_or_odd_id_of_a_node_becomes_its_hash() -> None:
    assert short_id("REA_lALODkPCWs4A-_=") == "REA_lALODkPCWs4A-_="
    assert len(short_id("x" * 300)) == len(short_id("a:b\r\nNats-Evil: 1")) == 64
