"""Any text that a paper may hold, and the tags that come out of a piece of HTML."""

from html.parser import HTMLParser

from hypothesis import strategies as st

ANY_TEXT = st.text(max_size=200) | st.text(alphabet="<>&\"'`$*_[]()!#-+.|~\\{}:/ aA1\nscriptonerror=", max_size=80)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))
