// On its last day a case is told to the minute: inside `<div data-now="INSTANT">` may stand
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

export function startCountdown(): void {
  const place = document.querySelector<HTMLElement>("[data-now]");
  if (!place) return;
  const ahead = Date.parse(place.dataset.now ?? "") - Date.now() || 0;
  const tick = () => show(place, Date.now() + ahead);
  tick();
  window.setInterval(tick, MINUTE / 4);
  document.addEventListener("live:taken", tick); // the part of the page was told anew
}
