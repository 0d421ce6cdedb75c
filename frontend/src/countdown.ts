// The head of a followed case stays true: asked for again every minute, and on its last day told to the minute.
// `<div data-live="ADDRESS" data-now="INSTANT">` holds the head; inside it may stand
// `<p data-due="INSTANT" data-text="离时限还有 {hours} 小时 {minutes} 分" data-over="时限刚到" hidden>`.
import { fill } from "./dom";

const MINUTE = 60_000;

/** Show what is left; `now` is the server's time, for a phone's clock may be wrong. */
function show(place: HTMLElement, now: number): void {
  for (const told of place.querySelectorAll<HTMLElement>("[data-due]")) {
    const left = Math.ceil((Date.parse(told.dataset.due ?? "") - now) / MINUTE);
    if (Number.isNaN(left)) continue;
    told.textContent =
      left > 0
        ? fill(told.dataset.text ?? "", { hours: Math.floor(left / 60), minutes: left % 60 })
        : (told.dataset.over ?? "");
    told.hidden = false;
  }
}

/** Put the head anew in its place when it changed; what a reader had folded out stays so. */
async function renew(place: HTMLElement, last: { text: string }): Promise<void> {
  try {
    const answer = await fetch(place.dataset.live ?? "", { cache: "no-cache", credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const text = await answer.text();
    if (text === last.text) return;
    const open = [...place.querySelectorAll("details")].map((fold) => fold.open);
    place.innerHTML = text;
    place.querySelectorAll("details").forEach((fold, at) => (fold.open = open[at] ?? false));
    last.text = text;
  } catch {
    // Out of reach for now: what stands there was true a minute ago and says until when.
  }
}

export function startCountdown(): void {
  const place = document.querySelector<HTMLElement>("[data-live]");
  if (!place) return;
  const ahead = Date.parse(place.dataset.now ?? "") - Date.now() || 0;
  const tick = () => show(place, Date.now() + ahead);
  const last = { text: "" };
  const ask = () => {
    if (!document.hidden) void renew(place, last).then(tick);
  };
  tick();
  window.setInterval(tick, MINUTE / 4);
  window.setInterval(ask, MINUTE);
  document.addEventListener("visibilitychange", ask);
}
