// How much may still be written: `<textarea maxlength="4000" data-counter="ID">` beside
// `<output id="ID" data-text="还可以写 {n} 字">`.
import { fill, within } from "./dom";

type Written = HTMLTextAreaElement | HTMLInputElement;

function show(field: Written): void {
  const place = document.getElementById(field.dataset.counter ?? "");
  if (!place || field.maxLength < 0) return;
  const left = field.maxLength - field.value.length;
  place.textContent = fill(place.dataset.text ?? "{n}", { n: left });
  place.classList.toggle("is-near", left <= field.maxLength / 10);
}

export function showCounters(root: ParentNode): void {
  within<Written>(root, "[data-counter]").forEach(show);
}

export function startCounters(): void {
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field instanceof HTMLElement && field.matches("[data-counter]")) show(field as Written);
  });
}
