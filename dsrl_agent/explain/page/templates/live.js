// Lets a person step the agent, edit its board and its beliefs. The server holds all state.
(() => {
  const part = (id) => document.getElementById(id);
  const play = part("play");
  const drawing = "http://www.w3.org/2000/svg";
  let state = null;
  let seen = null; // number of changes of the beliefs that are shown
  let at = [0, 0]; // the cell pointed at
  let held = null; // the cell that a move begins in
  let timer = null;
  let busy = false;

  const chosen = (name) => document.querySelector(`input[name=${name}]:checked`)?.value;
  const cellName = ([row, col]) => state.cells[`${row},${col}`];

  function say(lines, fault = false) {
    part("said").textContent = lines.join("\n");
    part("said").classList.toggle("fault", fault);
  }

  function show(next) {
    state = next;
    const focused = document.activeElement?.classList.contains("board");
    const field = document.activeElement?.dataset;
    const again = field?.key && `[data-key='${CSS.escape(field.key)}'][data-name='${CSS.escape(field.name)}']`;
    part("now").innerHTML = state.step;
    part("revisable").innerHTML = state.revisable;
    if (state.beliefs) {
      part("believed").innerHTML = state.beliefs;
      seen = state.revisions;
    }
    if (again) document.querySelector(again)?.focus();
    const end = state.ended ? `, ${state.ended}` : "";
    part("where").textContent = `episode ${state.episode}, step ${state.number}, return ${state.total}${end}`;
    part("back").disabled = state.back === 0;
    part("forth").disabled = Boolean(state.ended);
    part("restore").disabled = state.revisions === 0;
    for (const button of document.querySelectorAll("[data-action], [data-why-not]")) {
      button.disabled = Boolean(state.ended);
    }
    layBoard(focused);
    document.documentElement.dataset.shown = Number(document.documentElement.dataset.shown ?? 0) + 1;
  }

  async function ask(command) {
    if (busy) return false;
    busy = true;
    document.documentElement.classList.add("busy");
    try {
      const answer = await fetch("act", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ...command, seen }),
      });
      const found = await answer.json();
      if (found.state) show(found.state);
      say(found.error ? [found.error] : found.state.said, Boolean(found.error));
      return !found.error;
    } catch {
      say(["The server does not answer; it may have been stopped."], true);
      return false;
    } finally {
      busy = false;
      document.documentElement.classList.remove("busy");
    }
  }

  function stop() {
    clearTimeout(timer);
    timer = null;
    play.textContent = "Play";
  }

  async function goOn() {
    const went = await ask({ do: "step" });
    if (timer === null) return;
    if (!went || state.ended) stop();
    else timer = setTimeout(goOn, Number(part("speed").value));
  }

  function toggle() {
    if (timer) {
      stop();
      return;
    }
    if (state.ended) return;
    play.textContent = "Pause";
    timer = setTimeout(goOn, 0);
  }

  function once(command) {
    stop();
    return ask(command);
  }

  // The board: a layer over the frame that is pointed at by mouse, finger or arrow keys.

  function box(cell, name) {
    const rect = document.createElementNS(drawing, "rect");
    const { rows, cols } = state.lattice;
    rect.setAttribute("class", name);
    rect.setAttribute("x", cols[cell[1]]);
    rect.setAttribute("y", rows[cell[0]]);
    rect.setAttribute("width", cols[cell[1] + 1] - cols[cell[1]]);
    rect.setAttribute("height", rows[cell[0] + 1] - rows[cell[0]]);
    return rect;
  }

  function mark() {
    const layer = document.querySelector(".board svg");
    if (!layer) return;
    layer.replaceChildren(box(at, "pointed"), ...(held ? [box(held, "held")] : []));
    layer.parentElement.setAttribute(
      "aria-label",
      `board, row ${at[0]}, column ${at[1]}: ${cellName(at) ?? "nothing"}`,
    );
  }

  function layBoard(focused) {
    const stack = document.querySelector("#now .stack");
    const image = stack.querySelector("img");
    const board = document.createElement("div");
    board.className = "board";
    board.tabIndex = 0;
    board.setAttribute("role", "application");
    const layer = document.createElementNS(drawing, "svg");
    layer.setAttribute("viewBox", `0 0 ${image.getAttribute("width")} ${image.getAttribute("height")}`);
    layer.setAttribute("aria-hidden", "true");
    board.append(layer);
    stack.append(board);
    const { rows, cols } = state.lattice;
    at = [Math.min(at[0], rows.length - 2), Math.min(at[1], cols.length - 2)];
    board.addEventListener("pointermove", (event) => {
      const cell = cellAt(event, board, image);
      if (cell && String(cell) !== String(at)) {
        at = cell;
        mark();
      }
    });
    board.addEventListener("click", (event) => {
      const cell = cellAt(event, board, image);
      if (!cell) return;
      at = cell;
      mark();
      use(cell);
    });
    board.addEventListener("keydown", (event) => byKey(event));
    if (focused) board.focus();
    mark();
  }

  function cellAt(event, board, image) {
    const place = board.getBoundingClientRect();
    const x = ((event.clientX - place.left) / place.width) * image.getAttribute("width");
    const y = ((event.clientY - place.top) / place.height) * image.getAttribute("height");
    const index = (edges, value) => edges.findLastIndex((edge) => edge <= value);
    const [row, col] = [index(state.lattice.rows, y), index(state.lattice.cols, x)];
    const inside = row >= 0 && col >= 0 && row < state.lattice.rows.length - 1 && col < state.lattice.cols.length - 1;
    return inside ? [row, col] : null;
  }

  function byKey(event) {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (by) {
      const { rows, cols } = state.lattice;
      at = [
        Math.max(0, Math.min(rows.length - 2, at[0] + by[0])),
        Math.max(0, Math.min(cols.length - 2, at[1] + by[1])),
      ];
      mark();
    } else if (event.key === "Enter" || event.key === " ") {
      use(at);
    } else if (event.key === "Escape") {
      held = null;
      mark();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  function use(cell) {
    const tool = chosen("tool");
    const seenThere = cellName(cell);
    if (tool === "look") {
      say([`Row ${cell[0]}, column ${cell[1]}: it sees ${seenThere ?? "nothing"} there.`]);
      return;
    }
    if (tool === "move" && !held) {
      held = cell;
      mark();
      say([`Now click where ${seenThere ?? "it"} is to go.`]);
      return;
    }
    const edit = { do: tool, place: cell };
    if (tool === "move") {
      edit.place = held;
      edit.to = cell;
      held = null;
      mark();
    }
    if (tool === "put") edit.what = chosen("thing");
    if (tool === "colour") edit.what = chosen("colour");
    once({ do: part("ask").checked ? "what_if" : "edit", edit });
  }

  const keys = {
    ArrowLeft: () => once({ do: "back" }),
    ArrowRight: () => once({ do: "step" }),
    " ": toggle,
    n: () => once({ do: "new" }),
  };

  document.documentElement.classList.add("js");
  part("back").addEventListener("click", keys.ArrowLeft);
  part("forth").addEventListener("click", keys.ArrowRight);
  part("new").addEventListener("click", keys.n);
  part("restore").addEventListener("click", () => once({ do: "restore" }));
  play.addEventListener("click", toggle);
  for (const button of document.querySelectorAll("[data-action]")) {
    button.addEventListener("click", () => once({ do: "step", action: Number(button.dataset.action) }));
  }
  for (const button of document.querySelectorAll("[data-why-not]")) {
    button.addEventListener("click", () => once({ do: "why_not", action: Number(button.dataset.whyNot) }));
  }
  for (const radio of document.querySelectorAll("input[name=thing], input[name=colour]")) {
    radio.addEventListener("change", () => {
      const tool = radio.name === "thing" ? "put" : "colour";
      document.querySelector(`input[name=tool][value=${tool}]`).checked = true;
    });
  }
  for (const radio of document.querySelectorAll("input[name=tool]")) {
    radio.addEventListener("change", () => {
      held = null;
      mark();
    });
  }
  part("revisable").addEventListener("change", ({ target }) => {
    const { key, name } = target.dataset;
    if (!key) return;
    const value = target.type === "number" ? target.valueAsNumber : target.value;
    once({ do: "revise", key, name, value });
  });
  document.addEventListener("keydown", (event) => {
    const own = event.target.closest("input, select, button, [tabindex]");
    if (own || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  show(begun);
})();
