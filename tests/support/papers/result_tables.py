"""Tables as a converted paper has them, for tests of results."""

from datetime import UTC, datetime

from shared.store.papers.results import PaperResults, Result, ResultTable

MADE = datetime(2026, 11, 6, 12, tzinfo=UTC)

GRID = """\
**Table 2.** Exact match and F1 on the SQuAD 1.1 development set.

+:---------------+:--------:+:---------:+:----:+
| Model          | SQuAD                | Size |
|                +----------+-----------+------+
|                | EM       | F1        |      |
+----------------+----------+-----------+------+
| BiDAF [@seo]   | 67.7     | 77.3      | 2.6M |
+----------------+----------+-----------+------+
| SpanTree       | 84.1     | **90.9**  | 110M |
+----------------+----------+-----------+------+
"""

PIPE = """\
**Table 1.** Accuracy in per cent on CIFAR-10 and CIFAR-100.

|  |  |  |
|:---|:--:|:--:|
| Method | CIFAR-10 | CIFAR-100 |
| ResNet \\[7\\] | 93.57 $\\pm$ 0.2 | 71.2 |
| **Ours** | $\\mathbf{95.1}$ | -- |
"""

DOCUMENT = f"""# SpanTree: answers by trees

## Experiments

We report image classification in Table [tab:cifar].

{PIPE}
Table 2 shows question answering.

{GRID}
The end.
"""


def result(value: str = "90.9", **changed: object) -> Result:
    """A result of SQuAD's F1 of the paper's own method."""
    facts: dict[str, object] = {
        "cell": value, "value": value, "row": ("SpanTree",), "column": ("SQuAD", "F1"), "start": 500, "end": 504,
        "task": "question answering", "dataset": "SQuAD 1.1", "metric": "F1", "split": "dev", "better": "higher",
        "is_own": True,
    }  # fmt: skip
    return Result.model_validate({**facts, **changed})


def paper_results(paper_id: str, *results: Result, caption: str = "F1 on SQuAD 1.1.", version: int = 1) -> PaperResults:
    """One table with these results."""
    table = ResultTable(number=2, caption=caption, section="Experiments", start=400, end=900, results=results)
    return PaperResults(paper_id=paper_id, version=version, route="latex", recipe=1, tables=(table,), made_at=MADE)
