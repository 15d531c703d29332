"""The address that a phone can use."""

import pytest

from deploy.setup.phone_address import phone_address, qr_code


@pytest.mark.parametrize(
    ("host", "names", "expected"),
    [
        ("127.0.0.1", (), None),
        ("localhost", ("papers.lan",), None),
        ("0.0.0.0", (), "http://192.168.1.7:8080"),
        ("::", (), "http://192.168.1.7:8080"),
        ("0.0.0.0", ("papers.lan",), "http://papers.lan:8080"),
        ("10.0.0.5", (), "http://10.0.0.5:8080"),
        ("fd00::5", (), "http://[fd00::5]:8080"),
    ],
)
def test_a_phone_reaches_what_listens_beyond_this_machine(
    host: str, names: tuple[str, ...], expected: str | None
) -> None:
    assert phone_address(host, 8080, names, lambda: "192.168.1.7") == expected


@pytest.mark.parametrize("own", [None, "127.0.0.1"])
def test_without_a_network_there_is_no_such_address(own: str | None) -> None:
    assert phone_address("0.0.0.0", 8080, (), lambda: own) is None


def test_a_qr_code_is_made_of_block_characters() -> None:
    lines = qr_code("http://192.168.1.7:8080/?token=abc").splitlines()
    assert 10 < len(lines) < 30
    assert set("".join(lines)) <= set(" ▀▄█\x1b[0123456789;m")
