"""A harvest as one trace through the real processes, from the fetcher's announcement to the page."""

from pathlib import Path

import pytest

from tests.support.checks.waiting import eventually_sync
from tests.support.outside.otlp_collector import Collector, otlp_collector
from tests.support.processes.system import System

WAY = [
    ("fetcher", "publish papers.new"),
    ("embedder", "handle papers.new"),
    ("embedder", "publish embeddings.ready"),
    ("ranker", "handle embeddings.ready"),
    ("ranker", "publish papers.selected"),
    ("summarizer", "handle papers.selected"),
    ("summarizer", "read paper"),
    ("summarizer", "ask fetcher.document"),
    ("fetcher", "answer fetcher.document"),
    ("summarizer", "publish summaries.ready"),
    ("publisher", "handle summaries.ready"),
]


def traces_with_the_whole_way(collector: Collector) -> set[str]:
    traces = [{span.trace_id for span in collector.named(service, name)} for service, name in WAY]
    return set.intersection(*traces)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.xdist_group("traces")
def test_one_trace_holds_a_papers_whole_way(tmp_path: Path) -> None:
    with otlp_collector() as collector:
        system = System(tmp_path, PAPERSYS_TRACING__ENDPOINT=collector.address)
        try:
            system.start(wait=False)
            eventually_sync(lambda: traces_with_the_whole_way(collector), 500, more=system.log_tail)
        finally:
            system.end()
    (trace,) = traces_with_the_whole_way(collector)
    spans = [span for span in collector.spans if span.trace_id == trace]
    parents = {span.span_id for span in spans}
    assert [span.name for span in spans if span.parent_id and span.parent_id not in parents] == []
    assert len({span.facts["papersys.run_id"] for span in spans if "papersys.run_id" in span.facts}) == 1
    assert all(span.facts["papersys.paper_id"] for span in spans if span.name == "read paper")
