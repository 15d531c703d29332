"""Who counts is told by the id that was seen first with a login."""

from services.feedback.giscus.accounts import AllowedAccounts
from services.feedback.giscus.github.answers import Account

ADA, RENAMED, IMPOSTOR = (
    Account(login="Ada", id="U_1"),
    Account(login="lovelace", id="U_1"),
    Account(login="ada", id="U_2"),
)


def test_an_account_counts_under_its_new_login_and_its_old_login_counts_no_longer() -> None:
    accounts = AllowedAccounts(["ada"], {})
    assert accounts.unknown == ["ada"]
    assert [accounts.name_of(one) for one in (ADA, RENAMED, IMPOSTOR)] == ["ada", "ada", None]
    assert (accounts.ids, accounts.impostors) == ({"ada": "U_1"}, {"ada"})


def test_ids_of_logins_that_left_the_settings_count_no_longer() -> None:
    assert AllowedAccounts(["bob"], {"ada": "U_1"}).name_of(ADA) is None


def test_who_has_no_id_or_is_gone_is_a_stranger() -> None:
    accounts = AllowedAccounts(["ada"], {})
    assert accounts.name_of(Account(login="ada")) is None
    assert accounts.name_of(None) is None
