"""A real SMTP server on this machine, with the e-mails that it took."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from shared.settings.sections.digest import DigestSettings
from tests.support.bus.ports import free_port

USER, PASSWORD = "papersys", "a-mail-password"
TO = "reader@example.org"


class Inbox:
    """What was delivered; `refusal` is what the server says to every message instead of taking it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.messages: list[EmailMessage] = []
        self.refusal = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusal:
            return self.refusal
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"

    def settings(self, **others: Any) -> DigestSettings:
        """Settings of a digest that is sent through this server."""
        facts = {
            "smtp_host": "127.0.0.1",
            "smtp_port": self.port,
            "security": "none",
            "smtp_user": USER,
            "smtp_password": PASSWORD,
            "sender": "papersys@example.org",
            "to": {"me": TO},
            "timeout_seconds": 5,
        }
        return DigestSettings.model_validate({**facts, **others})


@contextmanager
def smtp_server() -> Iterator[Inbox]:
    inbox = Inbox(free_port())

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        is_right = isinstance(login, LoginPassword) and (login.login, login.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=is_right, handled=False)

    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=inbox.port,
        auth_required=True,
        auth_require_tls=False,
        authenticator=authenticate,
    )
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()
