"""Who may switch faults on: programs on this machine, and no web page."""

import pytest

from deploy.demo.misbehaviour.control_access import why_refused

pytestmark = pytest.mark.attack

OWN = {"host": "127.0.0.1:8099", "content-type": "application/json"}


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", OWN),
        ("POST", {**OWN, "content-type": "application/json; charset=utf-8"}),
        ("POST", {**OWN, "host": "localhost"}),
        ("POST", {**OWN, "host": "[::1]:8099"}),
        ("POST", {**OWN, "origin": "http://127.0.0.1:8099", "sec-fetch-site": "same-origin"}),
        ("GET", {"host": "localhost:8099", "sec-fetch-site": "none"}),
        ("DELETE", {"host": "127.0.0.1:8099"}),
    ],
)
def test_a_program_of_this_machine_may(method: str, headers: dict[str, str]) -> None:
    assert why_refused(method, headers) == ""


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {**OWN, "content-type": "text/plain"}),
        ("POST", {**OWN, "content-type": "application/x-www-form-urlencoded"}),
        ("POST", {"host": "127.0.0.1:8099"}),
        ("POST", {**OWN, "origin": "https://evil.example"}),
        ("POST", {**OWN, "origin": "null"}),
        ("POST", {**OWN, "origin": "http://127.0.0.1:9000"}),
        ("POST", {**OWN, "sec-fetch-site": "cross-site"}),
        ("POST", {**OWN, "sec-fetch-site": "same-site"}),
        ("POST", {**OWN, "host": "evil.example:8099"}),
        ("GET", {"host": "evil.example"}),
        ("GET", {"host": "127.0.0.1.evil.example"}),
        ("DELETE", {"host": "127.0.0.1:8099", "origin": "https://evil.example"}),
        ("GET", {}),
    ],
)
def test_a_web_page_may_not(method: str, headers: dict[str, str]) -> None:
    assert why_refused(method, headers)
