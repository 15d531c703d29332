"""Results of tables: every line readable, in its month, there once; numbers that are some; papers that are known."""

from decimal import Decimal, InvalidOperation

from deploy.verifying.datasets.summaries import records_of_months
from deploy.verifying.premises import Premises
from shared.store.keeping.findings import Findings
from shared.store.papers.results import PaperResults

REMEDY = "`papersys results --again` reads the tables again from the documents that are here"


def verify_results(premises: Premises, findings: Findings) -> None:
    """Look at every line, and at each of its numbers."""
    papers = set[str]()
    for path, record in records_of_months(premises, findings, "results", PaperResults):
        papers.add(record.paper_id)
        if premises.is_to_come(record.made_at):
            findings.damage(premises.place(path), f"the results of {record.paper_id} are of a time to come", REMEDY)
        odd = next((result.value for _, result in record.all() if not _is_number(result.value)), None)
        if odd is not None:
            findings.damage(premises.place(path), f"{record.paper_id} has {odd[:40]!r} for a number", REMEDY)
    premises.note_unknown_papers(findings, "results", "paper with results", papers)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
