"""What the authors admit: stated limitations are rare and short, so words and section titles find them, not places."""

import re

_ADMITS: tuple[tuple[float, str], ...] = (
    (
        1.0,
        r"\blimitations?\b(?! of (?!our|this|the (?:proposed|present|method|approach|study|work|model)))"
        r"|\bcaveats?\b|\bshortcomings? of (?:our|this|the)\b|\bdrawbacks? of (?:our|this|the)\b|\bweakness",
    ),
    (
        1.2,
        r"\b(?:we leave|is left|are left|left (?:for|to|as)|defer(?:red)? to)\b.{0,200}\bfuture\b|\bwe (?:neglect"
        r"|ignore|disregard)\b",
    ),
    (0.9, r"\b(?:as|for|in|to) future work\b|\bfuture work (?:is|will|should|could|may|might|includes?|would)\b"),
    (
        1.0,
        r"\b(?:do|does|did|can|could|may|might|will|is|are|was|were|has|have) ?not (?:yet |always |necessarily "
        r"|be |been |fully )*(?:help|handled?|test(?:ed)?|cover(?:ed)?|support(?:ed)?|modell?ed|stud(?:y|ied)"
        r"|transfer|generali[sz]e|include[ds]?|exclude[ds]?|emulated|hold|apply|extend|scale|work|trained"
        r"|address(?:ed)?|consider(?:ed)?|account|evaluated?|investigated?|explored?|captured?|guarantee[ds]?"
        r"|available|ruled? out|measured?|known|possible|sufficient|achieve)\b|\bcannot (?:yet |be |always "
        r"|fully )*\w+",
    ),
    (
        0.9,
        r"\b(?:deteriorates?|degrades?|fails?|breaks? down|disappears?|vanish(?:es)?|confuses?|confused"
        r"|inherits? (?:all|the (?:errors|limits|biases))|restarts|profits? less|errs?|suffers?|struggles?"
        r"|rises? quickly|less (?:effective|accurate|reliable)|underperforms?|falls? (?:slightly )?short|(?:at"
        r"|missed|is|are) (?:\w+ )?(?:more often|little better))\b",
    ),
    (
        0.9,
        r"\bremains? (?:\w+ly )?(?:a source|difficult|challenging|open|unsolved|unclear|unknown|unexplored|limited"
        r"|to be|degenerate|poor|hard|an open)|\bstill (?:ha(?:s|ve) to|need|require|fall|fail|lag|struggle|far"
        r"|limited)|\b(?:unknown|untested)\b",
    ),
    (
        0.6,
        r"\b(?:is|are|was|were|being|been) (?:currently |still |so far )?(?:limited|restricted|confined) to\b"
        r"|\blimits the\b|\b(?:applies|valid|works?|covered|holds?|tested|evaluated|trained|conducted) only\b"
        r"|\bonly (?:consider|considered|study|studied|tested|evaluated|applies|apply|works?|near|one|a single|for"
        r"|if|when)\b",
    ),
    (
        0.6,
        r"\b(?:we|method|approach|analysis|theory|it) (?:\w+ly )?assumes?\b|\bat the (?:cost|expense|price) of\b"
        r"|\bbiased towards?\b",
    ),
    (0.65, r"^(?:however|nonetheless|nevertheless|although (?:this|the|our)|while (?:our|these|not)|despite its)\b"),
    (
        0.8,
        r"\bnot intended\b|\b(?:method|approach|system|analysis|study|it) lacks?\b|\bincurs?\b"
        r"|\breduced (?:interpretability|accuracy|performance|quality)\b",
    ),
    (
        0.5,
        r"\b(?:requires?|needs?) (?:restarts|extensive|additional|substantial|large|careful|expert|more|manual"
        r"|access|further|a)\b",
    ),
    (
        0.5,
        r"\b(?:would|will|should|could) be (?:interesting|worth|needed|required|necessary|useful)\b|\bwe (?:plan"
        r"|hope|intend) to\b",
    ),
    (
        0.5,
        r"\b(?:all|most) (?:\w+ ){1,3}(?:are|were) (?:in|on|from) (?:english|one|a single)\b|\btoo (?:small|few"
        r"|slow)\b",
    ),
)
"""How much each pattern says that the authors name a limit of what they did."""

_DENIES: tuple[tuple[float, str], ...] = (
    (
        1.0,
        r"\b(?:existing|previous|prior|conventional|traditional|earlier|most|many|current"
        r"|state-of-the-art) (?:\w+[ -]){0,4}?(?:methods?|approach\w*|works?|models?|studies|techniques|systems"
        r"|benchmarks?|algorithms|solutions|datasets?)\b",
    ),
    (
        1.0,
        r"\b(?:overcom\w+|address(?:es|ing)?|tackl\w+|alleviat\w+|mitigat\w+|without (?:the )?limitations"
        r"|to (?:address|overcome|solve|tackle))\b",
    ),
    (
        1.0,
        r"\b(?:directions?|foundation|guidance|insights?|avenues?|testbed|basis|stage|inspire"
        r"|road ?map)\b.{0,40}\bfuture\b|\bfuture (?:research )?directions?\b|\bpublicly available\b|https?://",
    ),
    (
        0.8,
        r"\bnot only\b|\b(?:using|with|requir(?:es|ing)|need(?:s|ing)?|on|in) only\b|\bdoes not (?:require|need"
        r"|rely|depend)\b|\bwithout (?:requiring|needing)\b",
    ),
    (0.5, r"\b(?:outperform\w*|surpass\w*|superior|state-of-the-art results?|significantly improv\w*)\b"),
    (0.5, r"^(?:first|in this (?:paper|work|section)|we (?:propose|present|introduce|show that|prove))\b"),
    (0.5, r"\b(?:reveals?|demonstrates?|demonstrating|highlights?|insights?|findings?|exposes?|expose)\b"),
    (
        0.9,
        r"^(?:the (?:rest|remainder)|section|this (?:paper|section)|(?:in|as) (?:fig|table|section|appendix))"
        r"|\borgani[sz]ed as\b",
    ),
)
"""How much each says that it is others' limit, or none."""

_LIMITATIONS_TITLE = re.compile(r"limitation|threats? to validity|caveat|shortcoming|weakness|scope and limits", re.I)
_CLOSING_TITLE = re.compile(r"conclu|discussion|summary|outlook|future|open (?:problem|question)|remarks", re.I)
_OUTLOOK = re.compile(r"future|outlook|open (?:problem|question)", re.I)
IN_LIMITATIONS, IN_OUTLOOK, IN_CLOSING, ELSEWHERE = 1.4, 0.4, 0.25, -0.35
SURE_FROM = 0.9
"""Points from which a sentence is shown as a limitation."""
ADMITTED_FROM = 0.8
"""Points from which a sentence of an abstract is taken for neither problem, method nor result."""

_admits = tuple((weight, re.compile(pattern, re.I)) for weight, pattern in _ADMITS)
_denies = tuple((weight, re.compile(pattern, re.I)) for weight, pattern in _DENIES)


def admission(text: str) -> float:
    """How much the words say that this is a limit of the authors' own work; above 0.9 they say so by themselves."""
    told = sorted((weight for weight, pattern in _admits if pattern.search(text)), reverse=True)
    denied = sum(weight for weight, pattern in _denies if pattern.search(text))
    return (told[0] + 0.3 * sum(told[1:]) if told else 0.0) - denied


def title_points(title: str) -> float:
    """How much the section's title says so; one that is named for limitations holds them without further words."""
    if _LIMITATIONS_TITLE.search(title):
        return IN_LIMITATIONS
    if _OUTLOOK.search(title):
        return IN_OUTLOOK
    return IN_CLOSING if _CLOSING_TITLE.search(title) else ELSEWHERE


def abstract_points(number: int, count: int, proposal: int) -> float:
    """Points of a place in an abstract: its end, after the authors have said what they do."""
    if number <= proposal:
        return -2.0
    return {1: 0.25, 2: 0.0}.get(count - number, -0.3)
