"""Folders of users beside the ranker's own."""

from shared.store.files.file_names import file_name as file_name
from shared.store.files.file_names import hashed_name

_OURS = frozenset({"arrivals", "backgrounds", "outbox"})


def user_folder(user: str) -> str:
    """As `file_name`, for a folder of a user's beside the ranker's own, whose names it never takes.

    Case does not tell users apart on every disk, so a name that is ours in other letters is not taken either.
    """
    is_ours = user.casefold() in _OURS or user.casefold().startswith("seeds-")
    return hashed_name(user) if is_ours else file_name(user)
