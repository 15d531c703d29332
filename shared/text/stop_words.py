"""English words that say nothing of a subject, for search and for key phrases alike."""

STOP_WORDS = frozenset(
    """
    a about an and are as at be been but by can could do does for from had has have how i in into is it its me my no
    nor not of on or our over so some such than that the their them then there these they this those through to under
    using via was we were what when where which who why will with without would you your
    """.split()  # noqa: SIM905
)
"""Those that a search leaves out of a query."""
FUNCTION_WORDS = STOP_WORDS | frozenset(
    """
    above across after again against all almost alone along already also although always am among another any around
    away back became because become before being below between both cannot did done down due during each either else
    enough etc even ever every few first further having he hence here however if indeed instead itself just last
    latter least less let like many may might more moreover most much must namely near neither never next none nothing
    now off often once one only onto other others otherwise out own per perhaps rather same second several she should
    since still thereby therefore third though three throughout thus together too toward towards two until up upon us
    use used uses very well whereas whether while whose within yet
    """.split()  # noqa: SIM905
)
"""Those that no key phrase begins or ends with."""
