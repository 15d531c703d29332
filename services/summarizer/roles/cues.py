"""Words that mark what a sentence does in a paper, as patterns; each pattern is one feature of a sentence."""

import re

CUES: dict[str, str] = {
    "authors act": (
        r"\b(?:we|this (?:paper|work|study|article|report)|the authors) (?:\w+ly )?(?:also )?(?:propose|present"
        r"|introduce|develop|design|describe|devise|construct|build|create|formulate|offer|contribute|release"
        r"|curate|collect|establish|put forward|explore|investigate|study|examine|analy[sz]e|address|consider"
        r"|revisit|tackle|compare|evaluate|annotate|conduct|survey|review)"
    ),
    "proposal": r"\b(?:propos|introduc|present)(?:e|es|ed|ing)\b",
    "this paper": (
        r"\b(?:in this (?:paper|work|study|article|report|letter)|this (?:paper|work|study|article|report|thesis"
        r"|survey)|here we|in our work)\b"
    ),
    "we": r"\bwe\b",
    "our": r"\bour\b",
    "in detail": r"^(?:more )?(?:specifically|concretely|precisely|in particular|in detail)",
    "key idea": (
        r"\b(?:key (?:idea|insight|innovation|component|observation|contribution|novelty)|core (?:idea|of"
        r"|innovation|component)|at (?:its|the) (?:core|heart)|main (?:idea|contribution)|central to|novel)\b"
    ),
    "mechanism": (
        r"\b(?:leverag|employ|utili[sz]|incorporat|integrat|combin|consist|compris|adopt|exploit|by \w+ing|via"
        r"|through|first|then|which|module|mechanism|strategy|two-stage|architecture|formulat|decompos|encod|fus)"
    ),
    "method is subject": (
        r"^(?:our|the proposed|this|the) (?:method|approach|framework|model|system|pipeline|architecture|design"
        r"|network|strategy|algorithm|key)"
    ),
    "in answer": (
        r"^(?:to (?:address|tackle|overcome|solve|fill|bridge|mitigate|remedy|resolve|alleviate|this end|achieve"
        r"|handle|close)|motivated by|inspired by|based on (?:this|these)|building (?:on|upon)|therefore|thus"
        r"|hence|in response|addressing|in contrast)"
    ),
    "goes on": (
        r"^(?:moreover|furthermore|additionally|in addition|besides|also|finally|subsequently|next|then|second"
        r"|secondly|third|meanwhile|further|lastly)"
    ),
    "contrast": r"\b(?:however|nevertheless|nonetheless|yet|unfortunately|despite|although|while|though|but|still)\b",
    "contrast first": r"^(?:however|nevertheless|nonetheless|yet|unfortunately|but|still)\b",
    "concession first": r"^(?:while|although|despite|though|even though|notwithstanding)\b",
    "deficit": (
        r"\b(?:challeng|difficult|limit|lack|suffer|struggl|fail|fall short|bottleneck|expensive|costly|scarc"
        r"|insufficien|inadequa|poor|degrad|neglect|overlook|ignor|hinder|imped|unclear|unexplored|underexplored"
        r"|under-explored|understudied|unknown|remain|prohibitive|inefficien|problem|issue|gap|prone|error"
        r"|inaccura|restrict|hard to|drawback|constrain|vulnerab|cannot|not (?:well|fully|been|possible|trivial)"
        r"|time-consuming|labor|sensitive|rely|relies|rarely|few|only|critical)"
    ),
    "others' work": (
        r"\b(?:existing|current|previous|prior|conventional|traditional|most|recent"
        r"|state-of-the-art) (?:\w+[ -]){0,4}?(?:methods?|approach\w*|works?|models?|studies|research|techniques"
        r"|systems|solutions|benchmarks?|datasets?|efforts|algorithms|frameworks|literature|evaluations?)\b"
    ),
    "recent": (
        r"\b(?:recent(?:ly)?|in recent years|nowadays|advances|advancements|progress|widespread|(?:has"
        r"|have) (?:gained|attracted|become|emerged|shown|achieved|demonstrated))\b"
    ),
    "important": r"\b(?:crucial|essential|important|critical|fundamental|vital|key|pivotal|plays? a)\b",
    "aim": (
        r"\b(?:aims? (?:to|at)|the (?:task|problem|goal) of|is (?:a|an|the) (?:\w+ ){0,3}(?:task|problem|challenge"
        r"|technique|field|area)|refers? to|seeks? to)\b"
    ),
    "experiment": (
        r"\b(?:experiment\w*|evaluat\w*|results?|empirical\w*|findings?|extensive|validat\w*|ablation\w*|tested"
        r"|trials|comprehensive)\b"
    ),
    "outcome first": (
        r"^(?:extensive|experiment\w*|(?:our |the )?(?:experimental |empirical |quantitative |comprehensive "
        r"|numerical )?(?:results?|evaluations?|findings?|experiments?|analys[ie]s)|empirical\w*"
        r"|through (?:extensive|comprehensive|experiments)|in (?:extensive|our) experiments|evaluated|across"
        r"|on (?:the )?[a-z]|comprehensive|compared (?:to|with)|notably|remarkably|we (?:show|find|found"
        r"|demonstrate|observe|achieve|report|obtain))"
    ),
    "finding": (
        r"\b(?:show|shows|showed|shown|demonstrat\w*|reveal\w*|indicat\w*|find|found|suggest\w*|confirm\w*"
        r"|achiev\w*|observe|highlight\w*|verif\w*|prove)\b"
    ),
    "gain": (
        r"\b(?:outperform\w*|surpass\w*|improv\w*|superior\w*|state-of-the-art|sota|better|gain\w*|reduc\w*"
        r"|increas\w*|faster|accuracy|competitive|exceed\w*|significant\w*|effective\w*|speedup|best|robustness"
        r"|generaliz\w*)\b"
    ),
    "amount": r"(?:\d+(?:\.\d+)?\s*\\?%|\b\d+(?:\.\d+)?\s*(?:times|x\b|\\times|percent)|[+-]?\d+\.\d+)",
    "digit": r"\d",
    "code": (
        r"(?:https?://|github|\bcodes? (?:is|are|and|will|can|available)|publicly available|project page"
        r"|will be (?:released|available|made)|open-sourced?|available at)"
    ),
    "implication": (
        r"\b(?:these (?:results|findings|insights)|this (?:work|research|study|paper) (?:provides|contributes"
        r"|highlights|represents|offers|opens|establishes|underscores|demonstrates|paves)|our (?:work"
        r"|study) (?:provides|offers|highlights|establishes|opens|introduces|underscores)|pav\w+ the way"
        r"|implications?|future (?:work|research|directions?)|potential|foundation for|insights)\b"
    ),
    "limitation": (
        r"\b(?:limitations?|future work|left for|trade-?offs?|at the cost of|not yet|falls? short|underperform"
        r"|only (?:in|for|when)|worse|despite its|not intended)\b"
    ),
    "sums up": r"^(?:together|overall|in summary|in conclusion|collectively|these|this|as a result|consequently|thus)",
    "points back": r"^(?:this|these|that|those|it|they|such|its|their)\b",
    "name first": r"(?-i:^(?:[A-Z][\w$^{}\\]*[A-Z0-9][\w-]*|[A-Z][a-z]+[A-Z]\w*)\b)",
    "question": r"\?",
    "colon": r":",
    "enumeration": r"(?:\(1\)|\(i\)|1\)|i\))",
    "data": r"\b(?:dataset|benchmark|corpus|corpora|annotat)",
    "survey": r"\b(?:survey|review|overview|taxonomy)\b",
}
"""By name, without regard to case. The names stand in the weights, which belong to exactly these patterns."""

PATTERNS = {name: re.compile(pattern, re.I) for name, pattern in CUES.items()}
COUNTED = ("deficit", "gain", "mechanism", "digit")
"""Patterns of which a sentence may hold several, and their number says more than one of them."""
