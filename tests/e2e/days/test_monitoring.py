"""The dashboard and the alerts ask for metrics that a running system has."""

import re

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared.settings.settings import SERVICES
from tests.support.checks.promql import alert_rules, dashboard_expressions, selectors
from tests.support.checks.waiting import eventually_sync
from tests.support.processes.system import System

pytestmark = pytest.mark.xdist_group("system")

OF_PROMETHEUS = {"job", "service"}
"""Labels that the scrape configuration gives."""


def scraped(system: System) -> str:
    addresses = [f"{system.health(service).removesuffix('/health')}/metrics" for service in SERVICES]
    return "".join(httpx.get(address, timeout=60, trust_env=False).text for address in addresses)


def labels_by_metric(text: str) -> dict[str, set[str]]:
    """The labels of each metric; those of one that has no sample yet are not known."""
    kinds = re.findall(r"^# TYPE (\w+) (\w+)", text, re.MULTILINE)
    names = {name: set[str]() for name, _ in kinds}
    names |= {f"{name}_{part}": set() for name, kind in kinds if kind == "histogram" for part in ("bucket", "count")}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            names.setdefault(sample.name, set()).update(sample.labels)
    return names


def test_each_metric_and_label_of_dashboard_and_alerts_is_there(system: System) -> None:
    system.get("/")
    eventually_sync(lambda: "papersys_queue_waiting{" in scraped(system))
    known = labels_by_metric(scraped(system))
    for expression in [*dashboard_expressions(), *(rule["expr"] for rule in alert_rules())]:
        for name, labels in selectors(expression) - {("up", frozenset({"job"}))}:
            assert name in known, f"{name} in {expression}"
            assert not known[name] or labels <= known[name] | OF_PROMETHEUS, expression


def test_no_metric_tells_what_a_person_reads(system: System) -> None:
    system.get("/paper/2403.99999")
    pages = re.findall(r'page="([^"]*)"', scraped(system))
    assert "/paper/{text:path}" in pages
    assert not any("2403.99999" in page for page in pages)
