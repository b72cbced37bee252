
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const filter = document.getElementById("filter");
  const graph = document.getElementById("graph");
  const picked = document.getElementById("picked");
  let object = null;

  // Findings: what the form asks for, and only those of the picked object.
  const text = new Map(all(".finding").map((one) =>
    [one, (one.textContent + " " + one.closest(".file").querySelector("h3").textContent).toLowerCase()]));
  const concerns = (finding, number) => finding.dataset.objects.split(" ").includes(number);
  function sift() {
    if (!filter) return;
    const asked = new FormData(filter);
    const severities = asked.getAll("severity");
    const rule = asked.get("rule");
    const words = asked.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [finding, said] of text) {
      const fits = severities.includes(finding.dataset.severity) && (!rule || finding.dataset.rule === rule)
        && words.every((word) => said.includes(word)) && (object === null || concerns(finding, object));
      finding.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    for (const file of all(".file")) file.hidden = !file.querySelector(".finding:not([hidden])");
    document.getElementById("shown").value = `${shown} of ${text.size} shown`;
  }
  if (filter) {
    filter.addEventListener("input", sift);
    filter.addEventListener("submit", (event) => event.preventDefault());
    filter.addEventListener("reset", () => { pick(null); setTimeout(sift); });
  }

  // The picked object: its relations and findings beside the graph, the rest faded.
  const nodes = new Map(all(".node").map((node) => [node.dataset.object, node]));
  const edges = all(".edge");
  const button = (label, action) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "jump";
    made.textContent = label;
    made.addEventListener("click", action);
    return made;
  };
  function list(title, items) {
    if (!items.length) return;
    const head = document.createElement("strong");
    head.textContent = title;
    const ul = document.createElement("ul");
    for (const item of items) {
      const li = document.createElement("li");
      li.append(item);
      ul.append(li);
    }
    picked.append(head, ul);
  }
  function pick(number) {
    object = number;
    if (!graph) return;
    const near = new Set([number]);
    for (const edge of edges) {
      const touches = edge.dataset.from === number || edge.dataset.to === number;
      edge.classList.toggle("near", number !== null && touches);
      edge.classList.toggle("faded", number !== null && !touches);
      if (touches) near.add(edge.dataset.from).add(edge.dataset.to);
    }
    for (const [other, node] of nodes) {
      node.classList.toggle("faded", number !== null && !near.has(other));
      node.setAttribute("aria-pressed", other === number);
    }
    picked.hidden = number === null;
    if (number !== null) {
      // Beside the object, not above it.
      const [board, box] = [graph, nodes.get(number)].map((one) => one.getBoundingClientRect());
      picked.classList.toggle("left", box.left + box.width / 2 > board.left + board.width / 2);
    }
    picked.replaceChildren();
    if (number !== null) {
      const head = document.createElement("h4");
      head.textContent = nodes.get(number).dataset.text;
      const close = button("×", () => { const node = nodes.get(object); pick(null); sift(); node.focus(); });
      close.className = "close";
      close.setAttribute("aria-label", "Let go");
      picked.append(close, head);
      const touching = edges.filter((edge) => edge.classList.contains("near"));
      list("Relations", touching.map((edge) => {
        const other = edge.dataset.from === number ? edge.dataset.to : edge.dataset.from;
        return button(edge.querySelector("title").textContent, () => { pick(other); sift(); nodes.get(other).focus(); });
      }));
      list("Findings", [...text.keys()].filter((one) => concerns(one, number)).map((one) =>
        button(one.querySelector(".message").textContent, () => {
          one.open = true;
          one.scrollIntoView({ block: "center" });
          one.querySelector("summary").focus();
        })));
    }
    sift();
  }

  // Moving and zooming: the view box is what is seen.
  if (graph) {
    const whole = graph.getAttribute("viewBox").split(" ").map(Number);
    let [x, y, width, height] = whole;
    const show = () => graph.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    const at = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(graph.getScreenCTM().inverse());
    function zoom(factor, cx = x + width / 2, cy = y + height / 2) {
      const next = Math.min(Math.max(width * factor, 150), whole[2] * 4 + 600);
      factor = next / width;
      x = cx - (cx - x) * factor;
      y = cy - (cy - y) * factor;
      width *= factor;
      height *= factor;
      show();
    }
    graph.addEventListener("wheel", (event) => {
      event.preventDefault();
      const point = at(event);
      zoom(Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY * 0.0015))), point.x, point.y);
    }, { passive: false });
    let held = null, moved = false;
    graph.addEventListener("pointerdown", (event) => { held = at(event); moved = false; });
    graph.addEventListener("pointermove", (event) => {
      if (!held) return;
      const point = at(event);
      const scale = graph.getScreenCTM().a;
      if (!moved && Math.hypot(point.x - held.x, point.y - held.y) * scale < 4) return;
      if (!moved) graph.setPointerCapture(event.pointerId);
      moved = true;
      graph.classList.add("held");
      x += held.x - point.x;
      y += held.y - point.y;
      show();
    });
    const release = () => { held = null; graph.classList.remove("held"); };
    graph.addEventListener("pointerup", release);
    graph.addEventListener("pointercancel", release);
    graph.addEventListener("click", (event) => {
      if (moved) return;
      const node = event.target.closest(".node");
      pick(node && node.dataset.object !== object ? node.dataset.object : null);
    });
    graph.addEventListener("keydown", (event) => {
      const node = event.target.closest(".node");
      const keys = {
        ArrowLeft: () => { x -= width / 10; show(); }, ArrowRight: () => { x += width / 10; show(); },
        ArrowUp: () => { y -= height / 10; show(); }, ArrowDown: () => { y += height / 10; show(); },
        "+": () => zoom(0.8), "-": () => zoom(1.25), "0": reset, Escape: () => pick(null),
        Enter: () => node && pick(node.dataset.object), " ": () => node && pick(node.dataset.object),
      };
      if (keys[event.key] && !event.ctrlKey && !event.metaKey) { event.preventDefault(); keys[event.key](); }
    });
    // An object that has the focus is in sight.
    graph.addEventListener("focusin", (event) => {
      const node = event.target.closest(".node");
      if (!node || held) return;
      const { e, f } = node.transform.baseVal.consolidate().matrix;
      const box = node.getBBox();
      if (e < x || f < y || e + box.width > x + width || f + box.height > y + height) {
        x = e + box.width / 2 - width / 2;
        y = f + box.height / 2 - height / 2;
        show();
      }
    });
    function reset() { [x, y, width, height] = whole; show(); }
    document.getElementById("closer").addEventListener("click", () => zoom(0.8));
    document.getElementById("farther").addEventListener("click", () => zoom(1.25));
    document.getElementById("whole").addEventListener("click", reset);
  }
  sift();
})();
