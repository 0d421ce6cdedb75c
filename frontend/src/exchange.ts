// How htmx behaves under the strict content policy, and what a person sees when an exchange fails.
import htmx from "htmx.org";

type Exchange = CustomEvent<{
  headers: Record<string, string>;
  target?: HTMLElement;
}>;

/**
 * - nothing is evaluated and no style is injected (the content policy forbids both);
 * - a form sent back with its errors (400, 409, 422) is shown like any other answer;
 * - a failed part gets `is-failed`: its own `.part-failed` then says so and offers to retry.
 */
export function startExchange(onArrival: (root: ParentNode) => void): void {
  htmx.config.allowEval = false;
  htmx.config.allowScriptTags = false;
  htmx.config.includeIndicatorStyles = false;
  htmx.config.selfRequestsOnly = true;
  htmx.config.historyCacheSize = 0;
  htmx.config.responseHandling = [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "400|409|422", swap: true, error: false },
    { code: "...", swap: false, error: true },
  ];

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
    if (token) (event as Exchange).detail.headers["X-CSRFToken"] = token;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    (event as Exchange).detail.target?.classList.remove("is-failed");
  });
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, (event) => {
      (event as Exchange).detail.target?.classList.add("is-failed");
    });
  }
  htmx.onLoad((element) => onArrival(element as unknown as ParentNode));
}
