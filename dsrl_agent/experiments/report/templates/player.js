// Plays all episodes at once: each film is one picture with its frames side by side.
(() => {
  const films = [...document.querySelectorAll(".film")];
  const button = document.getElementById("play");
  const slider = document.getElementById("step");
  if (!films.length || !button || !slider) return;
  const last = Math.max(...films.map((film) => Number(film.dataset.frames))) - 1;
  slider.max = last;
  let timer = null;

  function show(step) {
    for (const film of films) {
      const frames = Number(film.dataset.frames);
      const at = Math.min(step, frames - 1);
      const screen = film.querySelector(".screen");
      screen.style.backgroundPosition = frames > 1 ? `${(100 * at) / (frames - 1)}% 0` : "0 0";
      const total = JSON.parse(film.dataset.returns)[at];
      const over = step >= frames - 1 ? ", over" : "";
      film.querySelector("span").textContent = `step ${at}, return ${total}${over}`;
    }
    slider.value = step;
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  }

  button.addEventListener("click", () => {
    if (timer) return stop();
    if (Number(slider.value) >= last) show(0);
    button.textContent = "Pause";
    timer = setInterval(() => {
      const next = Number(slider.value) + 1;
      if (next > last) return stop();
      show(next);
    }, 350);
  });
  slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
  show(0);
})();
