// The public pages. Every page works without this; it only makes them quicker and forgives more.
import { startCountdown } from "./countdown";
import { showCounters, startCounters } from "./counter";
import { restoreDrafts, startDrafts } from "./drafts";
import { startExchange } from "./exchange";
import { startLive } from "./live";
import { startOnce } from "./once";
import { startPasskeys } from "./passkeys";

document.documentElement.classList.replace("no-js", "js");
startOnce();
startCounters();
startDrafts();
startCountdown();
startPasskeys();
startLive();
startExchange((root) => {
  restoreDrafts(root);
  showCounters(root);
});
