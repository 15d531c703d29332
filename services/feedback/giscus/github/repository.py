"""What is looked up before discussions are read: the id of the category, and those of the accounts that count."""

from collections.abc import Mapping

from services.feedback.giscus.accounts import AllowedAccounts
from services.feedback.giscus.github.answers import Account, page_of, read_node
from services.feedback.giscus.github.client import GitHub
from services.feedback.giscus.github.queries import ACCOUNT, REPOSITORY
from services.feedback.giscus.github.refusals import missing_repository
from shared.errors import PermanentFailure
from shared.settings.sections.giscus import GiscusSettings

_ID_OF_CATEGORY = "DIC_"


async def find_accounts(
    github: GitHub, settings: GiscusSettings, known_ids: Mapping[str, str]
) -> tuple[AllowedAccounts, list[str]]:
    """The accounts that count, and the logins that GitHub does not know. Asked for are those never seen alone."""
    accounts, missing = AllowedAccounts(settings.accounts, known_ids), []
    for login in accounts.unknown:
        user = (await github.ask(ACCOUNT, {"login": login})).data.get("user")
        account = read_node(Account, user) if isinstance(user, dict) else None
        if account is None:
            missing.append(login)
        else:
            accounts.learn(account)
    return accounts, missing


async def find_category(github: GitHub, settings: GiscusSettings, known_id: str | None) -> str | None:
    """The id of the settings' category; None for all. Raises PermanentFailure where there is no such category."""
    wanted = settings.category.strip()
    if not wanted or wanted.startswith(_ID_OF_CATEGORY):
        return wanted or None
    if known_id:
        return known_id
    owner, _, name = settings.repo.partition("/")
    answer = await github.ask(REPOSITORY, {"owner": owner, "name": name})
    repository = answer.data.get("repository")
    if not isinstance(repository, dict):
        raise missing_repository(settings.repo, answer.problems)
    nodes = page_of(repository.get("discussionCategories")).nodes
    ids = {str(node.get("name")): str(node.get("id")) for node in nodes}
    for there, category_id in ids.items():
        if there.casefold() == wanted.casefold():
            return category_id
    names = ", ".join(ids) or "none; are Discussions switched on in the repository's settings?"
    raise PermanentFailure(f"{settings.repo} has no category {wanted!r} (giscus.category); there are: {names}")
