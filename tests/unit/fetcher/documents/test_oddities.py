# ruff: noqa: E501 (a source stands in one line)
"""Odd sources of all ages and dialects: what must arrive, and what must not."""

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.fetcher.documents.conversion import Budget, Converted, convert_source
from services.fetcher.documents.markdown import formulas_of
from services.fetcher.documents.sources.eprint import Source

WORDS = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(60))
KATEX = Path(__file__).parents[4] / "services/publisher/static/katex/katex.min.js"
REFUSED_BY_KATEX = """
const katex = require(process.argv[1]); const formulas = JSON.parse(require("fs").readFileSync(0)); const bad = [];
for (const [tex, display] of formulas) {
  try { katex.renderToString(tex, {displayMode: display, throwOnError: true, strict: "ignore"}) }
  catch (error) { bad.push(tex + ": " + error.message) }
}
console.log(JSON.stringify(bad));
"""


def latex(body: str, preamble: str = "", start: str = r"\documentclass{article}") -> str:
    return f"{start}\n{preamble}\n\\begin{{document}}\n\\section{{One}}\n{WORDS}\n\n{body}\n\\end{{document}}\n"


@dataclass(frozen=True)
class Oddity:
    """A source, the words that must be in its Markdown, and those that must not."""

    name: str
    tex: str | bytes
    there: tuple[str, ...]
    gone: tuple[str, ...] = ()
    grade: str = "good"
    files: tuple[tuple[str, bytes], ...] = ()


ODDITIES = (
    Oddity("209", latex("{\\bf Bold} $x$", start="\\documentstyle[12pt,epsf,prl,aps]{revtex}"), ("Bold", "$x$")),
    Oddity("209 two columns", latex("Text \\cite{a}", start="\\documentstyle[twocolumn,mn,psfig]{mn}"), ("Text",)),
    Oddity(
        "amstex",
        rf"\input amstex \documentstyle{{amsppt}} \topmatter \title A Theorem \endtitle \author Me \endauthor"
        rf"\abstract Short words. \endabstract \endtopmatter \document \head 1. Start \endhead {WORDS} "
        rf"\proclaim{{Theorem 1}} All is $\Bbb R$ well. \endproclaim \demo{{Proof}} Easy. \qed\enddemo "
        r"\Refs \ref\no 1 \by Knuth \paper Things \endref \endRefs \enddocument",
        ("Theorem 1", "All is", "Easy", "Start", "Short words"),
        ("endproclaim", "topmatter"),
    ),
    Oddity(
        "plain tex",
        rf"\magnification\magstep1 \hsize=6truein \parskip=3pt \def\R{{{{\bf R}}}} \centerline{{\bf Old Title}} \bigskip "
        rf"\noindent{{\bf 1. Introduction}}\medskip {WORDS} $$ \eqalign{{a &= b \cr c &= d \cr}} \eqno(1) $$ "
        r"and $f\colon \R\to\R$. \item{1.} First point. \item{2.} Second point. \vfill\eject \bye Hidden rest",
        ("Old Title", "Introduction", "First point", "Second point", "aligned"),
        ("Hidden rest", "hsize", "magstep"),
    ),
    Oddity(
        "revtex4",
        latex("Text $a$.", start="\\documentclass[aps,prd,preprint]{revtex4-1}").replace(
            "\\section",
            "\\title{T}\\author{A}\\affiliation{Nowhere}\\begin{abstract}Abs words\\end{abstract}\\pacs{1}\\maketitle\\section",
            1,
        ),
        ("Abs words", "Text"),
        ("Nowhere",),
    ),
    Oddity(
        "latin1", latex("Schr\xf6dinger na\xefve", "\\usepackage[latin1]{inputenc}").encode("latin-1"), ("Schrödinger",)
    ),
    Oddity("cp1250", latex("Paweł Świątek", "\\usepackage[cp1250]{inputenc}").encode("cp1250"), ("Paweł Świątek",)),
    Oddity(
        "mac", latex("Poincar\xe9 th\xe9or\xe8me", "\\usepackage[applemac]{inputenc}").encode("mac-roman"), ("Poincaré",)
    ),
    Oddity("undeclared latin1", latex("Schr\xf6dinger").encode("latin-1"), ("Schrödinger",)),
    Oddity("bom and crlf", b"\xef\xbb\xbf" + latex("Two lines\nhere").replace("\n", "\r\n").encode(), ("Two lines here",)),
    Oddity("cr only", latex("Two lines % gone\nhere").replace("\n", "\r").encode(), ("Two lines here",), ("gone",)),
    Oddity("nul bytes", latex("Before\0 after").encode(), ("Before", "after")),
    Oddity(
        "percent", latex("It is 50\\% done % not this\n and \\\\% nor this\n more"), ("50% done", "more"), ("this",)
    ),
    Oddity(
        "verbatim percent",
        latex("\\begin{verbatim}\nx = 5 % 2\n\\end{verbatim}\n\\begin{lstlisting}[language=C]\na % b;\n\\end{lstlisting} End"),
        ("x = 5 % 2", "a % b;", "End"),
    ),
    Oddity("verb", latex("See \\verb|a_b%c\\d| there"), ("a_b%c\\d", "there")),
    Oddity(
        "iffalse", latex("Seen \\iffalse hidden \\if x y \\fi more hidden \\fi again \\iftrue yes \\else nope \\fi"),
        ("Seen", "again", "yes"), ("hidden", "nope"),
    ),
    Oddity(
        "newif", latex("\\ifdraft secret \\fi \\iflong longtext \\else shorttext \\fi", "\\newif\\ifdraft \\newif\\iflong \\longtrue"),
        ("longtext",), ("secret", "shorttext"),
    ),
    Oddity(
        "comments", latex("A \\begin{comment}hidden\\end{comment} B \\todo[inline]{secret} C \\note{mine} D",
        "\\usepackage{comment,todonotes}\\newcommand{\\note}[1]{}"), ("A", "B", "C", "D"), ("hidden", "secret", "mine"),
    ),
    Oddity("excluded", latex("\\begin{hide}hidden\\end{hide} seen", "\\excludecomment{hide}"), ("seen",), ("hidden",)),
    Oddity(
        "white text", latex("A \\textcolor{white}{ignore all} B {\\color{white} invisible words} C \\textcolor{red}{red one}"),
        ("A", "B", "C", "red one"), ("ignore all", "invisible"),
    ),
    Oddity(
        "def delimiters", latex("\\pair(one,two) \\stop three.", "\\def\\pair(#1,#2){[#2 and #1]}\\def\\stop#1.{<#1>}"),
        ("two and one", "three"), ("stop",),
    ),
    Oddity(
        "optional arguments", latex("\\hi{Ann} \\hi[Bye]{Bob} $\\E{x} \\E[p]{y}$",
        "\\newcommand{\\hi}[2][Hello]{#1 #2!}\\newcommand\\E[2][]{\\mathbb{E}_{#1}[#2]}"),
        ("Hello Ann!", "Bye Bob!", "\\mathbb{E}_{p}[y]"),
    ),
    Oddity(
        "xparse", latex("$\\norm{x}_2$, $\\norm[p]{y}$ and \\greet*{Eve}",
        "\\NewDocumentCommand{\\norm}{o m}{\\IfNoValueTF{#1}{\\lVert #2\\rVert}{\\lVert #2\\rVert_{#1}}}"
        "\\NewDocumentCommand\\greet{s m}{\\IfBooleanTF{#1}{Dear }{}#2}"),
        ("\\lVert x\\rVert", "\\lVert y\\rVert_{p}", "Dear Eve"), ("NoValue",),
    ),
    Oddity(
        "spanning", latex("\\bi \\i first \\i second \\ei", "\\def\\bi{\\begin{itemize}}\\def\\ei{\\end{itemize}}\\let\\i\\item"),
        ("first", "second"),
    ),
    Oddity(
        "theorems", latex("\\begin{thm}[Euler] All $e$. \\end{thm}\\begin{proof} Trivial. \\end{proof} \\begin{lemma}Small.\\end{lemma}",
        "\\newtheorem{thm}{Theorem}[section]"), ("Theorem", "Euler", "All", "Trivial", "Small"),
    ),
    Oddity(
        "equation shortcuts",
        latex("\\be a=b\\ee \\bea c&=&d\\nonumber\\\\ e&=&f\\label{q}\\eea \\beqn{g=h}",
        "\\def\\be{\\begin{equation}}\\def\\ee{\\end{equation}}\\newcommand{\\bea}{\\begin{eqnarray}}\\newcommand{\\eea}{\\end{eqnarray}}"
        "\\newcommand{\\beqn}[1]{\\begin{equation}#1\\end{equation}}"), ("a=b", "c&=&d", "g=h"), ("label", "eqnarray"),
    ),
    Oddity(
        "siunitx", latex("It is \\SI{3.5e3}{\\kilo\\metre\\per\\second} or $\\SI{5}{\\GeV}$ and \\num{12}.", "\\usepackage{siunitx}"),
        ("3.5", "km", "GeV", "12"),
    ),
    Oddity("mhchem", latex("Water \\ce{H2O} and $\\ce{2H2 + O2 -> 2H2O}$", "\\usepackage[version=3]{mhchem}"), ("H_{2}O", "rightarrow")),
    Oddity(
        "tables",
        latex("\\begin{table}[ht]\\caption{Main results.}\\begin{tabularx}{\\textwidth}{l|X|c}\\toprule a & bb & c\\\\\\midrule"
        "\\multicolumn{2}{c}{wide} & d \\\\ \\multirow{2}{*}{tall} & e & f\\\\\\bottomrule\\end{tabularx}\\end{table}"
        "\\begin{tabular*}{5cm}{@{\\extracolsep{\\fill}}ll} star & table \\\\ \\end{tabular*}"),
        ("Main results", "bb", "wide", "tall", "star"),
    ),
    Oddity(
        "algorithm",
        latex("\\begin{algorithm}[H]\\caption{Sorting}\\KwData{a list}\\While{not sorted}{swap neighbours\\;}\\Return{list}\\end{algorithm}"
        "\\begin{algorithm}\\caption{Other}\\begin{algorithmic}[1]\\State $x \\gets 1$ \\If{$x > 0$} \\State decrease \\EndIf\\end{algorithmic}\\end{algorithm}",
        "\\usepackage[ruled]{algorithm2e}\\usepackage{algorithmic}"), ("Sorting", "swap neighbours", "decrease"),
    ),
    Oddity(
        "figures",
        latex("\\begin{figure*}[t]\\centering\\begin{tikzpicture}\\draw (0,0) -- node {inside} (1,1);\\end{tikzpicture}"
        "\\subfloat[Left part]{\\includegraphics{a}}\\caption[short]{A long caption with $x_1$.}\\label{fig:a}\\end{figure*} See Fig.~\\ref{fig:a}."),
        ("A long caption with $x_1$", "Left part", "Fig"), ("draw", "includegraphics", "short"),
    ),
    Oddity("footnotes", latex("Text\\footnote{A remark below.} goes on."), ("A remark below", "goes on")),
    Oddity(
        "citations", latex("As \\citet{a} and \\citep[see][p. 3]{b}, \\parencite{c}, \\textcite{d}, \\cite{e,f} and \\citeauthor{g} say \\nocite{*}done."),
        ("As", "say", "done"), ("citet", "nocite"),
    ),
    Oddity(
        "appendix", latex("Main. \\appendix \\section{Proofs} Deferred proof."), ("Proofs", "Deferred proof"), ("appendix",)
    ),
    Oddity("input loop", latex("\\input{a}\\input main \\input{main.tex}"), ("loopword",), files=(("a.tex", b"loopword \\input{b}"), ("b.tex", b"\\input a"))),
    Oddity("input bare", latex("\\input sec/one\n\\include{two}"), ("unbraced", "included"), files=(("sec/one.tex", b"unbraced words"), ("two.tex", b"included words"))),
    Oddity("subfiles", latex("\\subfile{part}", "\\usepackage{subfiles}"), ("partwords",), ("preamble words",),
           files=(("part.tex", b"\\documentclass[main.tex]{subfiles} preamble words \\begin{document}partwords\\end{document}"),)),
    Oddity("old fonts", latex("{\\em emphasis} {\\sc Caps} {\\tt mono} {\\large big} \\underbar{under}"), ("emphasis", "Caps", "mono", "big", "under")),
    Oddity("accents", latex("G\\\"odel Erd\\H{o}s Ha\\v{c}ek \\AA ngstr\\\"om {\\L}ukasz na\\\"{\\i}ve \\c{C}a"), ("Gödel", "Erdős", "Haček", "Ångström", "Łukasz", "naïve", "Ça")),
    Oddity("recursive macro", latex("\\loop stays", "\\def\\loopx{\\loopx a}\\def\\aa{\\bb}\\def\\bb{\\aa} "), ("stays",)),
    Oddity("unbalanced", latex("Text ({\\ref{a}) goes } on \\end{center} here."), ("goes", "here")),
    Oddity("multicols", latex("\\begin{multicols}{2} left right \\end{multicols} \\begin{minipage}[t]{0.4\\textwidth} boxed \\end{minipage}"), ("left right", "boxed")),
    Oddity("hyperref", latex("\\href{http://a.b/c}{shown} \\url{http://x.y} \\hyperref[sec:a]{text of link} \\texorpdfstring{$x$}{ex}"), ("shown", "text of link")),
    Oddity("sections", latex("\\subsection[short]{Long heading with $x$} \\paragraph{Para.} After. \\section*{\\centering Unnumbered}"), ("Long heading", "Para", "After", "Unnumbered"), ("centering",)),
    Oddity("ensuremath", latex("\\kms and $\\kms$ and \\Ha\\ line", "\\newcommand{\\kms}{\\ensuremath{\\mathrm{km\\,s^{-1}}}\\xspace}\\def\\Ha{H$\\alpha$}"), ("km", "H$\\alpha$", "line")),
    Oddity("old maths", latex("$$\\cases{1 & if $x>0$,\\cr 0 & otherwise.\\cr} \\eqno(2.1)$$ $$\\pmatrix{a&b\\cr c&d\\cr}$$ $\\root 3 \\of x {a\\over b} {\\cal L} \\hbox{for all }n \\buildrel d \\over = y$"), ("cases", "pmatrix", "sqrt[3]")),
    Oddity("physics", latex("$\\dv{f}{x} + \\pdv[2]{g}{y} \\qty(a) \\abs{x} \\bra{a}\\ket{b} \\Tr\\rho \\vb{E}$", "\\usepackage{physics}"), ("\\frac",)),
    Oddity("strange maths", latex("$x\\label{a} \\mbox{if $y_1$ and a_b} \\mathds{1} \\textsc{Abc} \\unknowncommand{z} \\hspace*{1cm} \\slashed{p} \\boldmath$ "
                                  "\\begin{multline} a \\\\ b \\end{multline} \\begin{align*} a &= b \\intertext{so} c &= d \\tag{$*$} \\end{align*} "
                                  "\\begin{array}{@{}l*{2}{c}p{3cm}}a&b&c&d\\end{array}"), ("mathbb{1}",)),
    Oddity("operators", latex("$\\argmax_x \\Tr A$, $\\set{a}$, $\\set*{b}$", "\\DeclareMathOperator*{\\argmax}{arg\\,max}\\DeclareMathOperator\\Tr{Tr}\\DeclarePairedDelimiter{\\set}{\\{}{\\}}"), ("operatorname", "\\left\\{")),
    Oddity("sup and frac of own", latex("$x^\\R + \\frac\\R2 + \\sqrt\\half + \\bar\\R$", "\\def\\R{\\mathbb{R}}\\def\\half{\\frac{1}{2}}"), ("x^{\\mathbb{R}}", "\\frac{\\mathbb{R}}2")),
    Oddity("broken preamble", latex("Fine.", "\\makeatletter\\def\\@maketitle{\\newpage\\null\\if@twocolumn\\else\\fi}\\@addtoreset{equation}{section}\\makeatother\\catcode`\\@=11\\expandafter\\def\\csname x\\endcsname{y}"), ("Fine",)),
    Oddity("harvmac", rf"\input harvmac \def\R{{{{\bf R}}}} \Title{{\vbox{{\hbox{{HUTP}}}}}}{{\vbox{{\centerline{{Strings}}}}}} \lref\wit{{E. Witten, hep-th/9503124.}} \newsec{{Introduction}} {WORDS} \foot{{A remark.}} as in \refs{{\wit}}. \eqn\first{{x = \R}} From \first\ we see. \subsec{{More}} Text. \listrefs \bye",
           ("Introduction", "A remark", "$$x = {\\bf R}$$", "More", "9503124"), ("listrefs", "newsec", "lref")),
    Oddity("elsarticle", latex("Text.", start="\\documentclass[preprint]{elsarticle}").replace("\\section", "\\begin{frontmatter}\\title{T\\tnoteref{t}}\\tnotetext[t]{Thanks all}\\author[a]{Ann\\corref{c}}\\address[a]{Nowhere}\\begin{abstract}Abs words.\\end{abstract}\\begin{keyword}one \\sep two\\end{keyword}\\end{frontmatter}\\section", 1), ("Abs words", "Text"), ("Nowhere", "corref")),
    Oddity("ieee", latex("\\IEEEPARstart{D}{eep} nets. \\begin{IEEEeqnarray}{rCl} a & = & b \\IEEEeqnarraynumspace\\\\ c & = & d \\end{IEEEeqnarray} \\begin{IEEEkeywords}k\\end{IEEEkeywords}", start="\\documentclass[journal]{IEEEtran}"), ("eep nets", "a & = & b")),
    Oddity("acm", latex("Text.", "\\begin{CCSXML}<ccs2012>x</ccs2012>\\end{CCSXML}\\ccsdesc[500]{Computing}\\keywords{k}\\setcopyright{none}", start="\\documentclass[sigconf]{acmart}"), ("Text",), ("ccs2012",)),
    Oddity("mn2e", latex("M$_\\odot$ and 10\\,km\\,s$^{-1}$ \\la 5 \\hbox{$.\\!\\!^{\\prime}$}", start="\\documentclass[useAMS,usenatbib]{mn2e}"), ("km", "lesssim")),
    Oddity("primes and text", latex("$f''(x)^2 + x'^2 \\text{ if } x\\in A^\\prime_1$ and $\\left\\{\\begin{array}{ll} a & \\mbox{if $x$ and} \\\\ b & \\textrm{else}\\end{array}\\right.$"), ("prime",), grade="good"),
    Oddity("nested own", latex("\\rev{New \\emph{words} with $\\vx$ and \\textbf{more}} \\begin{rem*}Noted.\\end{rem*} \\eq{a=b} \\fig{f}{The caption}", "\\newcommand{\\rev}[1]{{\\color{blue}#1}}\\newcommand{\\vect}[1]{\\boldsymbol{#1}}\\def\\vx{\\vect{x}}\\newtheorem*{rem*}{Remark}\\newcommand{\\eq}[1]{\\begin{equation}#1\\end{equation}}\\newcommand{\\fig}[2]{\\begin{figure}\\includegraphics{#1}\\caption{#2}\\end{figure}}"), ("New", "\\boldsymbol{x}", "Noted", "a=b", "The caption")),
    Oddity("deluxetable", latex("\\begin{deluxetable}{lcr}\\tablecaption{Stars}\\tablewidth{0pt}\\tablehead{\\colhead{Name} & \\colhead{Mag} & \\colhead{D}}\\startdata Vega & 0 & 7 \\\\ Sirius & 1 & 2 \\enddata\\tablecomments{Bright ones.}\\end{deluxetable}", start="\\documentclass{aastex}"), ("Stars", "Name", "Sirius", "Bright ones")),
)  # fmt: skip


def converted(oddity: Oddity) -> Converted:
    tex = oddity.tex if isinstance(oddity.tex, bytes) else oddity.tex.encode()
    source = Source(files={"main.tex": tex, **dict(oddity.files)})
    return convert_source(source, Budget(time.monotonic() + 30, 3_000))


@pytest.mark.parametrize("oddity", ODDITIES, ids=[oddity.name for oddity in ODDITIES])
def test_an_odd_source_arrives_whole_and_without_what_nobody_is_to_read(oddity: Oddity) -> None:
    outcome = converted(oddity)
    markdown = outcome.markdown.replace("\\[", "[").replace("\\]", "]")
    assert [words for words in oddity.there if words not in markdown] == [], markdown[len(WORDS) :]
    assert [words for words in oddity.gone if words in markdown] == [], markdown
    assert outcome.grade == oddity.grade, (outcome.tried, markdown[len(WORDS) :])
    assert refused_by_katex(outcome.markdown) == []


def refused_by_katex(markdown: str) -> list[str]:
    """What KaTeX says to the formulas; nothing where there is no node to ask it."""
    node = shutil.which("node")
    if node is None:
        return []
    said = subprocess.run(
        [node, "-e", REFUSED_BY_KATEX, str(KATEX)],
        input=json.dumps(formulas_of(markdown)),
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    found: list[str] = json.loads(said.stdout)
    return found


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node: KaTeX is not asked about any formula")
def test_katex_can_be_asked() -> None:
    assert refused_by_katex("$x$ and $\\nosuchcommand$") != []
    assert refused_by_katex("$x$ and $$y$$") == []
