// Fast hands. `/` goes to `[data-key-search]`; `j` `k` move over the rows (`[data-row]`) and `Enter` opens the
// link of the row; `r` goes to `[data-key-reply]`; `?` opens the dialog `#keys`; any `[data-key="1"]` answers
// to the key it names. What the keys mean to a person stands in the template's dialog, not here.
import { isTyping } from "./dom";

function shown<T extends HTMLElement>(selector: string): T[] {
  return [...document.querySelectorAll<T>(selector)].filter((element) => element.checkVisibility());
}

function move(step: 1 | -1): void {
  const rows = shown("[data-row]");
  if (rows.length === 0) return;
  const here = rows.findIndex((row) => row.classList.contains("is-current"));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1);
  rows.forEach((row, place) => row.classList.toggle("is-current", place === next));
  const row = rows[next]!;
  const link = row.querySelector<HTMLElement>("a[href]") ?? row;
  link.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function open(): boolean {
  if (document.activeElement instanceof HTMLElement && document.activeElement.matches("a, button, summary")) return false;
  const link = shown("[data-row].is-current")[0]?.querySelector<HTMLElement>("a[href]");
  link?.click();
  return link !== undefined;
}

function goTo(selector: string): boolean {
  const place = shown(selector)[0];
  if (!place) return false;
  place.closest("details")?.setAttribute("open", "");
  if (place.matches("a, button, summary")) place.click();
  else {
    if (place.matches("input[type='radio']")) place.click();
    place.focus();
    place.scrollIntoView({ block: "center" });
  }
  return true;
}

function showKeys(): boolean {
  const dialog = document.getElementById("keys");
  if (!(dialog instanceof HTMLDialogElement)) return false;
  if (dialog.open) dialog.close();
  else dialog.showModal();
  return true;
}

function press(key: string): boolean {
  switch (key) {
    case "/":
      return goTo("[data-key-search]");
    case "j":
      move(1);
      return true;
    case "k":
      move(-1);
      return true;
    case "Enter":
      return open();
    case "r":
      return goTo("[data-key-reply]");
    case "?":
      return showKeys();
    default:
      return /^[0-9a-z]$/.test(key) && goTo(`[data-key="${key}"]`);
  }
}

export function startKeyboard(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key === "Enter") return;
    if (event.key === "Escape" && isTyping(event.target)) (event.target as HTMLElement).blur();
    else if (!isTyping(event.target) && !document.querySelector("dialog[open]:not(#keys)") && press(event.key))
      event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-keys-open]")) showKeys();
  });
}
