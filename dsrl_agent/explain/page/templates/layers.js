// Shows and hides what is drawn on the frame.
for (const box of document.querySelectorAll("[data-layer]")) {
  box.addEventListener("change", () => {
    document.documentElement.classList.toggle(`off-${box.dataset.layer}`, !box.checked);
  });
}
