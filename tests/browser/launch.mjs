// Debian's chromium, as the checks start it: without a display, and without a request of its own.
import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export const launch = (executablePath) => chromium.launch({ executablePath, args: ARGUMENTS });

// What a page complains about or asks others for. `allowed` says which addresses are its own.
export function listen(page, allowed) {
  const heard = { console: [], requests: [] };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) heard.console.push(message.text());
  });
  page.on("pageerror", (error) => heard.console.push(String(error)));
  page.on("request", (request) => {
    if (!allowed(request.url())) heard.requests.push(request.url());
  });
  return heard;
}
