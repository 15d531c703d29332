"""What picks missed, in sentences, for the command line and the reader."""

from collections.abc import Iterator, Mapping

from shared.contracts import CandidateOutcome
from shared.paper_labels import paper_label
from shared.store.people.missed import MeasuredClick, MissedPaper, MissedWeek, MissRatePeriod, MissRates

ENOUGH = 10
"""Fewer rated blind checks than this say too little to be told as a rate."""
_MOST_ANSWERED = 0.8
_INSIDE = 0.5
_NAMED = 4
_WHY: Mapping[CandidateOutcome, str] = {
    "near_duplicate": "; it was left out because it is nearly the same as a better pick",
    "thinned": "; it was left out because it is much like better picks",
    "below_threshold": "; it was left out by your threshold (ranker.threshold)",
}


def place_line(paper: MissedPaper) -> str:
    """Where the ranking had it: `On 2026-11-02 it ranked 212 of 391, and 10 were picked.`"""
    why = _WHY.get(paper.outcome, "")
    return f"On {paper.day} it ranked {paper.rank} of {paper.candidates}, and {paper.picks} were picked{why}."


def found_line(paper: MissedPaper) -> str:
    return f"You liked it on {paper.rated_at:%Y-%m-%d}, found {paper.found_by}."


def unseen_lines(paper: MissedPaper, titles: Mapping[str, str]) -> Iterator[str]:
    """What the ranking did not see; `titles` by id has that of the nearest like."""
    if not paper.likes_then:
        yield "You had liked nothing yet on that day, so there was nothing to know it by."
        return
    if paper.nearest_like and paper.nearer is not None:
        title = titles.get(paper.nearest_like, paper_label(paper.nearest_like))
        yield (
            f"Of the papers that you had liked by then, “{title}” is nearest. "
            f"{_share(paper.nearer)} of that day's papers were nearer to one of your likes."
        )
    if paper.facet and paper.membership > _INSIDE:
        yield f"It belongs to one of your interests: {paper.facet}."
    elif paper.facet:
        yield f"None of your interests covers it; the nearest is {paper.facet}."
    if paper.new_words:
        words = _listed([f"“{one}”" for one in paper.new_words])
        yield f"Words that none of your {paper.likes_then} likes had: {words}."
    if paper.known_authors:
        yield f"You had liked a paper by {_listed(paper.known_authors)}."
    elif paper.new_authors:
        yield f"You had liked nothing by its authors: {_listed(paper.new_authors)}."


def click_line(click: MeasuredClick) -> str:
    """What a click would have done: measured, in one sentence."""
    found = "1 other paper" if len(click.found) == 1 else f"{len(click.found)} other papers"
    swapped = "1 pick" if click.gained == 1 else f"{click.gained} picks"
    begun = f"Showing more of {click.label}" if click.kind == "boost" else f"Following {_quoted(click)}"
    return (
        f"{begun} would have shown you {found} that you like, over the last {click.days} days with picks. "
        f"It would have changed {swapped} of {click.picks}; likes among them: {click.likes_after} instead of "
        f"{click.likes_before}."
    )


def like_line(click: MeasuredClick) -> str:
    """What the like of the paper does by itself."""
    if not click.found:
        return "Your like of it, which the ranking knows by now, would not have shown you any of the others."
    found = "1 other paper" if len(click.found) == 1 else f"{len(click.found)} other papers"
    return f"Your like of it, which the ranking knows by now, would alone have shown you {found} that you like."


def no_click_line(paper: MissedPaper) -> str:
    """Why nothing is offered."""
    if not paper.tried:
        return "No single click would mend this: none of its authors or words stands in another paper of those days."
    tried = "1 follow or boost" if paper.tried == 1 else f"{paper.tried} follows and boosts"
    return (
        f"No single click would mend this: of {tried} tried on past days, none would have shown you others you like "
        "at no cost to your picks."
    )


def news_line(week: MissedWeek) -> str:
    """For the week in which it is news."""
    count = len(week.papers) + week.more
    papers = "1 paper" if count == 1 else f"{count} papers"
    offered = sum(bool(paper.clicks) for paper in week.papers)
    if not offered:
        mended = ""
    elif count == 1:
        mended = "; one click would help"
    else:
        mended = f"; for {offered} of them one click would help"
    return f"You found and liked {papers} that your picks had missed{mended}."


def rate_lines(rates: MissRates) -> list[str]:
    """The miss rate with its interval, and its trend; or that too little is known."""
    together = rates.together
    if together is None:
        return ["How much your picks miss is not known yet: no blind check was drawn so far (ranker.audit)."]
    if together.answered < ENOUGH or together.rate is None:
        return [
            f"How much your picks miss is not known yet: {together.answered} of {together.drawn} blind checks have a "
            f"rating, and {ENOUGH} are needed. Rate the picks marked as blind checks, also those you do not care for."
        ]
    return [_rate(together), *_trend(rates)]


def period_line(period: MissRatePeriod) -> str:
    """One line of the trend."""
    if period.rate is None:
        return f"{period.first} to {period.last}: none of {period.drawn} rated"
    return (
        f"{period.first} to {period.last}: {_percent(period.rate)} "
        f"({_percent(period.low)} to {_percent(period.high)}), {period.liked} of {period.answered} rated were liked"
    )


def _rate(period: MissRatePeriod) -> str:
    return _told_rate(period) + _without_a_rating(period)


def _without_a_rating(period: MissRatePeriod) -> str:
    """What the rate would be if silence meant no: who rates only what they like would else be told too much."""
    if period.rate is None or period.answered >= _MOST_ANSWERED * period.drawn:
        return ""
    lowest = period.rate * period.answered / period.drawn
    return f" If you would like none of those without a rating, it is {_percent(lowest)}."


def _told_rate(period: MissRatePeriod) -> str:
    return (
        f"You would like {_percent(period.rate)} of the papers that are not shown (95% interval {_percent(period.low)} "
        f"to {_percent(period.high)}; {period.liked} of {period.answered} rated blind checks were liked, "
        f"{period.drawn - period.answered} are not rated). So you miss {_share(period.missed_share)} of all papers "
        f"you would like ({_share(period.missed_low)} to {_share(period.missed_high)})."
    )


def _trend(rates: MissRates) -> list[str]:
    if rates.change == "none":
        return [f"There is no change that could be told from chance (p = {rates.p_value:.2f})."]
    if rates.change:
        return [f"In the last eight weeks it was {rates.change} than before (p = {rates.p_value:.3f})."]
    return ["Whether it rises or falls cannot be told yet."]


def _quoted(click: MeasuredClick) -> str:
    return f"“{click.label}”" if click.kind == "phrase" else click.label


def _percent(value: float | None) -> str:
    return f"{value:.1%}" if value is not None else "?"


def _share(value: float | None) -> str:
    return f"{value:.0%}" if value is not None else "?"


def _listed(names: tuple[str, ...] | list[str]) -> str:
    more = len(names) - _NAMED
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown
