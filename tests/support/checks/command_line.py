"""The command line in this process: what it prints and how it ends."""

import contextlib
import io
import sys
from dataclasses import dataclass
from unittest.mock import patch

from deploy import cli


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


def run_command(*arguments: str) -> Outcome:
    """`papersys ARGUMENTS`, on a terminal of eighty columns; settings and folder are those of the test."""
    out, err = io.StringIO(), io.StringIO()
    changed = (patch.object(sys, "argv", ["papersys", *arguments]), patch.dict("os.environ", {"COLUMNS": "80"}))
    with changed[0], changed[1], contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            cli.main()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return Outcome(code, out.getvalue(), err.getvalue())
