"""Whether somebody still reads here: feeds and links in e-mails outlast a session."""

from services.publisher.access.policy import AccessPolicy
from shared.contracts import DEFAULT_USER


def is_member(access: AccessPolicy, user: str) -> bool:
    """The owner always is; another user until removed."""
    return user == DEFAULT_USER or access.users is None or access.users.get(user) is not None
