"""Addresses of hosts, as tables."""

import pytest

from shared.hosts.addresses import answers_to, is_loopback, known_names, reachable, url_host


@pytest.mark.parametrize(
    ("host", "in_url", "asked_at"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0", "127.0.0.1"),
        ("::", "[::]", "[::1]"),
        ("fe80::1%eth0", "[fe80::1%25eth0]", "[fe80::1%25eth0]"),
        ("my.host", "my.host", "my.host"),
    ],
)
def test_a_host_in_a_url_and_where_to_ask_what_listens_there(host: str, in_url: str, asked_at: str) -> None:
    assert url_host(host) == in_url
    assert reachable(host) == asked_at


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("a.b", False)],
)
def test_what_only_this_machine_reaches(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("localhost:8080", True),
        ("127.0.0.1:8080", True),
        ("[::1]:8080", True),
        ("Reader.Home", True),
        ("evil.example", False),
        ("[broken", False),
        ("", False),
        (None, False),
    ],
)
def test_only_bare_addresses_and_names_of_ours_are_answered(header: str | None, expected: bool) -> None:
    assert answers_to(header, known_names("Reader.Home.")) is expected
