"""`interests`: what you like, as facets; `interests boost|mute|clear FACET` says what you want more or less of."""

from typing import Annotated

import typer

from deploy.commands.context import JsonFlag, asked, console, print_json, service_function, service_settings
from deploy.commands.papers import titles_of
from shared.contracts import FacetPreference, InterestFacet, Interests, InterestsReply, SetFacetPreference

app = typer.Typer(help="What you like, as facets; boost or mute one.")
Facet = Annotated[str, typer.Argument(help="A facet's key, such as 3fa90c12, or its name.")]
_SHOWN = 5


@app.callback(invoke_without_command=True)
def interests(context: typer.Context, as_json: JsonFlag = False) -> None:
    """What you like, as facets, against what arXiv offers."""
    if context.invoked_subcommand is not None:
        return
    found = asked(Interests()) or service_function("ranker", "interests")(service_settings("ranker"))
    if as_json:
        print_json(found.model_dump_json(indent=1))
        return
    titles = titles_of(one for facet in found.facets for one in facet.paper_ids[-_SHOWN:])
    for facet in found.facets:
        _show(facet, found, titles)
    _say(found.note or f"From {found.likes} likes, against {found.sample} papers drawn at random.")


@app.command()
def boost(facet: Facet) -> None:
    """Show more papers of a facet."""
    _prefer(facet, "boost", "More of")


@app.command()
def mute(facet: Facet) -> None:
    """Show fewer papers of a facet."""
    _prefer(facet, "mute", "Less of")


@app.command()
def clear(facet: Facet) -> None:
    """Take back what you said of a facet."""
    _prefer(facet, "clear", "As before:")


def _prefer(facet: str, preference: FacetPreference, text: str) -> None:
    request = SetFacetPreference(key=facet, preference=preference)
    reply = asked(request) or service_function("ranker", "wish")(service_settings("ranker"), request)
    _say(f"{text} {reply.name}.")


def _show(facet: InterestFacet, found: InterestsReply, titles: dict[str, str]) -> None:
    marks = ["crosses fields"] * facet.crosses + [facet.preference] * (facet.preference != "clear")
    console.print(" · ".join([facet.name, *marks]), style="bold", highlight=False, markup=False)
    categories = ", ".join(f"{name} {count}" for name, count in facet.categories[:6])
    _say(f"  {facet.key} · {len(facet.paper_ids)} of {found.likes} likes ({facet.share:.0%}), {facet.direction}")
    lift = f"{facet.lift:.1f} times more than chance ({facet.lift_low:.1f} to {facet.lift_high:.1f})"
    _say(f"  {lift}; {facet.significance}")
    _say(f"  in {categories}" + (f" · {facet.named_by} says it too" if facet.named_by else ""))
    for name, phrases in (("problem", facet.problem), ("method", facet.method), ("tags", facet.tags)):
        if phrases:
            _say(f"  {name}: {', '.join(phrases)}")
    for paper_id in reversed(facet.paper_ids[-_SHOWN:]):
        _say(f"    {paper_id:<16} {' '.join(titles[paper_id].split())}")
    console.print()


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False)
