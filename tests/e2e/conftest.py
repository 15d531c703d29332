"""One running system that the tests of its group share; each leaves it as it found it."""

from collections.abc import Iterator

import pytest

from tests.support.system import System, running_system


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    quick = "[0.2, 0.2, 0.2]"
    with running_system(tmp_path_factory.mktemp("system"), PAPERSYS_BUS__RETRY_DELAYS_SECONDS=quick) as system:
        yield system
