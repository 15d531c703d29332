"""Phrases that are meant for a reading model, not for a reader of papers, in several languages.

`SURE` ones are orders by themselves. `DOUBTFUL` ones stand in honest papers too (prompts in an appendix, a call for
reviews): two kinds of them close together count. The words of each entry say what it asks, for the notice.
"""

# ruff: noqa: E501 (a phrase is easier to read on one line)
import re
from typing import NamedTuple


class OddPhrase(NamedTuple):
    """`asks` completes “text that seems to ...”."""

    asks: str
    pattern: re.Pattern[str]


def _phrase(asks: str, *alternatives: str) -> OddPhrase:
    return OddPhrase(asks, re.compile("|".join(alternatives), re.I))


_OLD = r"(?:previous|prior|preceding|above|earlier|foregoing|existing|other|system)"
_ORDERS = r"(?:instructions?|prompts?|directions?|commands?|orders?|rules|guidelines|context)"
_MODEL = (
    r"(?:AIs?|A\.I\.|LLMs?|(?:large )?language models?|(?:Chat)?GPT(?:-?\d\w*)?|Claude|Gemini|Copilot|AI[- ](?:model|system|assistant|agent|"
    r"reviewer|summari[sz]er|reader)s?|LLM[- ](?:model|system|assistant|agent|reviewer|summari[sz]er|reader)s?)"
)
SURE = (
    _phrase(
        "make a model drop its instructions",
        rf"\b(?:ignore|disregard|forget|override|bypass|discard)\s+(?:(?:all|any|every|each|of|the|your|these|those|my)\s+){{0,3}}{_OLD}\s+"
        rf"(?:\w+\s+)?{_ORDERS}\b",
        r"\b(?:ignore|disregard|forget)\s+(?:everything|all|anything)\s+(?:you|that|I|we|that you|that was)?\s*"
        r"(?:were|was|have been|said|told|above|before|know)\b",
        r"(?:忽略|无视|忘记|忽視|無視)(?:掉)?(?:之前|以上|先前|此前|前面|上述|所有|一切|全部)+(?:的)?(?:所有|一切|全部|任何)?(?:的)?(?:指令|指示|说明|提示|命令|规则|要求|内容)",
        r"(?:以前|これまで|上記|前)の(?:すべての)?(?:指示|命令|プロンプト)(?:を|は)?(?:すべて)?(?:無視|忘れ)",
        r"(?:이전|위의|앞의|기존)(?:\s?모든)?\s?(?:지시|명령|지침|프롬프트)(?:사항)?(?:을|를)?\s?(?:모두\s?)?(?:무시|잊)",
        r"\bignorier(?:e|en Sie|t)\s+(?:\w+\s+){0,2}(?:vorherigen|bisherigen|obigen|vorangehenden|früheren)\s+(?:Anweisungen|Anweisung|Befehle|Vorgaben|Instruktionen)\b",
        r"\b(?:ignore[zr]?|oublie[zr]?)\s+(?:toutes\s+)?(?:les|vos|tes)\s+(?:instructions|consignes)\s+(?:précédentes|antérieures|ci-dessus)\b",
        r"\b(?:ignor[ae]n?|olvid[ae]n?)\s+(?:todas\s+)?(?:las|tus|sus)\s+(?:instrucciones|órdenes|indicaciones)\s+(?:anteriores|previas)\b",
        r"\b(?:ignore|ignorem|esqueça)\s+(?:todas\s+)?as\s+(?:instruções|ordens)\s+(?:anteriores|acima)\b",
        r"\bignora(?:te)?\s+(?:tutte\s+)?le\s+istruzioni\s+(?:precedenti|sopra)\b",
        r"(?:игнорируй(?:те)?|забудь(?:те)?)\s+(?:\w+\s+){0,2}(?:предыдущие|прежние|вышеуказанные)\s+(?:инструкции|указания|команды)",
        r"تجاهل\s+(?:جميع\s+|كل\s+)?(?:التعليمات|الأوامر)\s+السابقة",
    ),
    _phrase(
        "speak to a reading model",
        rf"(?:^|[.!?:\n\[\](){{*]\s*)(?:important\s+|special\s+|a\s+)?(?:note|notice|instructions?|message|attention|reminder|important|warning)?\s*(?:to|for|:)\s*(?:all\s+|any\s+|the\s+)?{_MODEL}"
        rf"(?:\s+(?:reviewers?|readers?|agents?|assistants?|summari[sz]ers?|reading this(?: paper)?))?\s*[:,–—-]\s*(?:you|do not|please|give|ignore|write|say|"
        rf"rate|accept|recommend|always|never)\b",
        rf"\b(?:if|when)\s+you\s+are\s+(?:an?\s+)?{_MODEL}\b.{{0,60}}\b(?:then|please|you must|you should|must|give|write|say|do not|include|ignore)\b",
        rf"\bas\s+an?\s+{_MODEL}\s*,\s*you\s+(?:must|should|are (?:required|instructed|asked)|will|have to)\b",
        rf"\b{_MODEL}\s+(?:reading|reviewing|summari[sz]ing|processing)\s+this\s+(?:paper|document|text|article|manuscript)\s*(?:,|must|should|shall|:)",
        r"(?:如果你是|致|作为)(?:一个|一名)?(?:人工智能|大?语言模型|AI|LLM)(?:助手|模型|审稿人)?[，,：:].{0,20}(?:必须|请|应当|只|不要)",
    ),
    _phrase(
        "order a good review",
        r"\b(?:give|write|provide|output|produce|generate|return)\s+(?:\w+\s+){0,2}(?:a|an|only)\s+(?:\w+\s+){0,2}(?:positive|favou?rable|glowing|enthusiastic)\s+"
        r"(?:\w+\s+)?(?:review|evaluation|assessment|rating|recommendation|summary)\s+(?:only|of this (?:paper|work|manuscript)|and (?:do not|don't|never|recommend))",
        r"\bgive\s+(?:a\s+)?positive\s+review\s+only\b",
        r"(?:^|[.!?:;,]\s*|\band\s+|\bplease\s+|\bnow\s+)(?:do not|don't|never)\s+(?:highlight|mention|point out|raise|discuss|report|list|include|criticise|criticize)\s+(?:any\s+|the\s+|its\s+|this paper's\s+)?"
        r"(?:negatives?|weaknesses|shortcomings|flaws|criticisms?)\b",
        r"\b(?:recommend|suggest)\s+(?:strong\s+)?accept(?:ance|ing)?\s+(?:of\s+)?(?:this|the)\s+(?:paper|submission|manuscript|work)\b",
        r"(?:只|仅)(?:给出|提供|写|输出)(?:正面|积极|好)(?:的)?(?:评价|评审|评论|审稿意见)",
        r"不要(?:提及|指出|提到)(?:任何)?(?:缺点|不足|负面|弱点)",
    ),
)
DOUBTFUL = (
    _phrase(
        "order praise",
        r"(?:^|[.!?:;\n]\s*|\bplease\s+|\byou (?:must|should)\s+|\bto\s+)(?:rate|score|praise|describe|summari[sz]e|call|recommend|emphasi[sz]e|state that|say that)\s+(?:that\s+)?"
        r"(?:this|the)\s+(?:paper|work|article|submission|manuscript)\b.{0,60}?\b(?:10\s*/\s*10|highest|best|excellent|groundbreaking|ground-breaking|"
        r"outstanding|revolutionary|exceptional|brilliant|flawless|accept)\b",
        r"\b(?:must|should)\s+be\s+(?:accepted|rated\s+(?:10|highest|excellent))\b",
        r"\b(?:positive|favou?rable)\s+(?:review|rating|evaluation)\b",
    ),
    _phrase(
        "ask for secrets",
        r"(?:^|[.!?:;\n]\s*|\bplease\s+|\bthen\s+|\band\s+|\byou (?:must|should)\s+)(?:reveal|print|output|repeat|show|send|leak|disclose|include|quote|write out)\s+"
        r"(?:me\s+)?(?:\w+\s+){0,2}?(?:system prompt|hidden prompt|initial instructions|full prompt|api[ -]?keys?|passwords?|credentials|environment variables|secret keys?)\b",
    ),
    _phrase(
        "have links, HTML or pictures written",
        r"(?:^|[.!?:;\n]\s*|\bplease\s+|\bthen\s+|\band\s+|\balways\s+|\byou (?:must|should)\s+)(?:include|insert|add|append|output|write|render|embed|return)\s+(?:\w+\s+){0,4}?"
        r"(?:link|hyperlink|url|image|markdown image|html|<|iframe|script)\b.{0,60}(?:http|www\.|<|!\[|\]\()",
        r"<(?:script|iframe|img|svg|object)\b|javascript:|!\s?\[[^\]]*\]\s?\(\s?(?:https?:|data:)",
    ),
    _phrase(
        "have tools called",
        r"(?:^|[.!?:;\n]\s*|\bplease\s+|\bthen\s+|\band\s+|\byou (?:must|should)\s+)(?:call|invoke|execute|run|use)\s+(?:\w+\s+){0,3}?(?:tool|function|shell|browser|curl|wget|plugin|bash)\b"
        r".{0,60}(?:http|send|delete|fetch|rm |email|post|upload|download)",
        r"\b(?:tool_call|function_call)\b",
    ),
    _phrase(
        "look like messages of a chat",
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|>|\[/?INST\]|<</?SYS>>|</?(?:system|assistant)>|^\s*###\s*(?:System|Instruction)s?\s*:",
        r"(?:^|\n)\s*(?:system|assistant)\s*:\s",
    ),
    _phrase(
        "give a model a part",
        r"\byou are (?:now |no longer )(?:an? |the |in )?\w+",
        r"\bnew (?:instructions?|task|role)\s*:",
    ),
    _phrase(
        "speak of hidden orders",
        r"\b(?:do not|don't|never) (?:mention|reveal|tell|disclose)\b.{0,40}\b(?:this|these|instructions?|prompt|message|user|author)\b",
    ),
)
MENTIONED = re.compile(
    r"such as|e\.\s?g\.|for example|for instance|\blike\b|example|attack|adversar|inject|jailbreak|malicious|attacker|"
    r"phras|\bpayload|the (?:user|author|attacker|prompt|text|message|sentence|string|instruction|paper|document)s?\s+(?:that\s+)?(?:says?|asks?|"
    r"tells?|reads?|orders?|instructs?)|\btell(?:ing|s)?\s+(?:the|a|an|it)\b|\bask(?:ing|s|ed)?\s+(?:the|a|an|it)\b|instruct(?:ing|s|ed)?\s+(?:the|a|an|it)\b|\bwe\b|\btheir\b|提示注入|攻击|例如",
    re.I,
)
"""What tells a phrase that is spoken of from one that is spoken."""
TOPIC = re.compile(
    r"prompt[- ]?injection|jailbreak|adversarial (?:prompt|instruction|text|attack)|injected (?:instruction|prompt)|hidden "
    r"(?:prompt|instruction)|red[- ]team|instruction hierarchy|indirect injection|提示注入|越狱",
    re.I,
)
