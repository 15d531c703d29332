"""What the links in an e-mail carry: who wants what, signed, so that nobody else can make one.

The key is `state/publisher/mail_key`; without it, old links end.
"""

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast, get_args

from itsdangerous import BadSignature, URLSafeTimedSerializer

from shared.paper_ids import parse_paper_id
from shared.store.files.data_folder import DataFolder

Wish = Literal["like", "dislike", "unsubscribe"]
_RATING_SECONDS = 90 * 86_400
_LOCK_SECONDS = 5.0


@dataclass(frozen=True)
class MailAction:
    """What a link asks for; `paper_id` is empty where it is about no paper."""

    wish: Wish
    user: str
    paper_id: str = ""


class SignedLinks:
    """Makes and reads the tokens in links."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def token(self, action: MailAction) -> str:
        """Raises TemporaryFailure where there is no key yet and none can be kept."""
        return str(self._serializer.dumps([action.wish, action.user, action.paper_id]))

    def read(self, token: str) -> MailAction | None:
        """What a token asks for; None where it is none of ours, or a rating over 90 days old."""
        try:
            wish, user, paper_id = self._serializer.loads(token)
            if wish not in get_args(Wish) or not isinstance(user, str):
                return None
            if wish != "unsubscribe":
                self._serializer.loads(token, max_age=_RATING_SECONDS)
                paper_id = parse_paper_id(paper_id)
        except (BadSignature, ValueError, TypeError, AttributeError):
            return None
        return MailAction(cast(Wish, wish), user, paper_id)

    @cached_property
    def _serializer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._key(), salt="papersys mail")

    def _key(self) -> str:
        path = self._data.path("state", "publisher", "mail_key")
        with self._data.lock("mail_key", _LOCK_SECONDS):
            kept = path.read_text("ascii", "replace").strip() if path.exists() else ""
            if len(kept) < 32:
                kept = secrets.token_hex(32)
                self._data.write_text(path, kept + "\n")
                path.chmod(0o600)
        return kept
