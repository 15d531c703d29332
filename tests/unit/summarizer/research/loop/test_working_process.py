"""Which process works on a question."""

import os
import socket
import subprocess
import sys

import psutil
import pytest

from services.summarizer.research.loop.asked.working_process import is_another_at_work, this_process
from tests.support.checks.waiting import eventually_sync

HOST = socket.gethostname()


def test_this_process_is_no_other() -> None:
    assert not is_another_at_work(this_process(), 0)


def test_another_process_is_at_work_as_long_as_it_lives() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = f"{HOST}:{child.pid}:{psutil.Process(child.pid).create_time():.2f}"
    assert is_another_at_work(owner, 0)
    child.kill()
    eventually_sync(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE, 10, "it is dead")
    assert not is_another_at_work(owner, 0), "its parent has not looked yet"
    child.communicate()
    assert not is_another_at_work(owner, 0)


def test_a_process_that_has_the_id_of_an_earlier_one_is_not_that() -> None:
    assert not is_another_at_work(f"{HOST}:{os.getppid()}:1", 0)
    assert not is_another_at_work(f"{HOST}:{os.getpid()}:1", 0)


@pytest.mark.parametrize(("silent", "at_work"), [(10, True), (1_000, False)])
def test_on_another_host_only_its_silence_tells(silent: float, at_work: bool) -> None:
    assert is_another_at_work("elsewhere:7:100", silent) is at_work


@pytest.mark.parametrize("owner", ["", HOST, f"{HOST}:", f"{HOST}:x:1", f"{HOST}:7"])
def test_what_names_no_process_keeps_nobody_from_going_on(owner: str) -> None:
    assert not is_another_at_work(owner, 0)
