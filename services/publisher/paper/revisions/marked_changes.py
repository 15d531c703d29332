"""A changed sentence before and after, with the words marked that differ."""

from markupsafe import Markup

from services.publisher.paper.changes import marked
from services.publisher.reading.fulltext.markdown.inline import inline_html
from shared.store.papers.revisions import TextChange


def before_marked(change: TextChange) -> Markup:
    return _html(change.before, change.before, change.after)


def after_marked(change: TextChange) -> Markup:
    return _html(change.after, change.before, change.after)


def _html(text: str, before: str, after: str) -> Markup:
    """Nothing is marked where all of it is new or gone."""
    if not before or not after:
        return inline_html(text)
    old, new = marked(before, after)
    one = old if text is before else new
    return inline_html(one.text, marked=(one.start, one.end))
