"""One look at the whole data folder, dataset by dataset, while the system may be running.

What runs meanwhile writes, so nothing is said on a first sight: a dataset in which something seems wrong is looked at
again a moment later, and what is seen both times is a finding.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict, computed_field

from deploy.services import ServiceLook
from deploy.verifying.datasets.documents import verify_documents
from deploy.verifying.datasets.metadata import verify_metadata
from deploy.verifying.datasets.ratings import verify_follows, verify_notes, verify_ratings, verify_signals, verify_users
from deploy.verifying.datasets.reading_lists import verify_reading_lists
from deploy.verifying.datasets.results import verify_results
from deploy.verifying.datasets.selections import verify_selections
from deploy.verifying.datasets.state import verify_state
from deploy.verifying.datasets.summaries import verify_ledger, verify_links, verify_revisions, verify_summaries
from deploy.verifying.datasets.tags import verify_tags
from deploy.verifying.files import verify_files
from deploy.verifying.premises import Premises, premises_of
from deploy.verifying.questions import verify_missed, verify_questions
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding, Findings, Severity

_PAUSE_SECONDS = 2.0


Look = Callable[[Premises], list[Finding]]
Progress = Callable[[str], None]


class Report(BaseModel):
    """What a look found. `seconds` is how long each dataset took."""

    model_config = ConfigDict(frozen=True)

    data_folder: str
    deep: bool
    findings: tuple[Finding, ...]
    seconds: dict[str, float]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong; notes say nothing is."""
        return not self.of("damage") and not self.of("gap")

    def of(self, severity: Severity) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == severity]


def verify(
    data: DataFolder,
    services: Mapping[str, Callable[[], ServiceLook]],
    *,
    deep: bool,
    only: Sequence[str] = (),
    progress: Progress = lambda dataset: None,
    pause: Callable[[float], None] = time.sleep,
) -> Report:
    """Look at the datasets (`only` these, where any are named). `services` load the looks that services lend."""
    with _quiet_log:
        return _verify(premises_of(data, deep=deep), services, only, progress, pause)


def _verify(
    premises: Premises,
    services: Mapping[str, Callable[[], ServiceLook]],
    only: Sequence[str],
    progress: Progress,
    pause: Callable[[float], None],
) -> Report:
    looks = {name: look for name, look in looks_at(services).items() if not only or name in only}
    findings: list[Finding] = []
    seconds: dict[str, float] = {}
    for name, look in looks.items():
        progress(name)
        begun = time.monotonic()
        findings += _confirmed(premises, look, pause)
        seconds[name] = round(time.monotonic() - begun, 2)
    return Report(data_folder=str(premises.data.root), deep=premises.deep, findings=tuple(findings), seconds=seconds)


class _QuietLog:
    """What stores would log of lines that they leave out is a finding here. Looks may be taken at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._before = logging.NOTSET

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._before = logging.root.manager.disable
                logging.disable(logging.CRITICAL)
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                logging.disable(self._before)


_quiet_log = _QuietLog()


def looks_at(services: Mapping[str, Callable[[], ServiceLook]]) -> dict[str, Look]:
    """Each look by the name of what it looks at, in the order in which they are taken."""
    own = {name: _look(name, check) for name, check in _CHECKS.items()}
    lent = {name: _lent(load) for name, load in services.items()}
    return {**own, **lent}


_CHECKS: Mapping[str, Callable[[Premises, Findings], None]] = {
    "files": verify_files,
    "metadata": verify_metadata,
    "ratings": verify_ratings,
    "signals": verify_signals,
    "follows": verify_follows,
    "notes": verify_notes,
    "reading-list": verify_reading_lists,
    "questions": verify_questions,
    "missed": verify_missed,
    "users": verify_users,
    "selections": verify_selections,
    "documents": verify_documents,
    "summaries": verify_summaries,
    "links": verify_links,
    "revisions": verify_revisions,
    "results": verify_results,
    "tags": verify_tags,
    "ledger": verify_ledger,
    "state": verify_state,
}


def _look(name: str, check: Callable[[Premises, Findings], None]) -> Look:
    def look(premises: Premises) -> list[Finding]:
        findings = Findings(name)
        check(premises, findings)
        return findings.all()

    return look


def _lent(load: Callable[[], ServiceLook]) -> Look:
    return lambda premises: load()(deep=premises.deep)


def _looked(look: Look, premises: Premises) -> list[Finding]:
    """A look that fails on what nobody foresaw is a finding, and no end of the others."""
    try:
        return look(premises)
    except Exception as error:
        what = f"could not be looked at: {type(error).__name__}: {error}"
        return [Finding(dataset="unforeseen", severity="damage", where=".", what=what, remedy="please report this")]


def _confirmed(premises: Premises, look: Look, pause: Callable[[float], None]) -> Iterable[Finding]:
    """What is found twice. An append or a replacement under way is over by then."""
    first = _looked(look, premises)
    if all(finding.severity == "note" for finding in first):
        return first
    pause(_PAUSE_SECONDS)
    places = {(finding.where, finding.severity) for finding in first}
    second = _looked(look, premises_of(premises.data, deep=premises.deep))
    return [finding for finding in second if finding.severity == "note" or (finding.where, finding.severity) in places]
