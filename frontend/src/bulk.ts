// Selecting many: `[data-bulk]` ticks every `[data-bulk-item]` of its form, and `[data-bulk-bar]` shows while
// something is ticked, saying how many in the words of its `[data-text]` ("已选 {n} 件").
import { fill } from "./dom";

function show(form: HTMLFormElement): void {
  const items = [...form.querySelectorAll<HTMLInputElement>("[data-bulk-item]")];
  const chosen = items.filter((item) => item.checked).length;
  for (const all of form.querySelectorAll<HTMLInputElement>("[data-bulk]")) {
    all.checked = chosen > 0 && chosen === items.length;
    all.indeterminate = chosen > 0 && chosen < items.length;
  }
  for (const bar of form.querySelectorAll<HTMLElement>("[data-bulk-bar]")) {
    bar.hidden = chosen === 0;
    const words = bar.querySelector<HTMLElement>("[data-text]");
    if (words) words.textContent = fill(words.dataset.text ?? "{n}", { n: chosen });
  }
}

export function startBulk(): void {
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.form || !box.matches("[data-bulk], [data-bulk-item]")) return;
    if (box.matches("[data-bulk]")) {
      for (const item of box.form.querySelectorAll<HTMLInputElement>("[data-bulk-item]")) item.checked = box.checked;
    }
    show(box.form);
  });
}
