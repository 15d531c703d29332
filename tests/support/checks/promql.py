"""What the dashboard and the alert rules ask Prometheus for."""

import json
import re
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

MONITORING = Path(__file__).parents[3] / "deploy" / "monitoring"
_SELECTOR = re.compile(r"\b(up|papersys_\w+|process_\w+)\b(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"')


def dashboard_expressions() -> list[str]:
    """Each query of the dashboard, annotations too."""
    board: dict[str, Any] = json.loads((MONITORING / "grafana-dashboard.json").read_text("utf-8"))
    targets = [target for panel in board["panels"] for target in panel.get("targets", [])]
    return [entry["expr"] for entry in (*targets, *board["annotations"]["list"])]


def alert_rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((MONITORING / "alerts.yml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def selectors(expression: str) -> set[tuple[str, frozenset[str]]]:
    """The metrics that an expression names, each with the labels that it is narrowed by."""
    return {(name, frozenset(_MATCHER.findall(matchers))) for name, matchers in _SELECTOR.findall(expression)}
