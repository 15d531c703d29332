"""What llama-server says; how it runs is proved in tests/integration/services/test_own_model.py."""

import logging

import pytest

from services.summarizer.own_model.server import parse_server_line


@pytest.mark.parametrize(
    ("raw", "level", "text"),
    [
        (b"0.01.898.013 W srv  load_model: low memory\n", logging.WARNING, "srv load_model: low memory"),
        (b"0.01.898.013 I srv    listening\n", logging.INFO, "srv listening"),
        (b"error: \xff no such option\n", logging.INFO, "error: � no such option"),
        (b"\n", logging.INFO, ""),
    ],
)
def test_lines_of_llama_server_keep_their_level(raw: bytes, level: int, text: str) -> None:
    line = parse_server_line(raw)
    assert (line.level, line.text) == (level, text)
