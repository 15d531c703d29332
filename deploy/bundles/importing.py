"""Merges a bundle into a data folder; the same bundle again changes nothing, also after a kill in between."""

from collections.abc import Iterable
from datetime import datetime

from deploy.bundles.all_datasets import DATASETS
from deploy.bundles.archive.package import Package
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.datasets.dataset import Target
from deploy.bundles.tally import Tally
from shared.contracts import AHEAD
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.people.users import UserStore

_BY_NAME = {dataset.name: dataset for dataset in DATASETS}
_ORDER = {name: number for number, name in enumerate(_BY_NAME)}


def target_of(package: Package, data: DataFolder, user: str | None, at: datetime, *, dry_run: bool) -> Target:
    """Where and under which name a bundle is merged. Raises PapersysError where that is not known."""
    if user and not package.user:
        raise PapersysError("This bundle is of everybody; --user is for bundles of one person.")
    here = user or package.user
    if here:
        try:
            UserStore(data).require(here)
        except PapersysError as error:
            raise PapersysError(f"{error} Add them with `papersys users add`, or name somebody with --user.") from None
    return Target(data, at + AHEAD, dry_run, {package.user: here} if here != package.user else {})


def merge_bundle(bundle: Bundle, target: Target) -> list[Tally]:
    """Merge every file, by dataset; what this papersys does not know is counted as refused.

    The bundle is verified before. Raises TemporaryFailure where the disk is full; the same import again goes on.
    """
    tallies: dict[str, Tally] = {}
    for resource in sorted(bundle.package.resources, key=lambda each: _ORDER.get(each.dataset, len(_ORDER))):
        dataset = _BY_NAME.get(resource.dataset)
        if dataset is None:
            done = Tally(resource.dataset)
            done.refuse(f"{resource.path} is of a kind that this papersys does not know", resource.rows)
        else:
            done = dataset.merge(bundle, resource, target)
        tallies.setdefault(resource.dataset, Tally(resource.dataset)).add(done)
    return list(tallies.values())


def has_changes(tallies: Iterable[Tally]) -> bool:
    return any(tally.changes for tally in tallies)
