import pytest

from services.fetcher.arxiv.wait_words import wait_words


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.02, "0.02 s"), (10, "10 s"), (119.968, "2 min"), (900, "15 min"), (5_400, "1.5 h"), (86_400, "24 h")],
)
def test_a_wait_is_said_to_the_precision_that_matters(seconds: float, expected: str) -> None:
    assert wait_words(seconds) == expected
