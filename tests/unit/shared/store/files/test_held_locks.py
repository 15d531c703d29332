"""Whether a lock file is held."""

from pathlib import Path

from filelock import FileLock

from shared.store.files.held_locks import is_held


def test_a_lock_is_held_while_somebody_has_it(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    assert not is_held(path)
    assert not path.exists()
    with FileLock(path):
        assert is_held(path)
    assert not is_held(path)
