"""Encodings told by bytes."""

import pytest

from shared.text.safe.encodings import decoded, encoding_of


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("plain", "utf-8", "utf-8-sig"),
        ("Émile, 中文", "utf-8-sig", "utf-8-sig"),
        ("Émile, 中文", "utf-16", "utf-16"),
        ("Émile, 中文", "utf-32", "utf-32"),
        ("@misc{a, title={Größe und 中文}}\n", "utf-16-le", "utf-16-le"),
        ("@misc{a, title={Größe und 中文}}\n", "utf-16-be", "utf-16-be"),
        ("@misc{a, title={Größe und 中文}}\n", "utf-32-le", "utf-32-le"),
        ("@misc{a, title={Größe und 中文}}\n", "utf-32-be", "utf-32-be"),
        ("a file that a crash ended in zeros\0\0\0\0\0\0\0\0", "utf-8", "utf-8-sig"),
        ("大语言模型综述，方法与实验", "gb18030", "gb18030"),
        ("id,标题\n2401.00001,大模型\n", "gbk", "gb18030"),
        ("Émile Borel — “naïve” théorèmes", "cp1252", None),
        ("Paul Erdös, Müller", "latin-1", None),
    ],
)
def test_an_encoding_is_told_and_the_text_comes_back(text: str, encoding: str, told: str | None) -> None:
    content = text.encode(encoding)
    assert encoding_of(content) == told
    assert decoded(content) == text
