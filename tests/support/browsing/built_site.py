"""The static site, built from a seeded data folder; what npm installs for it is kept for the next run of tests."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.publisher.records.records import Records
from services.publisher.site.building.build import Built, SiteBuilder
from services.publisher.site.markdown_files import Site
from services.publisher.site.preview import open_preview
from services.publisher.site.settings import GiscusSettings, SiteSettings
from shared.store.files.data_folder import DataFolder
from tests.support.bus.ports import free_port

GISCUS = GiscusSettings(repo="someone/papers", repo_id="R_1", category="Papers", category_id="DIC_1")


def tools() -> Path:
    """A folder for what npm installs."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "papersys-tests" / "site"


def write_site(data: DataFolder) -> None:
    records = Records(data, "minilm")
    assert Site(data, records, "https://arxiv.org").publish(records.summarised_ids()) == {}


def builder(data: DataFolder, giscus: GiscusSettings | None = None, **settings: object) -> SiteBuilder:
    site = SiteSettings.model_validate({"tools": tools(), **settings})
    return SiteBuilder(data, site, giscus or GiscusSettings(), "https://arxiv.org")


def build_site(data: DataFolder, giscus: GiscusSettings | None = None, **settings: object) -> Built:
    return builder(data, giscus, **settings).build()


@contextmanager
def previewing(data: DataFolder, address: str = "http://127.0.0.1") -> Iterator[str]:
    """The address of the published site, with the path of `address`."""
    port = free_port()
    with open_preview(data.path("site", "public"), port, address) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{port}"
        server.shutdown()
        thread.join(10)
