"""Addresses of language model servers; whether a server answers is tried in test_questions."""

import pytest

from shared.errors import PapersysError
from shared.hosts.model_server import checked_address, models_at


def test_an_address_loses_the_slash_at_its_end() -> None:
    assert checked_address("http://127.0.0.1:11434/v1/") == "http://127.0.0.1:11434/v1"


@pytest.mark.parametrize("text", ["", "localhost", "ftp://host/v1", "http://", "http://host:x/v1", "http://[::1/v1"])
def test_what_is_no_address_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        checked_address(text)


def test_a_password_does_not_belong_into_an_address() -> None:
    with pytest.raises(ValueError, match="must not contain a password"):
        checked_address("http://me:secret@host/v1")


def test_a_server_that_does_not_answer_is_named() -> None:
    with pytest.raises(PapersysError, match=r"http://127\.0\.0\.1:9/v1 does not answer"):
        models_at("http://127.0.0.1:9/v1")
