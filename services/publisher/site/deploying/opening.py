"""Makes the deployer that the settings name."""

import os
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path

from services.publisher.site.deploying.deployer import Deployer
from services.publisher.site.deploying.deployment import Deployment
from services.publisher.site.deploying.destinations.cloudflare import CloudflareDeployer, wrangler_environment
from services.publisher.site.deploying.destinations.folder import FolderDeployer
from services.publisher.site.deploying.destinations.git_branch import GitDeployer
from services.publisher.site.deploying.destinations.git_program import open_git
from services.publisher.site.deploying.destinations.rsync import RsyncDeployer
from services.publisher.site.deploying.destinations.wrangler import forget_wrangler, wrangler_command
from services.publisher.site.deploying.known_hashes import KnownHashes
from services.publisher.site.deploying.last_deployment import DeploymentStore
from services.publisher.site.deploying.manifest import SiteFile, site_file
from services.publisher.site.deploying.settings import DeploySettings
from services.publisher.site.programs import Program
from shared.errors import SettingsError
from shared.store.files.data_folder import DataFolder

_PAGES_BRANCH, _PRODUCTION_BRANCH = "gh-pages", "main"


def public_folder(data: DataFolder) -> Path:
    """Where a build puts the site."""
    return data.path("site", "public")


def open_deployment(
    data: DataFolder, settings: DeploySettings, address: str = "", tell: Callable[[str], None] | None = None
) -> Deployment:
    """The built site on its way to where the settings say; `address` is where people find it.

    Building this is free and asks nobody.
    """
    delays, hashes = settings.retry_delays_seconds, KnownHashes(data)

    def open_again() -> Deployer:
        return open_deployer(data, settings, address, hashes.file)

    secrets = [path for path in (settings.token_file, settings.ssh_key_file) if path]
    return Deployment(data, public_folder(data), open_again, delays, tell=tell, hashes=hashes, secrets=secrets)


def open_deployer(
    data: DataFolder, settings: DeploySettings, address: str = "", read: Callable[[Path], SiteFile] = site_file
) -> Deployer:
    """`read` gives hash and size of a file.

    Raises SettingsError where there is no destination, or its secret is missing.
    """
    match settings.to:
        case "folder":
            assert settings.folder is not None  # noqa: S101 (the settings see to it)
            return FolderDeployer(settings.folder, address, own=(data.root,), read=read)
        case "rsync":
            return RsyncDeployer(_rsync(settings), settings.rsync_to or "", address, read)
        case "git":
            return _git(data, settings, address)
        case "cloudflare":
            return _cloudflare(data, settings, read)
        case _:
            raise SettingsError(
                "There is nowhere to deploy the site to; set publisher.deploy.to to cloudflare, git, rsync or folder "
                "(docs/deploying.md)."
            )


def _rsync(settings: DeploySettings) -> Program:
    secret = settings.secret()
    environment = {"RSYNC_RSH": _ssh(settings), "LC_ALL": "C.UTF-8"}
    environment |= {"RSYNC_PASSWORD": secret} if secret else {}
    environment |= {"USER": settings.user} if settings.user else {}
    return Program(("rsync",), environment, (secret,), settings.timeout_minutes * 60)


def _git(data: DataFolder, settings: DeploySettings, address: str) -> GitDeployer:
    repository = os.path.expanduser(settings.repository or "")  # noqa: PTH111 (it may be an address)
    git = open_git(
        data.path("state", "deploy", "git"),
        repository,
        user=settings.user or "",
        secret=settings.secret(),
        ssh=_ssh(settings),
        timeout_seconds=settings.timeout_minutes * 60,
    )
    return GitDeployer(git, repository, settings.branch or _PAGES_BRANCH, address)


def _cloudflare(data: DataFolder, settings: DeploySettings, read: Callable[[Path], SiteFile]) -> CloudflareDeployer:
    token = settings.needed_secret("a token of Cloudflare with the permission “Cloudflare Pages: Edit”")
    environment = wrangler_environment(settings.account_id or "", token)

    def open_wrangler() -> Program:
        seconds = settings.timeout_minutes * 60
        return Program(wrangler_command(data, settings.wrangler, seconds), environment, (token,), seconds)

    facts = settings.project or "", settings.branch or _PRODUCTION_BRANCH
    where = CloudflareDeployer(open_wrangler, *facts, {}).where
    forget = None if settings.wrangler else partial(forget_wrangler, data)
    return CloudflareDeployer(open_wrangler, *facts, DeploymentStore(data).files(where), read, forget)


def _ssh(settings: DeploySettings) -> str:
    """An ssh that never asks a person, because nobody may be there to answer."""
    options = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=30"]
    if settings.ssh_key_file:
        options += ["-i", str(settings.ssh_key_file.expanduser()), "-o", "IdentitiesOnly=yes"]
    return shlex.join(options)
