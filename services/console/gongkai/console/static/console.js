// Refinements only: every page works without this file.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.person[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("submit", (event) => {
  // A second click sends nothing twice: the form's key says so too, but a grey button says it sooner.
  const button = event.submitter;
  if (!button || event.target.method !== "post" || event.defaultPrevented) return;
  setTimeout(() => { button.setAttribute("aria-disabled", "true"); button.disabled = true; }, 0);
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[aria-disabled]")) {
    button.disabled = false;
    button.removeAttribute("aria-disabled");
  }
});
