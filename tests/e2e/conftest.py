"""One running system that the tests of its group share; each leaves it as it found it."""

from collections.abc import Iterator

import pytest

from tests.support.processes.system import System, running_system


@pytest.fixture(autouse=True)
def _group_is_kept(request: pytest.FixtureRequest) -> None:
    """Without its group a system would be started on every worker, which is slow and tells nobody."""
    if getattr(request.config.option, "loadgroup", False):
        assert "@" in request.node.nodeid, "pytest-xdist does not keep xdist_group; see the pin of pytest"


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    quick = "[0.2, 0.2, 0.2]"
    with running_system(tmp_path_factory.mktemp("system"), PAPERSYS_BUS__RETRY_DELAYS_SECONDS=quick) as system:
        yield system
