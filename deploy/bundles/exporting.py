"""Exports a data folder, or what one user left in it, as a bundle; the system may run meanwhile."""

from collections.abc import Collection
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from deploy.bundles.all_datasets import DATASETS
from deploy.bundles.archive.package import Package
from deploy.bundles.archive.writing import new_bundle
from deploy.bundles.datasets.dataset import Source
from deploy.bundles.wording import readme_of, whose


def export_bundle(
    source: Source, path: Path, created: datetime, *, without: Collection[str] = (), min_free_mb: int = 200
) -> Package:
    """Write a bundle, whole or not at all. Raises TemporaryFailure where the disk is full."""
    with new_bundle(path, min_free_mb) as bundle:
        for dataset in DATASETS:
            if dataset.name not in without:
                dataset.write(source, bundle)
        package = Package(
            title=f"papersys: {whose(source.user)}",
            description="An export of papersys, to be read by any program or merged into another papersys.",
            created=created,
            version=_own_version(),
            user=source.user,
            resources=tuple(bundle.resources),
        )
        bundle.finish(package, readme_of(package, DATASETS))
    return package


def _own_version() -> str:
    try:
        return version("papersys")
    except PackageNotFoundError:
        return ""
