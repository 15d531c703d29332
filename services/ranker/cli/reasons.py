"""`papersys why`: why a paper was picked or not, and what one rating changes."""

from collections.abc import Iterator
from typing import Annotated

import typer

from services.ranker.settings import Settings
from shared.command_line.context import ask_running_system, load
from shared.command_line.output import JsonFlag, print_json, say
from shared.command_line.papers import paper_id_of, titles_of
from shared.command_line.users import UserOption
from shared.contracts import DEFAULT_USER, Explain, ExplainReply, Influence


def why(
    paper_id: Annotated[str, typer.Argument(metavar="ID", help="An arXiv id.")],
    without: Annotated[
        bool, typer.Option("--without", help="Show the recommendations as they would be without your rating on it.")
    ] = False,
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Explain why a paper was or was not picked, or what your rating on it changes."""
    wanted = paper_id_of(paper_id)
    if without:
        _show_without(wanted, user)
        return
    explanation = _explanation(wanted, user)
    if as_json:
        print_json(explanation.model_dump_json(indent=1))
        return
    for line in _lines(explanation):
        say(line)


def _explanation(paper_id: str, user: str) -> ExplainReply:
    reply = ask_running_system(Explain(paper_id=paper_id, user=user))
    if reply is None:
        from services.ranker import commands

        return commands.why(load(Settings), paper_id, user)
    return reply


def _lines(explanation: ExplainReply) -> Iterator[str]:
    match = f"a {explanation.match} match; " if explanation.match else ""
    yield f"{explanation.paper_id}: {match}{_score(explanation)}"
    yield from (f"  {outcome}" for outcome in explanation.outcomes)
    for influence in explanation.influences:
        title = f"{influence.paper_id} {influence.title}".rstrip()
        yield f"  {influence.weight:+.3f}  {title}{_rating_of(influence)}"
    if round(explanation.signals, 2):
        yield f"  {explanation.signals:+.3f}  what you saved, skipped and opened"
    if explanation.words:
        yield f"  words: {', '.join(f'{word.text} {word.weight:+.1f}' for word in explanation.words)}"
    if explanation.tags:
        yield f"  tags of papers you rated: {', '.join(f'{tag.text} {tag.weight:+.0f}' for tag in explanation.tags)}"
    yield from (f"  would have been picked with: {change}" for change in explanation.changes)


def _rating_of(influence: Influence) -> str:
    """What the user said of it; a like that lowers the score, or a dislike that raises it, is named as such."""
    if influence.label not in ("like", "dislike"):
        return " (seed)"
    if (influence.label == "like") != (influence.weight > 0):
        return f", although you {influence.label}d it"
    when = f" on {influence.rated_at:%Y-%m-%d}" if influence.rated_at else ""
    return f", which you {influence.label}d{when}"


def _score(explanation: ExplainReply) -> str:
    """The probability where that is known, else the share of recent papers that score lower, said to be no such."""
    if explanation.probability is not None:
        return f"{explanation.probability:.0%} likely that you like it ({explanation.regime})"
    if explanation.ahead_of is None:
        return "no ratings or seeds to compare it with yet"
    return f"scores higher than {explanation.ahead_of:.0%} of recent papers (not a probability; {explanation.regime})"


def _show_without(paper_id: str, user: str) -> None:
    from services.ranker import commands

    lists = commands.without(load(Settings), paper_id, user=user)
    before, after = (
        {name: position for position, (name, _) in enumerate(papers, 1)} for papers in (lists.before, lists.after)
    )
    titles = titles_of(after)
    say(f"Without your rating on {paper_id}, the recommendations of the last 60 days would be:")
    for name, position in after.items():
        current = f"currently {before[name]}" if name in before else "currently not listed"
        say(f"{position:>4}. {name}  {current}  {titles[name]}".rstrip())
    if dropped := [name for name in before if name not in after]:
        say(f"  no longer listed: {', '.join(dropped)}")
