// A form is sent once. The button says so with the words of its own `data-busy`.

const SENT = "sent";

function buttonsOf(form: HTMLFormElement): HTMLButtonElement[] {
  return [...form.elements].filter(
    (part): part is HTMLButtonElement => part instanceof HTMLButtonElement && part.type === "submit",
  );
}

function release(form: HTMLFormElement): void {
  delete form.dataset[SENT];
  form.removeAttribute("aria-busy");
  for (const button of buttonsOf(form)) {
    button.disabled = false;
    if (button.dataset.idle) button.textContent = button.dataset.idle;
  }
}

function hold(form: HTMLFormElement): void {
  form.setAttribute("aria-busy", "true");
  for (const button of buttonsOf(form)) {
    button.disabled = true;
    if (!button.dataset.busy) continue;
    button.dataset.idle = button.textContent ?? "";
    button.textContent = button.dataset.busy;
  }
}

export function startOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method === "get" || form.dataset.repeatable) return;
    if (form.dataset[SENT]) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset[SENT] = "1";
    // Later than this event: a button disabled now would not be among the values sent.
    setTimeout(() => (event.defaultPrevented && !form.matches("[hx-post]") ? release(form) : hold(form)));
  }, true);
  // Coming back by the browser's own back button finds the form usable again.
  window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach(release));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target instanceof HTMLFormElement) release(event.target);
  });
}
