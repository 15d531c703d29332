"""Tables and nesting of a page kept within what a reader could use: a converter pads every cell that a span claims."""

import lxml.html

_MAX_COLUMNS = 100
_MAX_CELLS = 20_000
_MAX_PADDED = 400_000
_DEEPEST = {"table": 2, "list": 12}
_KINDS = {"table": "table", "ul": "list", "ol": "list", "dl": "list", "blockquote": "list"}
_PLAIN = {
    "table": "div", "tbody": "div", "thead": "div", "tfoot": "div", "tr": "p", "td": "span", "th": "span",
    "caption": "p", "colgroup": "span", "col": "span",
    "ul": "div", "ol": "div", "dl": "div", "li": "p", "dt": "p", "dd": "p", "blockquote": "div",
}  # fmt: skip


def bound_tables(article: lxml.html.HtmlElement) -> None:
    """Spans cut to their table, tables too wide to print made paragraphs, what is nested too deep laid flat."""
    for element in list(article.iter(*_KINDS)):
        if _depth(element) > _DEEPEST[_KINDS[element.tag]]:
            _lay_flat(element)
    for table in list(article.iter("table")):
        rows = _rows(table)
        for row, left in zip(rows, range(len(rows), 0, -1), strict=True):
            for cell in _cells(row):
                _cut(cell, "colspan", _MAX_COLUMNS)
                _cut(cell, "rowspan", left)
        if _is_too_large(rows):
            _lay_flat(table)


def _depth(element: lxml.html.HtmlElement) -> int:
    kind = _KINDS[element.tag]
    return 1 + sum(_KINDS.get(above.tag) == kind for above in element.iterancestors())


def _lay_flat(element: lxml.html.HtmlElement) -> None:
    """The element as paragraphs; a list or a table within it is a matter of its own."""
    waiting = [element]
    while waiting:
        current = waiting.pop()
        children = [child for child in current if isinstance(child.tag, str) and child.tag not in _KINDS]
        waiting += [child for child in children if child.tag in _PLAIN]
        if current.tag in ("td", "th"):
            current.tail = f" {current.tail or ''}"
        current.tag = _PLAIN[current.tag]


def _rows(table: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    return [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]


def _cells(row: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _cut(cell: lxml.html.HtmlElement, name: str, at_most: int) -> None:
    span = cell.get(name)
    if span is not None:
        cell.set(name, str(_span(span, at_most)))


def _span(text: str, at_most: int) -> int:
    digits = text.strip()
    return max(1, min(int(digits[:9]), at_most)) if digits.isascii() and digits.isdigit() else 1


def _is_too_large(rows: list[lxml.html.HtmlElement]) -> bool:
    """Whether its cells, all of a column as wide as the widest, would be far more than what stands in them."""
    columns = characters = widest = 0
    for row in rows:
        cells = _cells(row)
        columns = max(columns, sum(_span(cell.get("colspan") or "1", _MAX_COLUMNS) for cell in cells))
        lengths = [len(cell.text_content()) for cell in cells]
        characters += sum(lengths)
        widest = max([widest, *lengths])
    cells_in_all = columns * len(rows)
    return columns > _MAX_COLUMNS or cells_in_all > _MAX_CELLS or cells_in_all * widest > _MAX_PADDED + 20 * characters
