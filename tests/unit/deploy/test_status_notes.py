"""What services remark about themselves is shown with the status, and nothing is wrong for it."""

import io

from rich.console import Console

from deploy.status import ServiceStatus, Status, show


def test_a_note_of_a_service_is_shown_and_all_is_well() -> None:
    fetcher = ServiceStatus(name="fetcher", state="ready", notes={"converters": "LaTeXML [is] not used"})
    status = Status(data_folder="/data", demo=False, services=[fetcher], counts={})
    out = io.StringIO()
    show(status, Console(file=out, width=200))
    assert "Note: LaTeXML [is] not used" in out.getvalue()
    assert status.is_well
