"""What SMTP servers say, in words; on a real one."""

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from services.publisher.outlets.digest.mailer import Mailer
from shared.errors import TemporaryFailure
from tests.support.bus.ports import free_port
from tests.support.outside.smtp import PASSWORD, TO, Inbox, smtp_server


@pytest.fixture(scope="module")
def server() -> Iterator[Inbox]:
    with smtp_server() as inbox:
        yield inbox


@pytest.fixture
def inbox(server: Inbox) -> Inbox:
    server.messages.clear()
    server.refusal = ""
    return server


def message() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "papersys@example.org", TO, "Eine Übung"
    message.set_content("Zürich · $x$\n")
    return message


def test_a_message_arrives_whole(inbox: Inbox) -> None:
    Mailer(inbox.settings()).send(message())
    (arrived,) = inbox.messages
    assert (arrived["Subject"], arrived.get_content()) == ("Eine Übung", "Zürich · $x$\r\n")


@pytest.mark.parametrize(
    ("others", "refusal", "said"),
    [
        ({"smtp_password": "wrong-password"}, "", "refused the user name or password"),
        ({"security": "starttls"}, "", "does not offer what digest.security starttls needs"),
        ({"security": "tls"}, "", "speaks no TLS here"),
        ({"smtp_port": free_port()}, "", "cannot be used"),
        ({"smtp_host": "no-such-host.invalid", "smtp_user": None}, "", "cannot be used"),
        ({"smtp_password": None, "smtp_password_file": "/no/such/file"}, "", "digest.smtp_password_file"),
        ({}, "554 5.7.1 this looks like spam", "refused: 554 5.7.1 this looks like spam"),
    ],
)
def test_a_failure_says_what_to_do_and_no_password(
    inbox: Inbox, others: dict[str, Any], refusal: str, said: str
) -> None:
    inbox.refusal = refusal
    with pytest.raises(TemporaryFailure) as failure:
        Mailer(inbox.settings(**others)).send(message())
    assert said in str(failure.value)
    assert PASSWORD not in str(failure.value)
    assert "wrong-password" not in str(failure.value)
