"""Health pages: ready, away, or another program on the port."""

import httpx
import pytest

from services.publisher.system.status.health import HealthPages, ServiceState, brief_health
from shared.settings.settings import SERVICES, HttpSettings


@pytest.mark.parametrize(
    ("response", "state", "problem"),
    [
        (httpx.Response(200, json={"service": "ranker", "status": "ready", "problems": {}}), "ready", ""),
        (httpx.Response(200, json={"service": "other"}), "unreachable", "another program at"),
        (httpx.Response(200, text="<html>"), "unreachable", "no answer at"),
        (httpx.Response(200, json=[1]), "unreachable", "no answer at"),
    ],
)
async def test_a_service_is_as_its_health_page_says(response: httpx.Response, state: str, problem: str) -> None:
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: response), trust_env=False)
    pages = HealthPages(HttpSettings(), client)
    ranker = (await pages.ask())[SERVICES.index("ranker")]
    await pages.close()
    assert ranker.state == state
    assert problem in "".join(ranker.problems.values())


def test_problems_are_told_only_where_they_may_be() -> None:
    services = [ServiceState(service="ranker", state="waiting", problems={"model": "not loaded"})]
    assert brief_health(services, with_problems=False) == {"status": "waiting", "services": {"ranker": "waiting"}}
    assert brief_health(services, with_problems=True)["problems"] == {"ranker": {"model": "not loaded"}}
