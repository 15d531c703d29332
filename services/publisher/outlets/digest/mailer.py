"""Hands e-mails to the SMTP server of the settings."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from shared.errors import SettingsError, TemporaryFailure
from shared.settings.sections.digest import DigestSettings


class Mailer:
    """Blocking; a connection for each message, because there are few."""

    def __init__(self, settings: DigestSettings) -> None:
        self._settings = settings

    def send(self, message: EmailMessage) -> None:
        """Raises TemporaryFailure that says what the server objected to, and never what the password is."""
        where = f"The SMTP server {self._settings.smtp_host}:{self._settings.smtp_port}"
        try:
            with self._connection() as server:
                if self._settings.smtp_user:
                    server.login(self._settings.smtp_user, self._settings.password())
                server.send_message(message)
        except smtplib.SMTPAuthenticationError as error:
            why = f"{where} refused the user name or password ({error.smtp_code}); see digest.smtp_user."
            raise TemporaryFailure(why) from None
        except smtplib.SMTPNotSupportedError as error:
            why = f"{where} does not offer what digest.security {self._settings.security} needs: {error}."
            raise TemporaryFailure(why) from error
        except smtplib.SMTPRecipientsRefused as error:
            why = "; ".join(f"{address}: {code} {_text(text)}" for address, (code, text) in error.recipients.items())
            raise TemporaryFailure(f"{where} does not take e-mail for {why}.") from error
        except smtplib.SMTPResponseException as error:
            raise TemporaryFailure(f"{where} refused: {error.smtp_code} {_text(error.smtp_error)}.") from error
        except ssl.SSLError as error:
            raise TemporaryFailure(f"{where} cannot be trusted or speaks no TLS here: {error.reason}.") from error
        except (OSError, smtplib.SMTPException, SettingsError) as error:
            raise TemporaryFailure(f"{where} cannot be used: {error}.") from error

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        settings, context = self._settings, ssl.create_default_context()
        host, timeout = settings.smtp_host or "", settings.timeout_seconds
        if settings.security == "tls":
            with smtplib.SMTP_SSL(host, settings.smtp_port, timeout=timeout, context=context) as server:
                yield server
            return
        with smtplib.SMTP(host, settings.smtp_port, timeout=timeout) as server:
            if settings.security == "starttls":
                server.starttls(context=context)
            yield server


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:200]
