// The page stays true by itself. `<span data-live="ADDRESS OF EVENTS" data-live-token data-live-renew data-live-part
// data-live-after data-live-every hidden>` (components/live.html) says where to listen and what to ask for anew: an event
// carries only a number, the words come from `data-live-part`, whose elements take the place of those with the same id.
// A part in which somebody writes, or has ticked something, is left alone until they are done. A form of a part
// (`data-live-form`) gets the page's token.
// Without events (no EventSource, no process, a proxy that holds them back) the part is asked for every so many seconds.
import htmx from "htmx.org";

const MINUTE = 60_000;
const SOON = 15; // several entries of one act are one question
const OPENING = 8_000; // a stream that has not opened by then (six tabs share one host) is given up
const HIDDEN = 5_000; // a page nobody looks at lets its stream go
const FRESH = 90_000; // an older token is renewed before it is used
const LONGEST = MINUTE;

type Sign = "on" | "off" | "held" | "ended";

function isBusy(part: Element): boolean {
  const at = document.activeElement;
  if (at && part.contains(at) && at.matches("input:not([type=checkbox]), textarea, select")) return true;
  return [...part.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")].some((field) =>
    field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio")
      ? field.checked !== field.defaultChecked
      : field.type !== "hidden" && field.value !== field.defaultValue,
  );
}

/** Put what is new in its place; what a reader had folded out, reached by keys or focused stays so. */
function put(part: Element, fresh: Element): void {
  const open = [...part.querySelectorAll("details")].map((fold) => fold.open);
  const current = part.querySelector(".is-current a")?.getAttribute("href");
  const focused = part.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
  part.replaceChildren(...fresh.childNodes);
  part.querySelectorAll<HTMLFormElement>("form[data-live-form]").forEach(sign);
  part.querySelectorAll("details").forEach((fold, at) => (fold.open = open[at] ?? fold.open));
  for (const link of part.querySelectorAll<HTMLElement>("a[href]")) {
    const address = link.getAttribute("href");
    if (address === current) link.closest("[data-row]")?.classList.add("is-current");
    if (address === focused) link.focus({ preventScroll: true });
  }
  htmx.process(part);
}

/** A form that came with the part is sent with the page's own token: with one in it the part would never be unchanged. */
function sign(form: HTMLFormElement): void {
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrfmiddlewaretoken";
  token.value = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  form.prepend(token);
}

class Live {
  private source: EventSource | null = null;
  private token: string;
  private given = Date.now();
  private after: string;
  private failures = 0;
  private isOver = false;
  private texts = new Map<string, string>();
  private asking = false;
  private again = false;
  private held = false;
  private asked = Date.now();
  private soon = 0;
  private opening = 0;
  private leaving = 0;
  private coming = 0;

  constructor(private readonly place: HTMLElement) {
    this.token = place.dataset.liveToken ?? "";
    this.after = place.dataset.liveAfter ?? "";
  }

  start(): void {
    this.place.hidden = false;
    this.show("off");
    document.addEventListener("visibilitychange", () => this.look());
    window.addEventListener("pagehide", () => this.close());
    window.addEventListener("pageshow", (event) => event.persisted && this.look());
    document.addEventListener("change", () => this.held && this.soonAgain());
    window.setInterval(() => this.tick(), 1000);
    if (!document.hidden) void this.open();
  }

  private get isOpen(): boolean {
    return this.source?.readyState === EventSource.OPEN;
  }

  /** Seen again: what happened meanwhile is asked for at once; not seen: the stream goes to somebody who looks. */
  private look(): void {
    clearTimeout(this.leaving);
    if (document.hidden) {
      this.leaving = window.setTimeout(() => this.close(), HIDDEN);
      return;
    }
    if (this.isOpen) return;
    this.soonAgain();
    this.failures = 0;
    clearTimeout(this.coming);
    void this.open();
  }

  private tick(): void {
    if (document.hidden || this.isOver) return;
    const every = this.isOpen ? MINUTE : Number(this.place.dataset.liveEvery || 15) * 1000;
    if (Date.now() - this.asked >= every) void this.ask();
  }

  private async open(): Promise<void> {
    const address = this.place.dataset.live;
    if (this.isOver || this.source || !address || typeof EventSource === "undefined") return;
    if (Date.now() - this.given > FRESH && !(await this.renew())) return;
    if (this.source || document.hidden) return;
    const after = this.after ? `&after=${this.after}` : "";
    const source = (this.source = new EventSource(`${address}?token=${encodeURIComponent(this.token)}${after}`));
    this.opening = window.setTimeout(() => this.fail(), OPENING);
    source.onopen = () => {
      clearTimeout(this.opening);
      this.failures = 0;
      this.show("on");
    };
    source.addEventListener("entry", (event) => {
      this.after = (event as MessageEvent).lastEventId || this.after;
      this.soonAgain();
    });
    source.addEventListener("changed", () => this.soonAgain());
    source.addEventListener("gone", () => {
      this.close();
      this.given = 0;
      this.soonAgain();
      void this.open();
    });
    source.onerror = () => {
      this.show("off");
      this.failures += 1;
      if (source.readyState === EventSource.CLOSED || this.failures > 3) this.fail();
    };
  }

  private close(): void {
    clearTimeout(this.opening);
    this.source?.close();
    this.source = null;
    if (!this.isOver) this.show("off");
  }

  /** Not now: ask every so often, and try the stream again later with a token of its own. */
  private fail(): void {
    this.close();
    this.failures += 1;
    this.given = 0;
    const wait = Math.min(LONGEST, 1000 * 2 ** Math.min(this.failures, 6)) * (0.75 + Math.random() / 2);
    clearTimeout(this.coming);
    this.coming = window.setTimeout(() => !document.hidden && void this.open(), wait);
  }

  /** A fresh token; false: there is none now. Who may not read any more is told so, and nothing more is asked. */
  private async renew(): Promise<boolean> {
    try {
      const answer = await fetch(this.place.dataset.liveRenew ?? "", { cache: "no-store", redirect: "manual" });
      if (answer.ok) {
        this.token = ((await answer.json()) as { token: string }).token;
        this.given = Date.now();
        return this.token !== "";
      }
      if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) this.end();
      else this.fail();
    } catch {
      this.fail();
    }
    return false;
  }

  private end(): void {
    this.isOver = true;
    this.close();
    clearTimeout(this.coming);
    this.show("ended");
  }

  private soonAgain(): void {
    clearTimeout(this.soon);
    this.soon = window.setTimeout(() => void this.ask(), SOON);
  }

  /** Ask for the part and show what is new of it. */
  private async ask(): Promise<void> {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    this.asked = Date.now();
    try {
      const answer = await fetch(this.place.dataset.livePart ?? "", { cache: "no-cache", redirect: "manual" });
      if (answer.ok) this.take(await answer.text());
    } catch {
      // Out of reach for now: what stands there was true a moment ago.
    }
    this.asking = false;
    if (this.again) {
      this.again = false;
      this.soonAgain();
    }
  }

  private take(text: string): void {
    const held = this.held;
    this.held = false;
    for (const fresh of new DOMParser().parseFromString(text, "text/html").body.children) {
      const part = document.getElementById(fresh.id);
      if (!part) continue;
      const before = this.texts.get(fresh.id);
      if (before === fresh.innerHTML) continue;
      if (isBusy(part)) {
        this.held = before !== undefined || !same(part, fresh);
        continue;
      }
      this.texts.set(fresh.id, fresh.innerHTML);
      if (!same(part, fresh)) put(part, fresh);
    }
    if (this.held || held) this.show(this.held ? "held" : this.isOpen ? "on" : "off");
    document.dispatchEvent(new CustomEvent("live:taken"));
  }

  private show(sign: Sign): void {
    const shown = this.held && sign !== "ended" ? "held" : sign;
    for (const words of this.place.querySelectorAll<HTMLElement>("[data-live-sign]")) {
      words.hidden = words.dataset.liveSign !== shown;
    }
  }
}

function words(element: Element): string {
  return (element.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** Whether the page shows just this already, so that nothing need move. */
function same(part: Element, fresh: Element): boolean {
  return words(part) === words(fresh);
}

export function startLive(): void {
  const place = document.querySelector<HTMLElement>("[data-live]");
  if (place?.dataset.livePart) new Live(place).start();
}
