// A row of the worklist shows its case beside the list (`#preview`): when the keys reach it or it is clicked; not where
// there is no room for it, and not while the row's own link is being followed.
type Exchange = CustomEvent<{
  elt: HTMLElement;
  target?: HTMLElement;
  requestConfig?: { elt: HTMLElement; triggeringEvent?: Event };
}>;

function isWanted(row: HTMLElement, cause: Event | undefined): boolean {
  if (cause?.type === "click") return !(cause.target instanceof Element && cause.target.closest("a"));
  if (cause?.type === "focusin") return row.querySelector(":focus-visible") !== null;
  return true;
}

export function startPreview(): void {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target, requestConfig } = (event as Exchange).detail;
    if (target?.id !== "preview") return;
    if (!target.checkVisibility() || !isWanted(elt, requestConfig?.triggeringEvent)) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { target, requestConfig } = (event as Exchange).detail;
    const row = requestConfig?.elt;
    if (target?.id !== "preview" || !row?.matches("[data-row]")) return;
    for (const other of document.querySelectorAll("[data-row]")) other.classList.toggle("is-current", other === row);
  });
}
