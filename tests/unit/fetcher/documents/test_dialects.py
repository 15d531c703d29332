# ruff: noqa: E501 (a source stands in one line)
"""What classes, packages and dialects of all fields do to a source; the long companion of the odd sources."""

import re

import pytest

from tests.unit.fetcher.documents.test_oddities import WORDS, Oddity, converted, latex, refused_by_katex

ODDITIES = (
    Oddity("csname def", latex(r"\alphab and $\foo{x}$", r"\expandafter\newcommand\csname foo\endcsname[1]{\mathbf{#1}}\newcommand{\alphab}{bold alpha}"), ("bold alpha","\\mathbf{x}")),
    Oddity("csname use", latex(r"\csname emph\endcsname{hello} world"), ("hello","world"),("csname",)),
    Oddity("ifx", latex(r"\ifx\undefinedthing\relax yeswords \else nowords \fi \ifdefined\foo aa\else bb\fi done", ), ("done",),("ifx","fi ")),
    Oddity("ifnum", latex(r"\ifnum\year>2000 recent\else ancient\fi words"), ("words",),("ifnum",)),
    Oddity("etoolbox", latex(r"\mycmd{tested} \iftoggle{long}{longer text}{shorter text}", r"\usepackage{etoolbox}\newtoggle{long}\toggletrue{long}\newrobustcmd{\mycmd}[1]{robust #1}"), ("robust tested","longer text"),("shorter",)),
    Oddity("global long def", latex(r"$\norm{x}$ ok", r"\global\long\def\norm#1{\left\Vert #1\right\Vert}"), ("\\left\\Vert x\\right\\Vert","ok")),
    Oddity("lyx", latex(r"Some text.\foreignlanguage{american}{ American words}", "\\providecommand{\\tabularnewline}{\\\\}\n\\makeatletter\n%%% LyX specific\n\\newcommand{\\lyxaddress}[1]{\\par {\\raggedright #1 \\vspace{1.4em} \\noindent\\par}}\n\\makeatother"), ("Some text","American words")),
    Oddity("paren math", latex(r"\(a+b\) and \[c+d\]"), ("$a+b$","c+d")),
    Oddity("dollar text nested", latex(r"$x = \begin{cases} 1 & \text{if $x>0$} \\ 0 & \mbox{otherwise} \end{cases}$"), ("cases",)),
    Oddity("german2", latex(r'Stra"se "uber "Apfel', r"\usepackage[ngerman]{babel}"), ("Straße","über","Äpfel")),
    Oddity("umlauts", latex(r'G{\"o}del Schr\"{o}dinger Erd{\H o}s \v Cech \~{n} \aa{} {\o}re {\ss}en \l{}od Poincar\'{e} Poincar\'e {\'E}cole na{\"\i}ve \'\i x'), ("Gödel","Schrödinger","Erdős","Čech","Poincaré","École","naïve")),
    Oddity("cjk", latex("\\begin{CJK*}{UTF8}{gbsn}中文作者\\end{CJK*} text here"), ("text here",)),
    Oddity("utf16", latex("Schrödinger words").encode("utf-16"), ("Schrödinger",)),
    Oddity("latin1 bytes in utf8 decl", latex("caf\xe9 words","\\usepackage[utf8]{inputenc}").encode("latin-1"), ("café",)),
    Oddity("after end", latex("Body words.")+"\n\\section{Rubbish} From: me@x\n\\begin{document}again\\end{document}", ("Body words",),("Rubbish","again")),
    Oddity("00title footnote", latex("X").replace("\\section", "\\title{My Title\\footnote{Funded by X}}\\author{A\\thanks{b}}\\maketitle\\section",1), ("My Title",)),
    Oddity("texorpdf section", latex(r"\section{The \texorpdfstring{$\beta$}{beta} function} Text."), ("$\\beta$","function")),
    Oddity("longtable", latex(r"\begin{longtable}{|p{3cm}|c|}\caption{Long one}\\ \hline A & B \endfirsthead \hline A & B\\ \endhead \hline \endfoot one & two\\ three & four\\ \end{longtable} after"), ("Long one","three","four","after"),("endhead","endfirsthead")),
    Oddity("sidewaystable", latex(r"\begin{sidewaystable}\caption{Side}\begin{tabular}{lll}a1 & b1 & c1\\ d1&e1&f1\end{tabular}\end{sidewaystable}"), ("Side","a1","f1")),
    Oddity("xymatrix", latex(r"Diagram $$\xymatrix{A \ar[r]^f & B \ar[d] \\ C & D}$$ and \begin{equation}\begin{tikzcd} A \arrow[r] & B\end{tikzcd}\end{equation} end"), ("Diagram","end"),("ar[r]",)),
    Oddity("feynmf", latex(r"\begin{fmffile}{a}\begin{fmfgraph*}(40,25)\fmfleft{i1}\end{fmfgraph*}\end{fmffile} after"), ("after",),("fmfleft",)),
    Oddity("picture", latex(r"\begin{picture}(10,10)\put(0,0){\line(1,0){10}}\end{picture} after"), ("after",),("put",)),
    Oddity("axodraw", latex(r"\begin{center}\begin{picture}(300,100)(0,0)\ArrowLine(0,0)(1,1)\end{picture}\end{center} tail"), ("tail",),("ArrowLine",)),
    Oddity("pspicture", latex(r"\begin{pspicture}(0,0)(1,1)\psline(0,0)(1,1)\end{pspicture} tail"), ("tail",),("psline",)),
    Oddity("special", latex(r"\special{psfile=a.ps} tail \special{header=x}"), ("tail",),("psfile",)),
    Oddity("thebib natbib", latex(r"As \cite{a}. \begin{thebibliography}{9}\bibitem[Smith et~al.(1999)Smith, Jones]{a} Smith, arXiv:1001.0001\end{thebibliography}"), ("1001.0001",)),
    Oddity("theorem shared", latex(r"\begin{Thm}\label{t} Every $x$ is fine.\end{Thm}\begin{pf} Clear.\end{pf}\begin{Cor} So.\end{Cor}", r"\newtheorem{Thm}{Theorem}[section]\newtheorem{Cor}[Thm]{Corollary}\newenvironment{pf}{\noindent{\bf Proof.}}{\hfill$\Box$}"), ("Theorem","Every","Proof","Clear","Corollary")),
    Oddity("declaretheorem", latex(r"\begin{lem} L words \end{lem}", r"\declaretheorem[name=Lemma]{lem}"), ("Lemma","L words")),
    Oddity("restatable", latex(r"\begin{restatable}[Main]{theorem}{mainthm} Big claim.\end{restatable} \mainthm*", r"\usepackage{thm-restate}\newtheorem{theorem}{Theorem}"), ("Big claim",)),
    Oddity("tcolorbox", latex(r"\begin{tcolorbox}[title=Key,colback=red!5] Boxed words \end{tcolorbox} \begin{mdframed}[x=1] framed \end{mdframed}"), ("Boxed words","framed"),("colback",)),
    Oddity("subequations", latex(r"\begin{subequations}\label{a}\begin{align} a&=b\\ c&=d \end{align}\end{subequations}"), ("a&=b",),("subequations",)),
    Oddity("split eq", latex(r"\begin{equation}\begin{split} a &= b\\ &= c\end{split}\end{equation} \begin{gather*} x\\y\end{gather*}"), ("split",)),
    Oddity("eqnarray nonumber", latex(r"\begin{eqnarray} a &=& b \nonumber \\[2mm] & & {} + c \label{x}\end{eqnarray}"), ("a &=& b",),("nonumber",)),
    Oddity("revtex onecol", latex(r"\begin{widetext}\begin{equation} a=b\end{equation}\end{widetext} text \begin{acknowledgments} We thank Bob. \end{acknowledgments}", start="\\documentclass[prb,twocolumn]{revtex4-2}"), ("a=b","We thank Bob")),
    Oddity("iopart", latex(r"\ack We thank. \begin{table}\caption{\label{a}Cap words.}\begin{indented}\item[]\begin{tabular}{@{}llll}\br A&B\\ \mr 1&2\\ \br\end{tabular}\end{indented}\end{table} \Eref{e} \References \item[] Foo", start="\\documentclass[12pt]{iopart}"), ("We thank","Cap words")),
    Oddity("jhep", latex("Text", r"\usepackage{jheppub}\title{A title}\author[a]{Me,}\affiliation[a]{Place}\emailAdd{a@b}\abstract{The abstract words $x$.}\keywords{K}\arxivnumber{1}"), ("The abstract words","Text"),("a@b",)),
    Oddity("svjour", latex("Text", start="\\documentclass{svjour3}").replace("\\section","\\title{T}\\institute{F. Author \\at first address}\\date{Received}\\maketitle\\begin{abstract}Insert abs.\\keywords{First \\and Second}\\subclass{MSC}\\end{abstract}\\section",1), ("Insert abs",)),
    Oddity("icml", latex("Text.", r"\usepackage{icml2024}").replace("\\section","\\twocolumn[\\icmltitle{A Grand Title}\\begin{icmlauthorlist}\\icmlauthor{Me}{x}\\end{icmlauthorlist}\\icmlaffiliation{x}{Y}\\icmlkeywords{A}\\vskip 0.3in]\\printAffiliationsAndNotice{}\\begin{abstract}Abs icml.\\end{abstract}\\section",1), ("Abs icml","Text"),("vskip",)),
    Oddity("llncs", latex("Text. \\keywords{a \\and b}", start="\\documentclass[runningheads]{llncs}").replace("\\section","\\title{T\\thanks{x}}\\author{A\\inst{1}\\orcidID{0}}\\institute{I \\email{a}}\\maketitle\\begin{abstract}Llncs abs.\\keywords{K}\\end{abstract}\\section",1), ("Llncs abs","Text")),
    Oddity("amsart", latex("Text.", start="\\documentclass{amsart}").replace("\\section","\\title[Short]{Long Title}\\author{A}\\address{B}\\email{c}\\subjclass[2000]{Primary 14}\\begin{abstract}Ams abs.\\end{abstract}\\maketitle\\section",1), ("Ams abs","Text")),
    Oddity("mathpar", latex(r"\begin{mathpar}\inferrule*[Right=Foo]{\Gamma \vdash a \\ b}{c}\and \inferrule{x}{y}\end{mathpar} $\infer[L]{a}{b & c}$", r"\usepackage{mathpartir}"), ("Gamma",)),
    Oddity("bussproofs", latex(r"\begin{prooftree}\AxiomC{$A$}\UnaryInfC{$B$}\end{prooftree} then \AxiomC{$C$}\UnaryInfC{$D$}\DisplayProof end", r"\usepackage{bussproofs}"), ("then","end"),("AxiomC",)),
    Oddity("ang", latex(r"At \ang{45} and $\ang{30}$ with \numprint[km]{3} \qty{3}{\kilo\gram} \unit{\metre\per\second} \qtyrange{1}{2}{\metre} \numrange{1}{3} \SIlist{1;2}{\metre}", r"\usepackage{siunitx,numprint}"), ("45","30","kg")),
    Oddity("glossaries", latex(r"\gls{cnn} and \Gls{abc}, \acrshort{x} \ac{gan} done", r"\usepackage[acronym]{glossaries}\newacronym{cnn}{CNN}{convolutional network}\newacronym{abc}{ABC}{approximate}\newacronym{x}{XX}{xyz}\DeclareAcronym{gan}{short=GAN,long=generative}"), ("CNN","done")),
    Oddity("acro package", latex(r"\ac{GAN} and \acp{GAN} \begin{acronym}\acro{GAN}{generative adversarial}\end{acronym} done", r"\usepackage{acronym}"), ("done","GAN")),
    Oddity("cleveref", latex(r"See \cref{a,b} and \Cref{c}, \autoref{d}, \nameref{e}, \vref{f}."), ("See",)),
    Oddity("enumitem", latex(r"\begin{enumerate}[label=(\roman*),leftmargin=*]\item one\item[(x)] two\end{enumerate}\begin{description}\item[Term] def\end{description}"), ("one","(x)","two","Term","def"),("leftmargin",)),
    Oddity("bracket item", latex(r"\begin{itemize}\item [a] b\item $[0,1]$ c\end{itemize}"), ("b","$[0,1]$")),
    Oddity("quotes", latex(r"``quoted'' `single' \enquote{deep} ,,low'' \glqq{}g\grqq{} \guillemotleft x\guillemotright"), ("deep",)),
    Oddity("spaces", latex(r"a\ b~c\,d\;e\quad f\hspace{1cm}g\hfill h\\[1cm] i \linebreak[4] j \newline k"), ("f","k"),("1cm",)),
    Oddity("minted inline", latex(r"\mintinline{python}{x_1 = f(a)} and \lstinline!y_2! and \texttt{a\_b}"), ("x_1","y_2")),
    Oddity("lst caption", latex("\\begin{lstlisting}[caption={A prog},label=a,language=C]\nint x_1;\n\\end{lstlisting} tail"), ("int x_1","tail"),("label=a",)),
    Oddity("algorithmic upper", latex("\\begin{algorithm}\\caption{Alg}\\begin{algorithmic}[1]\\REQUIRE $n$\\ENSURE $y$\\FOR{$i=1$ to $n$}\\STATE do thing\\IF{$a$}\\STATE b1\\ELSE\\STATE c1\\ENDIF\\ENDFOR\\RETURN y1\\end{algorithmic}\\end{algorithm}", r"\usepackage{algorithm,algorithmic}"), ("do thing","b1","c1","Alg"),("ENDFOR","STATE")),
    Oddity("algpseudo", latex("\\begin{algorithm}\\caption{Alg}\\begin{algorithmic}\\Procedure{Euclid}{$a,b$}\\Comment{gcd here}\\While{$r\\not=0$}\\State $a\\gets b$\\EndWhile\\State \\textbf{return} $b$\\EndProcedure\\end{algorithmic}\\end{algorithm}", r"\usepackage{algorithm,algpseudocode}"), ("Euclid","gcd here"),("EndWhile","State")),
    Oddity("algorithm2e more", latex("\\begin{algorithm2e}\\SetAlgoLined\\KwIn{in}\\KwOut{out}\\SetKwFunction{Fn}{Func}\\uIf{cond a}{do a\\;}\\uElseIf{cond b}{do b}\\Else{do c}\\ForEach{x}{body x\\;}\\Fn{arg}\\;\\tcp*[h]{note}\\end{algorithm2e}", r"\usepackage[algo2e]{algorithm2e}"), ("do a","do b","do c","body x","note"),("uIf","SetKwFunction")),
    Oddity("keyword macros in math", latex(r"$\mathop{\rm arg\,min}\limits_{x} f$ $\operatornamewithlimits{argmax}_y$ $\mathop{\mathrm{tr}}\nolimits A$ $a \mod b$ $\bmod$ ${\rm d}x$ ${\bf x}$ ${\cal O}(n)$ $\bm x$"), ("cal",)),
    Oddity("math macros odd", latex(r"$\begin{smallmatrix}a&b\end{smallmatrix}$ $\substack{a\\b}$ $\overbrace{a}^{b}$ $\xrightarrow[a]{b}$ $\underset{x}{\operatorname{argmin}}$ $\genfrac{(}{)}{0pt}{}{n}{k}$ $\cfrac{1}{2}$ $\mathscr{L}$ $\ulcorner$ $\mathring{A}$ $\iint$ $\oiint$"), ("substack",)),
    Oddity("math refs", latex(r"$x \eqref{a} \ref{b} \cite{c} \footnote{hm} \nonumber \vspace{1cm}$"), ("x",)),
    Oddity("dollars in table", latex(r"\begin{tabular}{c>{$}c<{$}} a & x_1 \\ b & $y$\end{tabular} costs \$5 and \$6"), ("costs",)),
    Oddity("nested mbox math", latex(r"$a \mbox{ for } b \hbox{ with $c$ } \textrm{d $e_1$ f}$ $x\hbox{\rm ~if~}y$ $\vcenter{\hbox{$a$}}$"), ("for",)),
    Oddity("old eqs", latex("$$a = b \\leqno{(1)}$$ $$\\displaylines{a \\cr \\hfill b \\hfill\\cr}$$ $$\\eqalignno{a&=b&(1)\\cr c&=d&(2)\\cr}$$ $$\\left\\{\\matrix{a&b\\cr c&d}\\right.$$ $a\\choose b$ $a\\atop b$ ${n\\brack k}$"), ("choose",)),
    Oddity("mathcode", latex(r"x $\mathchar`\-$ y $\mathaccent\char'27 A$ $\char'015$", r"\mathcode`\*=\"8000 \DeclareSymbolFont{AMSb}{U}{msb}{m}{n}\DeclareMathSymbol{\N}{\mathbin}{AMSb}{\"4E}"), ("x","y")),
    Oddity("newcommand star opt", latex(r"\pd[2]{f}{x} $\pd{f}{x}$", r"\newcommand*{\pd}[3][]{\ensuremath{\frac{\partial^{#1} #2}{\partial #3^{#1}}}}"), ("\\partial^{2} f",)),
    Oddity("at letters", latex(r"\my@cmd words", "\\makeatletter\\def\\my@cmd{secret}\\newcommand\\foo{\\@ifnextchar[{\\foo@}{\\foo@[]}}\\def\\foo@[#1]{x}\\makeatother"), ("words",)),
    Oddity("active tilde email", latex(r"Mail \href{mailto:a_b@c.d}{a\_b@c.d} \nolinkurl{x_y} \path{/a/b_c}"), ("Mail",)),
    Oddity("includegraphics weird", latex("\\begin{figure}[!htb]\\centerline{\\psfig{figure=a.ps,width=8cm}}\\epsfxsize=8cm \\epsfbox{b.eps}\\includegraphics[width=\\columnwidth, trim={0 0 1cm 0}, clip]{c}\\caption{Cap \\cite{x} text.}\\end{figure} tail"), ("Cap","tail"),("figure=","epsfxsize","trim","8cm")),
    Oddity("plotone", latex("\\begin{figure}\\plotone{f1.eps}\\figcaption{Figcap words}\\end{figure}\\figcaption[f2.ps]{Second cap}", start="\\documentclass{aastex63}"), ("Figcap words","Second cap")),
    Oddity("aas markup", latex("\\facility{HST} \\software{astropy} \\objectname{M31} \\object{NGC 1} \\ion{H}{2} \\added{new bits}\\deleted{old bits} $1\\farcs2$ 3\\arcmin 2\\sun \\altaffilmark{1} \\nodata \\ldots", start="\\documentclass{aastex62}"), ("astropy","M31","NGC 1")),
    Oddity("mnras journals", latex("\\begin{abstract}Abs here.\\end{abstract}\\begin{keywords}galaxies\\end{keywords} \\apj\\ and \\mnras, \\aap. $\\lesssim$ \\micron \\degr", start="\\documentclass{mnras}"), ("Abs here",)),
    Oddity("comment env weird", latex("keep\n\\begin{comment}\nhide me\n\\end{comment}\nkeep2"), ("keep","keep2"),("hide me",)),
    Oddity("newcommand comments", latex("A \\com{drop this} \\ab{say this} B", "\\newcommand{\\com}[1]{}\\newcommand{\\ab}[1]{\\textcolor{red}{[AB: #1]}}"), ("say this",),("drop this",)),
    Oddity("section star math", latex("\\section*{$L^p$ and \\emph{spaces}} t \\subsubsection{Deep} u \\subparagraph{Sub} v"), ("$L^p$","spaces","Deep","Sub")),
    Oddity("thanks", latex("\\acknowledgments We are grateful. \\begin{acks}Acks words\\end{acks}\\bmhead{Head} x"), ("We are grateful","Acks words")),
    Oddity("iffalse at eol", latex("a\n\\iffalse\nhidden\n\\fi\nb \\if0 zerohidden \\fi c \\if 1 x\\fi"), ("a","b","c"),("hidden",)),
    Oddity("ifthenelse", latex("\\ifthenelse{\\boolean{arxiv}}{for arxiv}{for journal} z \\ifthenelse{\\equal{a}{b}}{no}{yes}", "\\usepackage{ifthen}\\newboolean{arxiv}\\setboolean{arxiv}{true}"), ("z","for arxiv"),("boolean",)),
    Oddity("standalone inc", latex("\\includestandalone{fig} \\input{tab.tex} t"), ("tabwords","t"),files=(("tab.tex", b"\\begin{tabular}{l}tabwords\\end{tabular}"),("fig.tex", b"\\documentclass{standalone}\\begin{document}x\\end{document}"))),
    Oddity("import pkg", latex("\\import{sec/}{one} \\subimport*{sec}{two}"), ("onewords","twowords"), files=(("sec/one.tex", b"onewords"),("sec/two.tex", b"twowords"))),
    Oddity("includeonly", latex("\\include{a}\\include{b}","\\includeonly{a}"), ("aawords",), files=(("a.tex", b"aawords"),("b.tex", b"bbwords"))),
    Oddity("inputs by macro", latex("\\sect{a}","\\newcommand{\\sect}[1]{\\input{sections/#1}}"), ("aawords",), files=(("sections/a.tex", b"aawords here"),)),
    Oddity("input path dot", latex("\\input{./sec/a.tex}\\input{\"sec/b c\"}"), ("aawords","bbwords"), files=(("sec/a.tex", b"aawords"),("sec/b c.tex", b"bbwords"))),
    Oddity("graphicspath loop", latex("\\foreach \\x in {1,2} {img \\x} end"), ("end",)),
    Oddity("tikz in math", latex("\\begin{equation}\\begin{tikzpicture}[baseline]\\draw (0,0)--(1,1);\\end{tikzpicture} = x\\end{equation} after \\tikz{\\draw (0,0);} z"), ("after","z"),("draw",)),
    Oddity("pgfplots", latex("\\begin{figure}\\begin{tikzpicture}\\begin{axis}[xlabel={$x$}]\\addplot table {1 2};\\end{axis}\\end{tikzpicture}\\caption{Plot cap}\\end{figure}"), ("Plot cap",),("addplot","xlabel")),
    Oddity("overpic", latex("\\begin{figure}\\begin{overpic}[width=3cm]{a}\\put(1,2){A}\\end{overpic}\\caption{Over cap}\\end{figure}"), ("Over cap",),("put(",)),
    Oddity("wrapfig", latex("\\begin{wrapfigure}[10]{r}[0pt]{0.4\\textwidth}\\includegraphics{a}\\caption{Wrap cap}\\end{wrapfigure} text"), ("Wrap cap","text"),("0.4","0pt")),
    Oddity("subcaption", latex("\\begin{figure}\\begin{subfigure}[b]{0.5\\textwidth}\\includegraphics{a}\\caption{Sub A}\\end{subfigure}\\begin{subfigure}{.5\\linewidth}\\caption{Sub B}\\end{subfigure}\\caption{Main cap}\\end{figure}"), ("Sub A","Sub B","Main cap"),("0.5",)),
    Oddity("exact spaced begin", latex("\\begin {equation} a=b \\end {equation} \\section {Spaced} words"), ("a=b","Spaced")),
    Oddity("dup labels", latex("\\label{a}\\label{a} x \\index{foo} y \\phantom{zz} w"), ("x","y","w"),("foo",)),
    Oddity("rcs", latex("x","\\def\\rcs $#1: #2 ${\\def\\a{#2}}\\rcs $Id: a.tex,v 1.1 $"), ("x",)),
    Oddity("font cmds", latex("{\\fontsize{9}{10}\\selectfont small text} \\textsf{sf} \\textsc{Sc} {\\scshape caps} \\MakeUppercase{up} \\textsuperscript{th} \\textsubscript{2} H\\textsubscript{2}O"), ("small text","CAPS","UP"),("fontsize",)),
    Oddity("latex209 head", "\\documentstyle[preprint,aps]{revtex}\n\\begin{document}\n\\draft\n\\title{Old}\n\\author{A}\n\\address{B}\n\\date{\\today}\n\\maketitle\n\\begin{abstract}\nAbs old.\n\\end{abstract}\n\\pacs{1.2}\n\\narrowtext\n\\section{Intro}\n"+WORDS+" $\\bbox{r}$ \\widetext \\begin{mathletters}\\begin{eqnarray} a&=&b \\end{eqnarray}\\end{mathletters} \\onlinecite{a}\n\\references\n\\bibitem{a} B, hep-th/9901001\n\\end{document}", ("Abs old","Intro"),("narrowtext","bbox")),
    Oddity("plain2", "\\input amssym.def\n\\input epsf\n\\font\\bigbf=cmbx10 scaled\\magstep2\n\\nopagenumbers\\def\\sec#1{\\bigskip\\noindent{\\bf #1}\\medskip}\n\\centerline{\\bigbf A TITLE}\\vskip 1cm\n\\sec{1. Intro}\n"+WORDS+"\n\\beginsection 2. Next\n\n\\proclaim Theorem 1. All well. \\par\nText $$\\int_0^1 x\\,dx\\eqno(1)$$ \\footnote{$^1$}{A note.} \\vfill\\eject\\end\n trailing", ("A TITLE","Intro","Next","Theorem 1","All well","A note"),("trailing","bigbf","magstep")),
    Oddity("amstex2", "\\input amstex\n\\documentstyle{amsppt}\n\\NoBlackBoxes\\magnification=1200\n\\define\\R{\\Bbb R}\n\\topmatter\\title On $\\R$\\endtitle\\author X\\endauthor\\address Y\\endaddress\\email z\\endemail\\thanks T\\endthanks\\keywords K\\endkeywords\\subjclass S\\endsubjclass\\abstract Abs ams.\\endabstract\\endtopmatter\n\\document\n\\head Introduction\\endhead\n"+WORDS+" \\definition{Definition 1} A def.\\enddefinition \\proclaim{Lemma 2}Lem.\\endproclaim\\demo{Proof}Pf.\\enddemo $$\\gather a\\\\ b\\endgather$$ $$\\align a&=b\\tag 1\\\\ c&=d\\endalign$$ $\\pmatrix a&b\\\\c&d\\endpmatrix$ $\\cases a&b\\\\c&d\\endcases$ \\roster\\item one\\item\"(b)\" two\\endroster\n\\Refs\\ref\\key 1\\by Me\\paper P\\jour J\\yr 1990\\endref\\endRefs\n\\enddocument", ("Abs ams","Introduction","Definition 1","A def","Lemma 2","one","two"),("endgather","endalign","roster","endemail")),
    Oddity("lamstex", latex("x \\foreignquote{german}{Zitat} y \\num{3} z"), ("x","z")),
    Oddity("beamer", "\\documentclass{beamer}\\title{T}\\begin{document}\\begin{frame}\\frametitle{Slide one}"+WORDS+"\\begin{itemize}\\item<1-> point a\\end{itemize}\\end{frame}\\begin{frame}[fragile]{Second}\\only<2>{later} \\alert{red} words\\end{frame}\\end{document}", ("Slide one","point a","Second","words"),("<1->",)),
    Oddity("revtex bibitem fields", latex(r"c \begin{thebibliography}{1}\bibitem [{\citenamefont {A}(2000)}]{A} \BibitemOpen \bibfield  {author} {\bibinfo {author} {\bibfnamefont {X.}~\bibnamefont {Alpha}},\ }\href {\doibase 10.1103/PhysRevLett.1.1} {\bibfield  {journal} {\bibinfo  {journal} {PRL}\ }\textbf {\bibinfo {volume} {1}}} \BibitemShut {NoStop}\end{thebibliography}"), ("Alpha","10.1103"),("bibfield",)),
)  # fmt: skip


@pytest.mark.proof
@pytest.mark.parametrize("oddity", ODDITIES, ids=[oddity.name for oddity in ODDITIES])
def test_a_dialect_arrives_whole_and_leaves_no_command_behind(oddity: Oddity) -> None:
    outcome = converted(oddity)
    markdown = outcome.markdown.replace("\\[", "[").replace("\\]", "]")
    assert [words for words in oddity.there if words not in markdown] == [], markdown[len(WORDS) :]
    assert [words for words in oddity.gone if words in markdown] == [], markdown
    assert outcome.grade == oddity.grade, (outcome.tried, markdown[len(WORDS) :])
    prose = re.sub(r"(?ms)^~~~.*?^~~~|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", "", outcome.markdown)
    assert re.findall(r"\\[a-zA-Z]{2,}", prose) == []
    assert refused_by_katex(outcome.markdown) == []
