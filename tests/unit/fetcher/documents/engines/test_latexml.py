import re

import pytest

from services.fetcher.documents.engines import latexml


@pytest.mark.parametrize(
    "tex",
    [
        r"\input{/etc/passwd}",
        r"\csname inp\endcsname ut{x}",
        r"\lstinputlisting{/etc/passwd}",
        r"\^^69nput{/etc/passwd}",
    ],
)
def test_latexml_sees_nothing_that_opens_files(tex: str) -> None:
    seen = latexml.harmless(tex)
    assert re.search(r"\\(?:input|csname|lstinputlisting)|\^\^", seen) is None
