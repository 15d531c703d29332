"""Traces of questions: whose each is and when it was asked, its steps, and whether papers that it cites are known.

And the weeks of what picks missed, which lie in files of their users too.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from deploy.verifying.lines import CUT, read_lines
from deploy.verifying.premises import Premises
from shared.contracts import ResearchResult
from shared.paper_ids import is_local
from shared.store.files.file_names import file_name
from shared.store.keeping.findings import RESTORE, Findings
from shared.store.people.missed import MissedWeek
from shared.store.research.traces import Step, TraceHead, head_of

_ADD_USER = "add the user with `papersys users add`, or move the file away"
_CLOCK = "move it away; a clock was wrong when it was made"
_ASK_AGAIN = f"{RESTORE}, or remove it and ask again"


def verify_questions(premises: Premises, findings: Findings) -> None:
    """Look at every trace, and at each of its steps."""
    cited = set[str]()
    for path in sorted(premises.data.path("traces").glob("????-??/*.jsonl")):
        place = premises.place(path)
        steps = list(_steps(path, place, findings))
        head = head_of(path.stem, steps)
        if head is None:
            findings.damage(place, "does not begin with a question", _ASK_AGAIN)
            continue
        _verify_head(premises, findings, path, head)
        for step in steps:
            if step.get("step") == "answered":
                cited |= _cited(step, place, findings)
    premises.note_unknown_papers(findings, "traces", "cited paper", sorted(cited))


def _steps(path: Path, place: str, findings: Findings) -> Iterator[Step]:
    for line in read_lines(path):
        if line.problem == CUT:
            continue  # an append that was killed, or is under way; the next one cuts it off
        try:
            step = json.loads(line.text) if not line.problem else None
        except (ValueError, RecursionError):
            step = None
        if isinstance(step, dict):
            yield step
        else:
            findings.damage(place, line.problem or "is no step of a question", _ASK_AGAIN, line=line.number)


def _verify_head(premises: Premises, findings: Findings, path: Path, head: TraceHead) -> None:
    place = premises.place(path)
    if head.user not in premises.users:
        findings.damage(place, f"is of {head.user!r}, who is no user here", _ADD_USER)
    if premises.is_to_come(head.asked_at) or premises.is_month_to_come(path.parent.name):
        findings.damage(place, "is of a time to come", _CLOCK)
    if path.stem[:6] != path.parent.name.replace("-", ""):
        findings.damage(place, "lies in another month, where nobody looks for it", "move it into its month's folder")


def _cited(step: Step, place: str, findings: Findings) -> set[str]:
    try:
        result = ResearchResult.model_validate(step.get("result"))
    except ValidationError as error:
        first = error.errors()[0]
        text = f"its answer cannot be read: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        findings.damage(place, text, _ASK_AGAIN)
        return set()
    return {citation.paper_id for citation in result.citations if not is_local(citation.paper_id)}


def verify_missed(premises: Premises, findings: Findings) -> None:
    """Look at every week; what cannot be read at all or is no JSON is said of `state`."""
    for path in sorted(premises.data.path("state", "missed").glob("*/*.json")):
        place = premises.place(path)
        try:
            week = MissedWeek.model_validate_json(path.read_bytes())
        except OSError:
            continue
        except ValidationError as error:
            first = error.errors()[0]
            if first["type"] != "json_invalid":
                text = f"cannot be read: {'.'.join(map(str, first['loc']))}: {first['msg']}"
                findings.damage(place, text, f"{RESTORE}, or remove it")
            continue
        if week.user not in premises.users:
            findings.damage(place, f"is of {week.user!r}, who is no user here", _ADD_USER)
        if (file_name(week.user), week.week) != (path.parent.name, path.stem):
            findings.damage(place, f"is {week.week} of {week.user!r}, which is another file", "move it to its place")
        if premises.is_to_come(week.made_at) or premises.is_to_come(week.until):
            findings.damage(place, "is of a time to come", _CLOCK)
        premises.note_unknown_papers(findings, place, "missed paper", (paper.paper_id for paper in week.papers))
