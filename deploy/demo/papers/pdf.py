"""Writes a small valid PDF of plain text: one column of Helvetica, as many pages as it takes."""

import textwrap

_LINES_A_PAGE = 54
_CHARACTERS_A_LINE = 88


def write_pdf(text: str) -> bytes:
    """Paragraphs are separated by empty lines; characters outside latin-1 become question marks."""
    lines = _wrap(text)
    pages = [lines[start : start + _LINES_A_PAGE] for start in range(0, len(lines), _LINES_A_PAGE)] or [[]]
    page_numbers = [4 + 2 * index for index in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in page_numbers)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in zip(page_numbers, pages, strict=True):
        objects += [_page(number + 1), _stream(page)]
    return _assemble(objects)


def _wrap(text: str) -> list[str]:
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        lines += [*textwrap.wrap(paragraph, _CHARACTERS_A_LINE), ""]
    return lines


def _page(content_number: int) -> bytes:
    return (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
        f"/Resources << /Font << /F1 3 0 R >> >> /Contents {content_number} 0 R >>"
    ).encode()


def _stream(lines: list[str]) -> bytes:
    shown = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    operators = ["BT", "/F1 10 Tf", "13 TL", "60 780 Td", *(f"({line}) Tj T*" for line in shown), "ET"]
    content = "\n".join(operators).encode("cp1252", "replace")
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _assemble(objects: list[bytes]) -> bytes:
    body = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + trailer
