"""What lies in deploy/monitoring is what Prometheus and Grafana can read; each alert fires when it should."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from shared.settings.settings import SERVICES, HttpSettings
from tests.support.checks.promql import MONITORING, alert_rules, dashboard_expressions, selectors

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")


def promtool(*arguments: str) -> str:
    """Its output; fails the test where it ends with an error."""
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_promtool
def test_prometheus_takes_the_configuration_and_the_rules() -> None:
    assert "SUCCESS" in promtool("check", "config", str(MONITORING / "prometheus.yml"))


@needs_promtool
def test_prometheus_takes_the_configuration_for_kubernetes(tmp_path: Path) -> None:
    """But for the discovery of pods, which Debian's promtool is built without."""
    config = yaml.safe_load((MONITORING / "prometheus-kubernetes.yml").read_text("utf-8"))
    assert config["scrape_configs"][0].pop("kubernetes_sd_configs")[0]["role"] == "pod"
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump({**config, "rule_files": [str(MONITORING / "alerts.yml")]}))
    assert "SUCCESS" in promtool("check", "config", str(tmp_path / "prometheus.yml"))


@needs_promtool
def test_prometheus_can_parse_every_query_of_the_dashboard(tmp_path: Path) -> None:
    queries = [expression.replace("$__rate_interval", "5m") for expression in dashboard_expressions()]
    rules = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(queries)]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    assert f"{len(rules)} rules found" in promtool("check", "rules", str(tmp_path / "rules.yml"))


@needs_promtool
@pytest.mark.proof
def test_each_alert_fires_when_it_should_and_is_silent_when_it_should_not() -> None:
    assert "SUCCESS" in promtool("test", "rules", str(MONITORING / "alerts_test.yml"))


def test_each_alert_is_tested_firing_and_silent_and_says_what_to_do() -> None:
    cases = yaml.safe_load((MONITORING / "alerts_test.yml").read_text("utf-8"))["tests"]
    tested = [(test["expr"], bool(test.get("exp_samples"))) for case in cases for test in case["promql_expr_test"]]
    for rule in alert_rules():
        outcomes = {fires for expression, fires in tested if f'alertname="{rule["alert"]}"' in expression}
        assert outcomes == {True, False}, rule["alert"]
        assert set(rule["annotations"]) == {"summary", "description"}
        assert rule["labels"]["severity"] in ("critical", "warning", "info")


def test_every_service_is_scraped_at_its_port() -> None:
    (job,) = yaml.safe_load((MONITORING / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    scraped = {config["labels"]["service"]: config["targets"] for config in job["static_configs"]}
    assert scraped == {service: [f"127.0.0.1:{HttpSettings().port_of(service)}"] for service in SERVICES}


def test_panels_have_titles_and_places_of_their_own() -> None:
    panels = json.loads((MONITORING / "grafana-dashboard.json").read_text("utf-8"))["panels"]
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
    assert len(places) == len({panel["title"] for panel in panels}) == len(panels)


def test_selectors_are_told_from_functions_and_labels() -> None:
    expression = 'sum by (le) (rate(papersys_reader_seconds_bucket{status="2xx", page!~"x"}[5m])) > up'
    labels = frozenset({"status", "page"})
    assert selectors(expression) == {("papersys_reader_seconds_bucket", labels), ("up", frozenset())}
