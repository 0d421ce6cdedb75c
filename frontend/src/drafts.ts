// Nothing typed is lost: `<form data-draft="KEY">` is kept in this browser as it is typed and put back when the
// page is opened again. `[data-draft-notice]` inside the form is then shown, `[data-draft-discard]` throws the
// draft away, and `[data-draft-done="KEY"]` on the page that follows success ends it. Passwords, files, hidden
// fields and whatever carries `data-draft-skip` are never kept; a draft not touched for a week is forgotten.
import { within } from "./dom";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Draft = { at: number; values: Record<string, string[]> };

const WEEK = 7 * 24 * 3600 * 1000;
const PREFIX = "draft:";
const PAUSE = 300;
const NEVER = new Set(["password", "file", "hidden", "submit", "button", "reset"]);

function fieldsOf(form: HTMLFormElement): Field[] {
  return [...form.elements].filter((part): part is Field => {
    if (!(part instanceof HTMLElement) || !part.matches("input, textarea, select")) return false;
    const field = part as Field;
    return field.name !== "" && !NEVER.has(field.type) && !field.closest("[data-draft-skip]");
  });
}

function isTick(field: Field): field is HTMLInputElement {
  return field.type === "checkbox" || field.type === "radio";
}

function valueOf(field: Field): string[] {
  if (isTick(field)) return field.checked ? [field.value] : [];
  if (field instanceof HTMLSelectElement) return [...field.selectedOptions].map((option) => option.value);
  return field.value === "" ? [] : [field.value];
}

function read(form: HTMLFormElement): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const field of fieldsOf(form)) values[field.name] = [...(values[field.name] ?? []), ...valueOf(field)];
  return values;
}

function write(form: HTMLFormElement, values: Record<string, string[]>): void {
  const rest = structuredClone(values);
  for (const field of fieldsOf(form)) {
    const kept = rest[field.name];
    if (!kept) continue;
    if (isTick(field)) field.checked = kept.includes(field.value);
    else if (field instanceof HTMLSelectElement) {
      for (const option of field.options) option.selected = kept.includes(option.value);
    } else field.value = kept.shift() ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// A browser may refuse its store (private window, full): the form then works, without a draft.
function load(key: string): Draft | null {
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + key) ?? "null") as Draft | null;
    return kept && Date.now() - kept.at < WEEK ? kept : null;
  } catch {
    return null;
  }
}

function keep(form: HTMLFormElement): void {
  const key = form.dataset.draft ?? "";
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values: read(form) }));
  } catch {
    form.classList.add("draft-not-kept");
  }
}

function forget(key: string): void {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Nothing was kept, so there is nothing to forget.
  }
}

function forgetOld(): void {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX) && !load(name.slice(PREFIX.length))) localStorage.removeItem(name);
  }
}

function announce(form: HTMLFormElement, shown: boolean): void {
  for (const notice of form.querySelectorAll<HTMLElement>("[data-draft-notice]")) notice.hidden = !shown;
}

function restore(form: HTMLFormElement): void {
  if (form.dataset.draftRead || form.querySelector("[aria-invalid='true']")) return; // the server sent the values back
  form.dataset.draftRead = "1";
  const kept = load(form.dataset.draft ?? "");
  if (!kept || JSON.stringify(kept.values) === JSON.stringify(read(form))) return;
  write(form, kept.values);
  announce(form, true);
}

export function restoreDrafts(root: ParentNode): void {
  for (const done of within<HTMLElement>(root, "[data-draft-done]")) forget(done.dataset.draftDone ?? "");
  within<HTMLFormElement>(root, "form[data-draft]").forEach(restore);
}

export function startDrafts(): void {
  const waiting = new Map<HTMLFormElement, number>();
  const later = (event: Event): void => {
    const form = (event.target as Field | null)?.form;
    if (!form?.dataset.draft || !event.isTrusted) return;
    clearTimeout(waiting.get(form));
    waiting.set(form, window.setTimeout(() => keep(form), PAUSE));
  };
  document.addEventListener("input", later);
  document.addEventListener("change", later);
  window.addEventListener("pagehide", () => waiting.forEach((_, form) => form.isConnected && keep(form)));
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !waiting.delete(form)) return;
    keep(form);
  });
  document.addEventListener("click", (event) => {
    const form = (event.target as Element).closest("[data-draft-discard]")?.closest("form");
    if (!form) return;
    event.preventDefault();
    clearTimeout(waiting.get(form));
    waiting.delete(form);
    forget(form.dataset.draft ?? "");
    form.reset();
    announce(form, false);
  });
  try {
    forgetOld();
  } catch {
    // The browser has no store for us.
  }
}
