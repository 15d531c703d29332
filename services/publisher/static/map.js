// The map: papers drawn on a canvas from the reader's own data; looked at, opened and rated by mouse, touch and keys.
"use strict";

const map = document.querySelector("[data-map]");
const COLOURS = 10;
const REACH = { mouse: 12, touch: 22, pen: 16 };
const POLL_MS = 2000;
const MOVE_MS = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 500;
const KIND_OF = { like: "liked", dislike: "disliked" };

class PaperMap {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.tip = root.querySelector(".map-tip");
    this.said = root.querySelector("[data-said]");
    this.legend = root.querySelector("[data-legend]");
    this.bar = root.querySelector("[data-selection]");
    this.done = root.querySelector("[data-done]");
    this.card = root.querySelector("[data-card]");
    this.colourBy = root.querySelector("[data-colour]");
    this.points = [];
    this.groups = { interest: [], category: [] };
    this.view = { x: 0.5, y: 0.5, zoom: 1 };
    this.mode = "move";
    this.highlighted = null;
    this.current = null;
    this.lasso = [];
    this.pointers = new Map();
    this.lastRatings = null;
    this.listen();
  }

  // Data

  async load() {
    let data;
    try {
      const response = await fetch("/api/map", { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(response.statusText);
      data = await response.json();
    } catch {
      showToast("The map could not be loaded: papersys does not answer.", true);
      return;
    }
    if (this.root.hidden && data.papers.length) return void location.reload(); // the first map: its table comes too
    this.take(data);
    if (data.drawing) setTimeout(() => this.load(), POLL_MS);
  }

  take(data) {
    const before = new Map(this.points.map((point) => [point.id, point]));
    this.groups = { interest: data.interests, category: data.categories };
    this.kinds = data.kinds;
    this.points = data.papers.map(([id, x, y, kind, interest, category, title, label]) => {
      const old = before.get(id);
      const from = old ? { x: old.x, y: old.y } : { x, y };
      return { id, x: from.x, y: from.y, from, to: { x, y }, kind: data.kinds[kind], interest, category, title, label,
        selected: old?.selected || false };
    });
    this.current = this.points.find((point) => point.id === this.current?.id) || null;
    this.canvas.setAttribute("aria-label", `Map of ${this.points.length} papers`);
    this.showLegend();
    this.glide(performance.now());
  }

  glide(start) {
    const step = (now) => {
      const part = MOVE_MS ? Math.min(1, (now - start) / MOVE_MS) : 1;
      for (const point of this.points) {
        point.x = point.from.x + part * (point.to.x - point.from.x);
        point.y = point.from.y + part * (point.to.y - point.from.y);
      }
      this.draw();
      if (part < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  // Drawing

  size() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const side = Math.min(width, height) - 48;
    return { width, height, scale: side * this.view.zoom };
  }

  place(point) {
    const { width, height, scale } = this.size();
    return [width / 2 + (point.x - this.view.x) * scale, height / 2 + (point.y - this.view.y) * scale];
  }

  group(point) {
    return point[this.colourBy.value];
  }

  isShown(point) {
    return this.highlighted === null || this.group(point) === this.highlighted;
  }

  draw() {
    const { width, height } = this.size();
    const ratio = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const style = getComputedStyle(this.root);
    const colours = Array.from({ length: COLOURS }, (_, number) => style.getPropertyValue(`--c${number}`).trim());
    const rest = style.getPropertyValue("--rest").trim();
    const ink = style.getPropertyValue("--text").trim();
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const ordered = [...this.points].sort((one, other) => this.isShown(one) - this.isShown(other));
    for (const point of ordered) {
      const number = this.group(point);
      context.globalAlpha = this.isShown(point) ? 0.9 : 0.15;
      this.mark(context, point, number >= 0 && number < COLOURS ? colours[number] : rest);
      context.globalAlpha = 1;
      if (point.selected || point === this.current) this.ring(context, point, ink);
    }
    this.drawLasso(context, ink);
  }

  mark(context, point, colour) {
    const [x, y] = this.place(point);
    const radius = Math.min(9, 4.5 * Math.sqrt(this.view.zoom));
    context.beginPath();
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = 2;
    if (point.kind === "disliked") {
      context.moveTo(x - radius, y - radius);
      context.lineTo(x + radius, y + radius);
      context.moveTo(x + radius, y - radius);
      context.lineTo(x - radius, y + radius);
      context.stroke();
    } else if (point.kind === "saved") {
      context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
      context.fill();
    } else {
      context.arc(x, y, point.kind === "liked" ? radius + 1 : radius, 0, 2 * Math.PI);
      if (point.kind === "liked") context.fill();
      else context.stroke();
    }
  }

  ring(context, point, ink) {
    const [x, y] = this.place(point);
    context.beginPath();
    context.strokeStyle = ink;
    context.lineWidth = point === this.current ? 2.5 : 1.5;
    context.arc(x, y, point === this.current ? 11 : 9, 0, 2 * Math.PI);
    context.stroke();
  }

  drawLasso(context, ink) {
    if (this.lasso.length < 2) return;
    context.beginPath();
    for (const [x, y] of this.lasso) context.lineTo(x, y);
    context.closePath();
    context.strokeStyle = context.fillStyle = ink;
    context.globalAlpha = 0.08;
    context.fill();
    context.globalAlpha = 1;
    context.setLineDash([5, 4]);
    context.lineWidth = 1.5;
    context.stroke();
    context.setLineDash([]);
  }

  showLegend() {
    const counts = new Map();
    for (const point of this.points) counts.set(this.group(point), (counts.get(this.group(point)) || 0) + 1);
    const names = this.groups[this.colourBy.value];
    const entries = [...counts].filter(([number]) => number >= 0).sort((one, other) => one[0] - other[0]);
    if (counts.has(-1)) entries.push([-1, counts.get(-1)]);
    this.legend.replaceChildren(...entries.map(([number, count]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.group = number;
      button.setAttribute("aria-pressed", String(this.highlighted === number));
      const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
      for (const [name, value] of [["viewBox", "0 0 10 10"], ["width", 10], ["height", 10], ["aria-hidden", "true"]]) swatch.setAttribute(name, value);
      for (const [name, value] of [["cx", 5], ["cy", 5], ["r", 5]]) dot.setAttribute(name, value);
      dot.style.fill = number >= 0 && number < COLOURS ? `var(--c${number})` : "var(--rest)";
      swatch.append(dot);
      button.append(swatch, `${number >= 0 ? names[number] : "no interest"} `, Object.assign(document.createElement("span"), { className: "count", textContent: count }));
      return button;
    }));
  }

  // Finding papers

  nearest(x, y, reach) {
    let best = null;
    let least = reach;
    for (const point of this.points) {
      if (!this.isShown(point)) continue;
      const [px, py] = this.place(point);
      const distance = Math.hypot(px - x, py - y);
      if (distance < least) [best, least] = [point, distance];
    }
    return best;
  }

  /** The paper that lies best in a direction: near, and not far off to the side. */
  towards(dx, dy) {
    const shown = this.points.filter((point) => this.isShown(point));
    if (!this.current) return this.nearest(this.canvas.clientWidth / 2, this.canvas.clientHeight / 2, Infinity);
    let best = null;
    let least = Infinity;
    for (const point of shown) {
      const along = (point.x - this.current.x) * dx + (point.y - this.current.y) * dy;
      const aside = Math.abs((point.x - this.current.x) * dy - (point.y - this.current.y) * dx);
      const cost = along + 2 * aside;
      if (point !== this.current && along > 0 && aside <= 2 * along && cost < least) [best, least] = [point, cost];
    }
    return best;
  }

  about(point) {
    const interest = point.interest >= 0 ? this.groups.interest[point.interest] : "";
    return [point.kind, interest, this.groups.category[point.category]].filter(Boolean).join(" · ");
  }

  showTip(point) {
    this.tip.hidden = !point;
    if (!point) return;
    this.tip.replaceChildren(...titleNodes(point.title), Object.assign(document.createElement("small"), { textContent: this.about(point) }));
    typeset(this.tip);
    const [x, y] = this.place(point);
    const { width, height } = this.size();
    const left = Math.max(0, Math.min(x + 14, width - this.tip.offsetWidth - 4));
    const top = y + 14 + this.tip.offsetHeight > height ? y - this.tip.offsetHeight - 14 : y + 14;
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${Math.max(0, top)}px`;
  }

  goTo(point) {
    if (!point) return;
    this.current = point;
    const [x, y] = this.place(point);
    const { width, height } = this.size();
    if (x < 20 || y < 20 || x > width - 20 || y > height - 20) Object.assign(this.view, { x: point.x, y: point.y });
    this.showTip(point);
    this.said.textContent = `${point.title}. ${this.about(point)}${point.selected ? ", selected" : ""}`;
    this.draw();
  }

  async open(point, takeFocus) {
    this.current = point;
    this.draw();
    try {
      const response = await fetch(`/map/paper/${encodeURIComponent(point.id)}`, { headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(response.statusText);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (this.current !== point) return;
      this.card.replaceChildren(...page.body.childNodes);
      typeset(this.card);
      const shown = this.card.querySelector(".card");
      new MutationObserver(() => this.setLabel(point, shown.dataset.label)).observe(shown, { attributeFilter: ["data-label"] });
      if (takeFocus) shown.focus();
      else shown.scrollIntoView({ block: "nearest" });
    } catch {
      showToast("This paper could not be shown: papersys does not answer.", true);
    }
  }

  // Selecting and rating

  get selected() {
    return this.points.filter((point) => point.selected);
  }

  showSelection() {
    const count = this.selected.length;
    this.bar.hidden = !count;
    this.bar.querySelector("[data-selected]").textContent = `${count} ${count === 1 ? "paper" : "papers"} selected`;
    if (count) this.done.hidden = true;
    this.draw();
  }

  clearSelection() {
    for (const point of this.points) point.selected = false;
    this.showSelection();
  }

  selectWithin(lasso) {
    const inside = this.points.filter((point) => this.isShown(point) && isInside(this.place(point), lasso));
    for (const point of inside) point.selected = true;
    this.showSelection();
    this.said.textContent = `${this.selected.length} papers selected`;
  }

  setLabel(point, label) {
    point.label = label === "clear" ? "" : label;
    point.kind = KIND_OF[point.label] || (KIND_OF.like === point.kind || KIND_OF.dislike === point.kind ? "new" : point.kind);
    this.draw();
  }

  async post(ids, label) {
    try {
      const response = await fetch("/api/map/ratings", {
        method: "POST",
        headers: { "Content-Type": "application/json", "Accept": "application/json" },
        body: JSON.stringify({ papers: ids.join(" "), label }),
      });
      const body = await response.json().catch(() => ({}));
      return response.ok ? "" : body.error || `Your ratings were not saved (error ${response.status}).`;
    } catch {
      return "Your ratings were not saved: papersys does not answer.";
    }
  }

  async rate(points, label) {
    const before = points.map((point) => [point, point.label]);
    const problem = await this.post(points.map((point) => point.id), label);
    if (problem) return void showToast(problem, true);
    for (const point of points) this.setLabel(point, label);
    this.lastRatings = before;
    const what = { like: "liked", dislike: "disliked", clear: "without a rating now" }[label];
    const text = `${points.length === 1 ? `“${points[0].title}”` : `${points.length} papers`} ${what}.`;
    this.done.querySelector("[data-done-text]").textContent = text;
    this.clearSelection();
    this.done.hidden = false;
    this.said.textContent = text;
  }

  async undo() {
    const before = this.lastRatings || [];
    for (const label of ["like", "dislike", ""]) {
      const points = before.filter(([, earlier]) => earlier === label).map(([point]) => point);
      if (!points.length) continue;
      const problem = await this.post(points.map((point) => point.id), label || "clear");
      if (problem) return void showToast(problem, true);
      for (const point of points) this.setLabel(point, label);
    }
    this.lastRatings = null;
    this.done.hidden = true;
    this.said.textContent = "Undone.";
    this.canvas.focus();
  }

  // Listening

  zoom(factor, x, y) {
    if (!factor) this.view = { x: 0.5, y: 0.5, zoom: 1 };
    else {
      const { width, height, scale } = this.size();
      const zoom = Math.max(0.5, Math.min(40, this.view.zoom * factor));
      const held = { x: this.view.x + ((x ?? width / 2) - width / 2) / scale, y: this.view.y + ((y ?? height / 2) - height / 2) / scale };
      const share = this.view.zoom / zoom;
      this.view = { x: held.x + (this.view.x - held.x) * share, y: held.y + (this.view.y - held.y) * share, zoom };
    }
    this.showTip(null);
    this.draw();
  }

  setMode(mode) {
    this.mode = this.canvas.dataset.mode = mode;
    for (const button of this.root.querySelectorAll("[data-mode]")) if (button !== this.canvas) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  }

  listen() {
    const at = (event) => [event.offsetX, event.offsetY];
    this.canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      this.canvas.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, { at: at(event), start: at(event) });
      this.isLasso = this.mode === "lasso" || event.shiftKey;
      this.lasso = this.isLasso && this.pointers.size === 1 ? [at(event)] : [];
    });
    this.canvas.addEventListener("pointermove", (event) => this.onMove(event, at(event)));
    this.canvas.addEventListener("pointerup", (event) => this.onUp(event, at(event)));
    this.canvas.addEventListener("pointercancel", (event) => {
      this.pointers.delete(event.pointerId);
      this.lasso = [];
      this.draw();
    });
    this.canvas.addEventListener("pointerleave", () => this.showTip(null));
    this.canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 200), ...at(event));
    }, { passive: false });
    this.canvas.addEventListener("keydown", (event) => this.onKey(event));
    this.canvas.addEventListener("focus", () => this.canvas.matches(":focus-visible") && this.goTo(this.current || this.towards(0, 0)));
    this.canvas.addEventListener("blur", () => this.showTip(null));
    this.root.addEventListener("click", (event) => this.onClick(event));
    this.colourBy.addEventListener("change", () => {
      this.highlighted = null;
      this.showLegend();
      this.draw();
    });
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  onMove(event, [x, y]) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) {
      const point = this.nearest(x, y, REACH.mouse);
      this.showTip(point);
      this.canvas.style.cursor = point ? "pointer" : "";
      return;
    }
    const [oldX, oldY] = pointer.at;
    if (this.pointers.size > 1) this.pinch(event.pointerId, [x, y]);
    else if (this.isLasso) this.lasso.push([x, y]);
    else {
      const { scale } = this.size();
      this.view.x -= (x - oldX) / scale;
      this.view.y -= (y - oldY) / scale;
    }
    pointer.at = [x, y];
    this.showTip(null);
    this.draw();
  }

  pinch(id, [x, y]) {
    const other = [...this.pointers].find(([otherId]) => otherId !== id)[1].at;
    const before = Math.hypot(this.pointers.get(id).at[0] - other[0], this.pointers.get(id).at[1] - other[1]);
    const after = Math.hypot(x - other[0], y - other[1]);
    this.lasso = [];
    if (before > 0 && after > 0) this.zoom(after / before, (x + other[0]) / 2, (y + other[1]) / 2);
  }

  onUp(event, [x, y]) {
    const pointer = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    const lasso = this.lasso;
    this.lasso = [];
    if (!pointer) return;
    if (Math.hypot(x - pointer.start[0], y - pointer.start[1]) < 5 && lasso.length < 8) {
      const point = this.nearest(x, y, REACH[event.pointerType] || REACH.mouse);
      if (point && this.isLasso) {
        point.selected = !point.selected;
        this.showSelection();
      } else if (point) this.open(point, false);
    } else if (lasso.length > 2) this.selectWithin(lasso);
    this.draw();
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const ratings = { l: "like", d: "dislike", u: "clear" };
    if (arrows[event.key]) this.goTo(this.towards(...arrows[event.key]));
    else if (event.key === "Enter" && this.current) this.open(this.current, true);
    else if (event.key === " " && this.current) {
      this.current.selected = !this.current.selected;
      this.showSelection();
      this.goTo(this.current);
    } else if (ratings[event.key] && (this.selected.length || this.current)) this.rate(this.selected.length ? this.selected : [this.current], ratings[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoom(1.5);
    else if (event.key === "-") this.zoom(1 / 1.5);
    else if (event.key === "0") this.zoom(0);
    else if (event.key === "Escape") this.clearSelection();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const { mode, zoom, rate, group } = button.dataset;
    if (mode) this.setMode(mode);
    else if (zoom) this.zoom(Number(zoom));
    else if (rate) this.rate(this.selected, rate).then(() => this.done.hidden || this.done.querySelector("button").focus());
    else if ("clear" in button.dataset) {
      this.clearSelection();
      this.canvas.focus();
    } else if ("undo" in button.dataset) this.undo();
    else if (group) {
      this.highlighted = this.highlighted === Number(group) ? null : Number(group);
      for (const other of this.legend.children) other.setAttribute("aria-pressed", String(Number(other.dataset.group) === this.highlighted));
      this.draw();
    }
  }
}

/** A title's words, and its formulas as `typeset` wants them. */
function titleNodes(title) {
  return title.split(/\$([^$]+)\$/).map((part, number) =>
    number % 2 ? Object.assign(document.createElement("span"), { className: "math inline", textContent: part }) : part);
}

/** Whether a place lies within a polygon: a ray from it crosses an odd number of sides. */
function isInside([x, y], polygon) {
  let inside = false;
  for (let one = 0, other = polygon.length - 1; one < polygon.length; other = one++) {
    const [x1, y1] = polygon[one];
    const [x2, y2] = polygon[other];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

explainKeys([["← → ↑ ↓", "on the map: the next paper in that direction"], ["Enter", "show it"], ["l d u", "rate it, or all that are selected"], ["Space", "select it"], ["+ − 0", "zoom in, zoom out, whole map"]]);
if (map) new PaperMap(map).load();
