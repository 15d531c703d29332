"""Cores and memory, with the limits of a container."""

from pathlib import Path

from services.summarizer.own_model.machine import this_machine


def test_without_limits_it_is_the_machine_itself(tmp_path: Path) -> None:
    machine = this_machine(tmp_path)
    assert machine.cores >= 1
    assert machine.free_bytes > 1 << 20


def test_a_containers_limits_count(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("100000 100000\n")
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("400000\n")
    machine = this_machine(tmp_path)
    assert (machine.cores, machine.free_bytes) == (1, 600_000)


def test_a_container_without_limits_says_max(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert this_machine(tmp_path).cores == this_machine(tmp_path / "nowhere").cores
