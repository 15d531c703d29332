"""The words by which a claim may turn its quote round: denials, and pairs of directions."""

from services.summarizer.evidence.wording import stem


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NOT = _words(
    """
    no not never nor none neither without cannot cant dont doesnt didnt isnt arent wasnt werent wont havent hasnt
    couldnt shouldnt wouldnt unable impossible
    """
)
"""Words that deny what follows them; apostrophes are left out."""
DENIES = _words("fail fails failed failing lack lacks lacked lacking avoid avoids avoided")
"""Verbs that deny what follows them."""
TAKES_AWAY = _words(
    """
    remove removes removed removing drop drops dropping eliminate eliminates omit omits exclude excludes ignore
    ignores free loss absence instead
    """
)
"""What these bear on may be said with a denial too."""
SOFT_NOT = frozenset(
    stem(word)
    for word in _words(
        """
        fail fails failed failing failure lack lacks lacking lacked absent absence hardly barely rarely seldom
        free avoid avoids avoiding eliminate eliminates remove removes removed removing instead rather ignore
        ignores exclude excludes excluded only limited restricted limitation limit insufficient poor poorly
        struggle struggles difficult hard problematic degrade degrades degraded worse loss lose loses missing
        refuse unlike unknown false wrong refuted incorrect suboptimal unclear unaffected drop dropping dropped
        omit omits omitting discard discards replace replaces replacing first below unsupervised unlabelled
        unlabeled intractable open beyond outside little few less nothing non vanish vanishes zero unchanged
        independent regardless
        """
    )
)
"""Stems that may express in one text what the other denies outright."""
CONDITIONS = _words("no none neither nor without")
"""Denials of things, not of what happens."""
COMPARISON = _words("less more no lack lacks")
OPPOSITES = tuple(
    (_words(one), _words(other))
    for one, other in (
        (
            "increase increases increased increasing rise rises rose raise raises raised grow grows grew",
            "decrease decreases decreased decreasing fall falls fell shrink drop drops dropped decline declines "
            "reduce reduces reduced reducing lowers lowered cut cuts save saves saved",
        ),
        ("higher", "lower"),
        ("better", "worse"),
        ("faster", "slower"),
        ("larger bigger greater", "smaller"),
        ("more", "less fewer"),
        (
            "improve improves improved improving improvement",
            "degrade degrades degraded degrading worsen worsens worsened hurt hurts hurting harm harms harmed harming",
        ),
        ("outperform outperforms outperformed", "underperform underperforms underperformed"),
        ("above", "below"),
        ("longer long", "shorter short"),
        ("stronger", "weaker"),
        ("sufficient", "insufficient"),
        ("possible", "impossible"),
        ("stable", "unstable"),
        ("before", "after"),
        ("always", "never"),
        ("maximum maximal maximize maximizes", "minimum minimal minimize minimizes"),
        ("positive positively", "negative negatively"),
        ("upper", "lower"),
        ("supervised", "unsupervised"),
        ("most", "few"),
    )
)
"""Directions that contradict each other, where they are said of the same."""
