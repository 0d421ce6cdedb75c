// Nothing typed is lost: `<form data-draft="KEY">` is kept in this browser as it is typed and put back when the
// page is opened again. `[data-draft-notice]` inside the form is then shown, `[data-draft-discard]` throws the
// draft away, and `[data-draft-done="KEY"]` on the page that follows success ends it. Passwords, files, hidden
// fields and whatever carries `data-draft-skip` are never kept; a draft not touched for a week is forgotten.
// Where somebody is signed in, `[data-drafts="/address/"]` inside the form keeps it on the server as well: the newer
// of the two is put back, the other one is shown in `[data-draft-other]` and can be taken instead.
import { within } from "./dom";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Values = Record<string, string[]>;
type Draft = { at: number; values: Values; synced?: number };

const WEEK = 7 * 24 * 3600 * 1000;
const PREFIX = "draft:";
const PAUSE = 300;
const LONGER = 1500;
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

function read(form: HTMLFormElement): Values {
  const values: Values = {};
  for (const field of fieldsOf(form)) values[field.name] = [...(values[field.name] ?? []), ...valueOf(field)];
  return values;
}

function write(form: HTMLFormElement, values: Values): void {
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

function store(key: string, draft: Draft): boolean {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

function keep(form: HTMLFormElement): void {
  const key = form.dataset.draft ?? "";
  if (!store(key, { ...load(key), at: Date.now(), values: read(form) })) form.classList.add("draft-not-kept");
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
  if (kept && !same(kept.values, read(form))) {
    write(form, kept.values);
    announce(form, true);
  }
  void compare(form, kept);
}

function said(values: Values): [string, string[]][] {
  return Object.entries(values).filter(([, given]) => given.some(Boolean)).sort(([one], [two]) => (one < two ? -1 : 1));
}

function same(one: Values, two: Values): boolean {
  return JSON.stringify(said(one)) === JSON.stringify(said(two));
}

function addressOf(form: HTMLFormElement): string {
  return form.querySelector<HTMLElement>("[data-drafts]")?.dataset.drafts ?? "";
}

// What another device left there. A server that cannot be reached, or keeps nothing for us, changes nothing here.
async function compare(form: HTMLFormElement, local: Draft | null): Promise<void> {
  const address = addressOf(form);
  if (!address) return;
  const before = read(form);
  let there: Draft;
  try {
    const answer = await fetch(`${address}?place=${encodeURIComponent(form.dataset.draft ?? "")}`);
    if (answer.status !== 200) return;
    there = (await answer.json()) as Draft;
  } catch {
    return;
  }
  const here = read(form);
  if (there.at === local?.synced || same(there.values, here)) return;
  const untouched = same(before, here);
  if (untouched && there.at > (local?.at ?? 0)) {
    write(form, there.values);
    announce(form, true);
    if (local) offer(form, here);
  } else offer(form, there.values);
}

function offer(form: HTMLFormElement, values: Values): void {
  const notice = form.querySelector<HTMLElement>("[data-draft-other]");
  if (!notice) return;
  const words = fieldsOf(form)
    .filter((field) => !isTick(field) && !(field instanceof HTMLSelectElement))
    .flatMap((field) => values[field.name] ?? []);
  notice.dataset.draftOther = JSON.stringify(values);
  for (const place of notice.querySelectorAll("[data-draft-other-text]")) place.textContent = words.join("\n");
  notice.hidden = false;
}

function swap(form: HTMLFormElement, notice: HTMLElement): void {
  const here = read(form);
  write(form, JSON.parse(notice.dataset.draftOther ?? "{}") as Values);
  offer(form, here);
  keep(form);
}

async function push(form: HTMLFormElement, values: Values): Promise<void> {
  const [address, key] = [addressOf(form), form.dataset.draft ?? ""];
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  if (!address) return;
  try {
    const body = new URLSearchParams({ place: key, values: JSON.stringify(values) });
    const answer = await fetch(address, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token } });
    if (answer.status !== 200) return;
    const local = load(key);
    if (local) store(key, { ...local, synced: ((await answer.json()) as Draft).at });
  } catch {
    // No way to the server: the browser's own draft is still there.
  }
}

export function restoreDrafts(root: ParentNode): void {
  for (const done of within<HTMLElement>(root, "[data-draft-done]")) forget(done.dataset.draftDone ?? "");
  within<HTMLFormElement>(root, "form[data-draft]").forEach(restore);
}

export function startDrafts(): void {
  const waiting = new Map<HTMLFormElement, number>();
  const leaving = new Map<HTMLFormElement, number>();
  const later = (event: Event): void => {
    const form = (event.target as Field | null)?.form;
    if (!form?.dataset.draft || !event.isTrusted) return;
    clearTimeout(waiting.get(form));
    waiting.set(form, window.setTimeout(() => keep(form), PAUSE));
    clearTimeout(leaving.get(form));
    leaving.set(form, window.setTimeout(() => send(form), LONGER));
  };
  const send = (form: HTMLFormElement): void => {
    if (leaving.delete(form) && form.isConnected) void push(form, read(form));
  };
  document.addEventListener("input", later);
  document.addEventListener("change", later);
  window.addEventListener("pagehide", () => {
    waiting.forEach((_, form) => form.isConnected && keep(form));
    leaving.forEach((_, form) => send(form));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    clearTimeout(leaving.get(form)); // sent as a whole: the server ends its draft itself
    leaving.delete(form);
    if (waiting.delete(form)) keep(form);
  });
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const form = target.closest("[data-draft-discard], [data-draft-swap]")?.closest("form");
    if (!form) return;
    event.preventDefault();
    clearTimeout(waiting.get(form));
    waiting.delete(form);
    const other = target.closest<HTMLElement>("[data-draft-other]");
    if (other) {
      swap(form, other);
      void push(form, read(form));
      return;
    }
    clearTimeout(leaving.get(form));
    leaving.delete(form);
    void push(form, {});
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
