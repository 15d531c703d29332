"""`papersys revisions`: which papers that somebody here knows have a new version, and what it changed."""

from typing import TYPE_CHECKING, Annotated

import typer

from shared.command_line.context import load
from shared.command_line.output import JsonFlag, print_json, say
from shared.command_line.papers import paper_id_of, titles_of

if TYPE_CHECKING:
    from shared.store.papers.revisions import Revision, RevisionStore, SectionChange

_MOST_TOLD = 8


def revisions(
    paper_id: Annotated[str | None, typer.Argument(help="The paper's arXiv id.", metavar="[ID]")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show at most this many papers.")] = 20,
    as_json: JsonFlag = False,
) -> None:
    """Show what new versions changed of papers that you know, or all about one paper."""
    store = _store()
    if paper_id is not None:
        _show_paper(store, paper_id_of(paper_id), as_json=as_json)
        return
    found = sorted((one for one in store.all() if one.found_at), key=lambda one: str(one.found_at), reverse=True)[
        :limit
    ]
    if as_json:
        print_json(f"[{', '.join(one.model_dump_json(exclude={'sections', 'quotes'}) for one in found)}]")
        return
    if not found:
        say(f"No new versions yet. Papers that you know and that are followed: {store.count()}.")
    titles = titles_of(one.paper_id for one in found)
    for one in found:
        say(f"{one.found_at:%Y-%m-%d}  {one.paper_id}  {titles[one.paper_id]}")
        _show_lines(one)


def _show_paper(store: "RevisionStore", paper_id: str, *, as_json: bool) -> None:
    revision = store.get(paper_id)
    if as_json:
        print_json(revision.model_dump_json() if revision else "null")
    elif revision is None:
        say(f"{paper_id} is not followed: like it, save it, open it or put it on your reading list.")
    elif revision.found_at is None:
        say(f"{paper_id} has no new version since v{revision.known_version}.")
    else:
        say(f"{paper_id}  {titles_of([paper_id])[paper_id]}")
        _show_lines(revision)
        for section in revision.sections:
            _show_section(section)


def _show_lines(revision: "Revision") -> None:
    from shared.text.wording.revisions import headline, quotes_line

    say(f"    {headline(revision)}")
    if line := quotes_line(revision.quotes):
        say(f"    {line}.")


def _show_section(section: "SectionChange") -> None:
    from shared.text.wording.revisions import numbers_line, section_line

    say(f"\n{section.title or 'Text before the first heading'}: {section_line(section)}")
    for change in section.changes[:_MOST_TOLD]:
        numbers = numbers_line(change)
        say(f"  {', '.join(change.kinds)}{f' ({numbers})' if numbers else ''}")
        for sign, text in (("-", change.before), ("+", change.after)):
            if text:
                say(f"    {sign} {text}")
    if section.total > _MOST_TOLD:
        say(f"  and {section.total - _MOST_TOLD} more; `--json` has them")


def _store() -> "RevisionStore":
    from shared.settings.settings import CommonSettings
    from shared.store.files.data_folder import DataFolder
    from shared.store.papers.revisions import RevisionStore

    settings = load(CommonSettings)
    return RevisionStore(DataFolder(settings.data.path, settings.data.min_free_mb))
