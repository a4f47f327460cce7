// Plays the episode: shows one step at a time. Without scripts all steps stand one below another.
(() => {
  const steps = [...document.querySelectorAll(".step")];
  const part = (id) => document.getElementById(id);
  const slider = part("slider");
  const play = part("play");
  const still = 450;
  let now = 0;
  let timer = null;

  function show(number) {
    now = Math.max(0, Math.min(steps.length - 1, number));
    steps.forEach((step, each) => step.classList.toggle("now", each === now));
    slider.value = now;
    const said = `step ${now} of ${steps.length - 1}: ${steps[now].dataset.say}`;
    part("where").textContent = said;
    slider.setAttribute("aria-valuetext", said);
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }

  function start() {
    if (now === steps.length - 1) show(0);
    play.textContent = "Pause";
    timer = setInterval(() => {
      show(now + 1);
      if (now === steps.length - 1) stop();
    }, Number(part("speed").value) || still);
  }

  function toggle() {
    if (timer) stop();
    else start();
  }

  function go(number) {
    stop();
    show(number);
    try {
      history.replaceState(null, "", `#at-${now}`);
    } catch {
      // A page within another has no address of its own.
    }
  }

  const keys = {
    ArrowLeft: () => go(now - 1),
    ArrowRight: () => go(now + 1),
    Home: () => go(0),
    End: () => go(steps.length - 1),
    " ": toggle,
  };

  document.documentElement.classList.add("js");
  part("controls").hidden = part("options").hidden = false;
  play.addEventListener("click", toggle);
  part("first").addEventListener("click", keys.Home);
  part("back").addEventListener("click", keys.ArrowLeft);
  part("forth").addEventListener("click", keys.ArrowRight);
  part("last").addEventListener("click", keys.End);
  slider.addEventListener("input", () => go(Number(slider.value)));
  part("speed").addEventListener("change", () => {
    if (!timer) return;
    stop();
    start();
  });
  document.addEventListener("keydown", (event) => {
    const own = event.target.closest("input, select, button, [tabindex]");
    if (own || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  function follow() {
    const asked = /^#at-(\d+)$/.exec(location.hash);
    if (asked) show(Number(asked[1]));
  }
  window.addEventListener("hashchange", follow);
  show(0);
  follow();
})();
