"""Who counts: the accounts of the settings, told by the id that GitHub gave them and not by a login alone.

A login can be given up and taken by somebody else; the id that was seen first with a login stays the one that counts.
"""

import logging
from collections.abc import Iterable, Mapping

from services.feedback.giscus.github.answers import Account

log = logging.getLogger(__name__)


class AllowedAccounts:
    """The accounts whose words are ratings; `ids` by login in lower case, as far as they are known."""

    def __init__(self, logins: Iterable[str], ids: Mapping[str, str]) -> None:
        self._logins = {login.casefold(): login for login in logins}
        self.ids = {login: ids[login] for login in self._logins if login in ids}
        self.impostors: set[str] = set()

    @property
    def unknown(self) -> list[str]:
        """Logins whose id was never seen, as the settings write them."""
        return [login for key, login in self._logins.items() if key not in self.ids]

    def learn(self, account: Account) -> None:
        """Note the id of an allowed login at first sight."""
        key = account.login.casefold()
        if key in self._logins and account.id and key not in self.ids:
            self.ids[key] = account.id

    def name_of(self, account: Account | None) -> str | None:
        """The login in the settings of an account that counts; None for strangers, and for accounts that are gone."""
        if account is None or not account.id:
            return None
        self.learn(account)
        for key, known_id in self.ids.items():
            if known_id == account.id:
                return self._logins[key]
        if account.login.casefold() in self._logins:
            self._note_impostor(account.login)
        return None

    def _note_impostor(self, login: str) -> None:
        if login.casefold() not in self.impostors:
            self.impostors.add(login.casefold())
            text = "The login %s is another account now than the one that was seen first; what it says does not count."
            log.warning(text, login, extra={"action": "giscus_other_account"})
