"""What `papersys publish --deploy` does and says, with no running system."""

from services.publisher.settings import Settings
from services.publisher.site.deploying.opening import open_deployment
from shared.command_line.output import say, warn
from shared.store.files.data_folder import DataFolder

_NAMED = 10


def deploy_site(settings: Settings, *, dry_run: bool) -> None:
    """Deploy the built site, or say what would go up. Raises PapersysError that says why that failed."""
    site = settings.publisher.site
    if not site.address and settings.publisher.deploy.to != "none":
        warn(f"publisher.site.address is not set: the feed and the sitemap lead to {site.address_in_use()}.")
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    deployment = open_deployment(data, settings.publisher.deploy, site.address or "", tell=warn)
    if not dry_run:
        deployed = deployment.deploy()
        at = f" It is at {deployed.address}" if deployed.address else ""
        say(f"Deployed to {deployed.where}: {deployed.changes}.{at}")
        return
    changes, where = deployment.plan()
    say(f"To {where} would go: {changes}." if changes else f"Nothing would change: {where} has this site already.")
    for name, paths in (("new", changes.new), ("changed", changes.changed), ("removed", changes.removed)):
        for path in paths[:_NAMED]:
            say(f"  {name}: {path}")
        if len(paths) > _NAMED:
            say(f"  {name}: and {len(paths) - _NAMED} more")
