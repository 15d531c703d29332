"""The plan of processes, as a value."""

from pathlib import Path

from deploy.launcher.plan import Addresses, plan
from shared.settings.settings import SERVICES

ADDRESSES = Addresses("127.0.0.1", 4222, "127.0.0.1", 8101, "127.0.0.1", 8080, demo_port=8099)


def test_nats_comes_first_the_demo_next_and_the_services_last() -> None:
    programs = plan(ADDRESSES, {}, nats_program=Path("nats-server"), nats_config=Path("nats.conf"))
    assert [program.name for program in programs] == ["nats", "demo", *SERVICES]
    assert [program.stage for program in programs] == [0, 1, 2, 2, 3, 3, 3, 3]


def test_an_external_nats_and_no_demo_leave_the_services_alone() -> None:
    addresses = Addresses("h", 1, "127.0.0.1", 8101, "127.0.0.1", 8080)
    programs = plan(addresses, {}, nats_program=None, nats_config=None)
    assert [program.name for program in programs] == list(SERVICES)


def test_every_port_knows_the_setting_that_moves_it() -> None:
    needed = ADDRESSES.needed(embedded_nats=True)
    assert needed[4222] == "bus.port"
    assert needed[8106] == "http.first_port"
    assert len(needed) == 9
    assert 4222 not in ADDRESSES.needed(embedded_nats=False)
