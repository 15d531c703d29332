// Formulas in words, for reading aloud. Own and small: it says what papers mostly write (letters, indices, powers, fractions,
// roots, sums, relations) and leaves out what only lays out; speech-rule-engine says more, at more than a megabyte of rules.
"use strict";

const SPOKEN = new Map(Object.entries({
  le: "is at most", leq: "is at most", leqslant: "is at most", ge: "is at least", geq: "is at least", geqslant: "is at least", ne: "is not equal to", neq: "is not equal to",
  approx: "is about", sim: "is distributed as", simeq: "is about", equiv: "is equivalent to", propto: "is proportional to", ll: "is much less than", gg: "is much greater than",
  in: "in", notin: "not in", ni: "contains", subset: "is a subset of", subseteq: "is a subset of", supset: "contains", cup: "union", cap: "intersected with", setminus: "without", emptyset: "the empty set", varnothing: "the empty set",
  times: "times", cdot: "times", ast: "star", star: "star", pm: "plus or minus", mp: "minus or plus", div: "divided by", circ: "composed with", otimes: "tensor", oplus: "plus", odot: "elementwise times", bullet: "dot", dagger: "dagger", top: "transposed",
  to: "to", rightarrow: "to", longrightarrow: "to", mapsto: "maps to", leftarrow: "from", Rightarrow: "implies", implies: "implies", Leftrightarrow: "if and only if", iff: "if and only if", gets: "becomes",
  sum: "the sum", prod: "the product", int: "the integral", iint: "the double integral", oint: "the contour integral", bigcup: "the union", bigcap: "the intersection", lim: "the limit", max: "the maximum", min: "the minimum", sup: "the supremum", inf: "the infimum", argmax: "arg max", argmin: "arg min",
  infty: "infinity", partial: "partial", nabla: "nabla", forall: "for all", exists: "there is", neg: "not", land: "and", wedge: "and", lor: "or", vee: "or", mid: "given", vert: "bar", Vert: "norm", lVert: "norm of", rVert: "", lvert: "absolute value of", rvert: "", parallel: "is parallel to", perp: "is perpendicular to", angle: "angle", prime: "prime",
  ldots: "and so on", dots: "and so on", cdots: "and so on", vdots: "and so on", ddots: "and so on", colon: ",", hbar: "h bar", ell: "l", Re: "the real part of", Im: "the imaginary part of", langle: "angle bracket", rangle: "close bracket", lfloor: "the floor of", rfloor: "", lceil: "the ceiling of", rceil: "",
  log: "log", ln: "log", exp: "the exponential of", sin: "sine", cos: "cosine", tan: "tangent", tanh: "hyperbolic tangent", det: "the determinant of", Pr: "the probability of", dim: "the dimension of", ker: "the kernel of", deg: "the degree of", gcd: "the greatest common divisor of", mod: "modulo", bmod: "modulo", arg: "the argument of", percent: "percent", "%": "percent", "$": "dollar", "&": "and", "#": "number", "_": "",
}));
const VARIANTS = { varepsilon: "epsilon", vartheta: "theta", varphi: "phi", varrho: "rho", varsigma: "sigma", varpi: "pi" };
const GREEK = new Set("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega".split(" "));
const ACCENTS = { hat: "hat", widehat: "hat", tilde: "tilde", widetilde: "tilde", bar: "bar", overline: "bar", vec: "vector", dot: "dot", ddot: "double dot", underline: "" };
const FONTS = new Set("mathbf mathcal mathrm mathsf mathit mathtt mathscr mathfrak boldsymbol bm text textbf textit textrm textsf texttt mbox operatorname rm bf it cal mathop mathrel mathbin mathord".split(" "));
const SETS = { R: "the reals", N: "the natural numbers", Z: "the integers", Q: "the rationals", C: "the complex numbers", E: "the expectation of", P: "the probability of" };
const IGNORED = new Set("left right big Big bigg Bigg bigl bigr Bigl Bigr displaystyle textstyle scriptstyle limits nolimits quad qquad hspace vspace begin end label nonumber notag , ; : ! > space middle".split(" "));
const SIGNS = { "+": "plus", "-": "minus", "−": "minus", "=": "equals", "<": "is less than", ">": "is greater than", "*": "star", "/": "over", "|": "bar", "!": "factorial", "~": "", "'": "prime" };
const LARGE = ["the sum", "the product", "the integral", "the double integral", "the contour integral", "the union", "the intersection", "the limit", "the maximum", "the minimum", "the supremum", "the infimum", "arg max", "arg min"];
const MOST_TOKENS = 400;

const tokensOf = (tex) => tex.replace(/(?<!\\)%.*$/gm, "").match(/\\[A-Za-z]+|\\.|[0-9]+(?:[.,][0-9]+)*|[^\s]/gu) || [];

class FormulaSpeaker {
  constructor(tokens) {
    this.tokens = tokens;
    this.at = 0;
    this.isInNorm = false;
    this.hasCells = false; // in a matrix or in cases, where & parts what is told apart
  }

  sequence(until) {
    const said = [];
    while (this.at < this.tokens.length && this.tokens[this.at] !== until) {
      const before = this.at;
      const atom = this.scripted(this.atom());
      if (atom) said.push(atom);
      if (this.at === before) this.at += 1;
    }
    this.at += 1;
    return said.join(" ").replace(/ ,/g, ",").replace(/\s+/g, " ").trim();
  }

  // What a command takes: a group in braces, or the next token.
  argument() {
    if (this.tokens[this.at] === "{") {
      this.at += 1;
      return this.sequence("}");
    }
    const next = this.tokens[this.at];
    if (/^\d./.test(next || "")) { // of the digits behind a command it takes the first alone: \frac12 is a half
      this.tokens.splice(this.at, 1, next[0], next.slice(1));
    }
    return this.at < this.tokens.length ? this.atom() : "";
  }

  raw() {
    if (this.tokens[this.at] !== "{") return this.tokens[this.at++] || "";
    const from = this.at + 1;
    let depth = 0;
    do {
      if (this.tokens[this.at] === "{") depth += 1;
      if (this.tokens[this.at] === "}") depth -= 1;
      this.at += 1;
    } while (depth && this.at < this.tokens.length);
    return this.tokens.slice(from, this.at - 1).join("");
  }

  atom() {
    const token = this.tokens[this.at++];
    if (token === undefined || token === "}" || token === "$") return "";
    if (token === "{") return this.sequence("}");
    if (token.startsWith("\\")) return this.command(token.slice(1));
    if (token === "&") return this.hasCells ? "," : "";
    if (token in SIGNS) return SIGNS[token];
    if (token === "^" || token === "_") return `${token === "^" ? "superscript" : "subscript"} ${this.argument()}`;
    if (/^[A-Z]$/.test(token)) return `capital ${token}`;
    return token;
  }

  command(name) {
    const plain = VARIANTS[name] || name;
    if (GREEK.has(plain)) return plain;
    if (GREEK.has(plain.toLowerCase()) && plain[0] !== plain[0].toLowerCase()) return `capital ${plain.toLowerCase()}`;
    if (name === "frac" || name === "dfrac" || name === "tfrac") return `${this.argument()} over ${this.argument()},`;
    if (name === "overset" || name === "stackrel" || name === "underset") {
      const [mark, sign] = [this.argument(), this.argument()];
      return `${sign} with ${mark} ${name === "underset" ? "below" : "above"}`;
    }
    if (name === "arg" && /^\\(max|min)$/.test(this.tokens[this.at] || "")) return `arg ${this.tokens[this.at++].slice(1)}`;
    if (name === "binom") return `${this.argument()} choose ${this.argument()}`;
    if (name === "sqrt") {
      let root = "the square root of";
      if (this.tokens[this.at] === "[") {
        this.at += 1;
        root = `the root of order ${this.sequence("]")} of`;
      }
      return `${root} ${this.argument()},`;
    }
    if (name === "mathbb") {
      const letter = this.raw();
      return SETS[letter] || letter;
    }
    if (name in ACCENTS) return `${this.argument()} ${ACCENTS[name]}`.trim();
    if (FONTS.has(name)) {
      const words = this.tokens[this.at] === "{" ? this.raw() : "";
      return words.length > 1 && /^[A-Za-z\s-]+$/.test(words) ? words : this.spoken(words);
    }
    if (name === "begin" || name === "end") {
      this.hasCells = /cases|matrix|array/.test(this.raw()) && name === "begin";
      return "";
    }
    if (name === "label" || name === "hspace" || name === "vspace") {
      this.raw();
      return "";
    }
    if (name === "tag" || name === "color" || name === "phantom") {
      this.raw();
      return "";
    }
    if (name === "not") return `not ${this.atom()}`;
    if (name === "\\") return ",";
    if (IGNORED.has(name)) {
      if ((name === "left" || name === "right" || /^[bB]ig/.test(name)) && this.tokens[this.at] === ".") this.at += 1;
      return "";
    }
    if (name === "{" || name === "}") return "";
    if (name === "|") {
      this.isInNorm = !this.isInNorm;
      return this.isInNorm ? "the norm of" : ",";
    }
    return SPOKEN.has(name) ? SPOKEN.get(name) : name.length > 1 ? name : "";
  }

  spoken(words) {
    return new FormulaSpeaker(tokensOf(words)).sequence(undefined);
  }

  scripted(base) {
    let said = base;
    const isLarge = LARGE.includes(base);
    const before = base === "the limit" ? "as" : base.endsWith("integral") ? "from" : "over";
    while ("_^'".includes(this.tokens[this.at] || " ")) {
      const sign = this.tokens[this.at++];
      if (sign === "'") {
        said += " prime";
        continue;
      }
      const script = this.argument();
      if (isLarge) said += sign === "_" ? ` ${before} ${script}` : ` up to ${script}`;
      else if (sign === "_") said += script ? ` sub ${script}` : "";
      else if (script === "2") said += " squared";
      else if (script === "3") said += " cubed";
      else if (script === "capital T" || script === "transposed") said += " transposed";
      else if (script === "prime" || script === "star" || script === "dagger" || script === "plus" || script === "minus") said += ` ${script}`;
      else if (script === "minus 1") said += " inverse";
      else if (script) said += ` to the power ${script},`;
    }
    return isLarge ? `${said} of` : said;
  }
}

function spokenFormula(tex) {
  const tokens = tokensOf(tex);
  if (tokens.length > MOST_TOKENS) return "a long formula";
  const applied = /\b((?!of|and|is|by|in)[A-Za-z]{2,}(?<!over|times|plus|minus|equals|least|most|than)|capital [FLOP]|[fghpq]) \(/g;
  const words = new FormulaSpeaker(tokens).sequence(undefined).replace(applied, "$1 of").replace(/[()[\]]/g, " ").replace(/\s+/g, " ").replace(/ ,/g, ",").replace(/,+/g, ",");
  return words.replace(/^[\s,]+|[\s,]+$/g, "") || "a formula";
}
