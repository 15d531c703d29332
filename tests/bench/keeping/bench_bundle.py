"""Export and import of bundles over years of papers, beside packing and copying the same folder plainly.

python -m tests.bench.keeping.bench_bundle [--papers 300000] [--summaries 10000] [--folder DIR] [--scratch DIR]

Prints a table and JSON; asserts nothing. Plainly: `tar | zstd` and back. An import checks every row.
"""

import json
import os
import resource
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.bundles.archive.reading import open_bundle
from deploy.bundles.datasets.dataset import Source
from deploy.bundles.exporting import export_bundle
from deploy.bundles.importing import merge_bundle, target_of
from shared.store.files.data_folder import DataFolder
from tests.bench.keeping.bench_backup import pack, unpack
from tests.bench.keeping.large_folder import Row, cost_of, large_folder, options_of, size_of, table_of

NOW = datetime.now(UTC)


def main() -> None:
    with large_folder(options_of(__doc__)) as (folder, scratch):
        bundle, other = scratch / "bundle.zip", DataFolder(scratch / "other", 0)
        packed = cost_of(lambda: pack(folder, scratch / "packed.tar.zst"))
        unpacked = unpack(scratch)
        rows = {
            "export": Row(cost_of(lambda: export(folder, bundle)), packed, "tar, zstd -3"),
            "import into an empty folder": Row(cost_of(lambda: merge(bundle, other)), unpacked, "zstd, tar"),
            "import once more": Row(cost_of(lambda: merge(bundle, other)), unpacked, "zstd, tar"),
        }
        sizes = {
            "folder, MB": size_of(folder) / 1e6,
            "bundle, MB": bundle.stat().st_size / 1e6,
            "tar.zst, MB": (scratch / "packed.tar.zst").stat().st_size / 1e6,
            "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "load": os.getloadavg()[0],
        }
    print(table_of(rows))
    print(json.dumps({name: round(value, 1) for name, value in sizes.items()}))


def export(folder: Path, bundle: Path) -> None:
    export_bundle(Source(DataFolder(folder, 0)), bundle, NOW, min_free_mb=0)


def merge(bundle: Path, data: DataFolder) -> None:
    """What `papersys bundle import --yes` does: checked, then merged."""
    data.prepare()
    with open_bundle(bundle) as opened:
        opened.verify()
        merge_bundle(opened, target_of(opened.package, data, None, NOW + timedelta(days=1), dry_run=False))


if __name__ == "__main__":
    main()
