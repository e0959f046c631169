// Opens a page file as its readers do and prints what they meet, as one JSON object. The tests judge it.
// usage: node visit.mjs CHROMIUM PAGE.html
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { launch, listen } from "./launch.mjs";

const [executablePath, file] = process.argv.slice(2);
const address = pathToFileURL(file).href;
const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
const VIEWS = { phone: { width: 320, height: 640 }, desktop: { width: 1280, height: 900 } };
const FOCUSABLE = "a[href], button, summary, [tabindex='0']";

const browser = await launch(executablePath);
const heard = { console: [], requests: [] };

async function open(settings, use) {
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  const own = listen(page, (url) => url === address || url.startsWith("data:"));
  await page.goto(address);
  const result = await use(page);
  await context.close();
  heard.console.push(...own.console);
  heard.requests.push(...own.requests);
  return result;
}

const openAll = (page) =>
  page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));

// axe's verdict, and whether the page scrolls sideways.
async function judge(page) {
  await openAll(page);
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values }, resultTypes: ["violations"] }), RULES);
  return {
    violations: violations.map(({ id, nodes }) => ({ id, where: nodes.slice(0, 3).map((node) => node.html.slice(0, 200)) })),
    passes: passes.map(({ id }) => id),
    overflow: await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  };
}

// Tabs through the page, opening what is closed with Enter, until the focus leaves it.
async function tab(page) {
  const all = await page.evaluate((selector) => {
    const found = [...document.querySelectorAll(selector)];
    found.forEach((element, place) => (element.dataset.place = place));
    return found.length;
  }, FOCUSABLE);
  const reached = [];
  const unseen = [];
  for (let step = 0; step <= all + 5; step++) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const active = document.activeElement;
      if (!active || active === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(active);
      return { place: Number(active.dataset.place), tag: active.tagName, ring: outlineStyle !== "none" && outlineWidth !== "0px" };
    });
    if (found === null || reached.includes(found.place)) break;
    reached.push(found.place);
    if (!found.ring) unseen.push(found);
    if (found.tag === "SUMMARY") await page.keyboard.press("Enter");
  }
  return { all, reached, unseen };
}

// Sorts the first table that has a column of numbers, with the keyboard only.
async function sort(page) {
  await openAll(page);
  const button = page.locator("th.number button").first();
  const state = () =>
    button.evaluate((element) => {
      const heading = element.closest("th");
      const rows = [...element.closest("table").tBodies[0].rows];
      return {
        sort: heading.getAttribute("aria-sort"),
        cells: rows.map((row) => row.cells[heading.cellIndex].textContent),
        names: rows.map((row) => row.cells[0].textContent),
        focused: document.activeElement === element,
      };
    });
  await button.focus();
  const states = [await state()];
  for (const key of ["Enter", "Space"]) {
    await page.keyboard.press(key);
    states.push(await state());
  }
  return states;
}

const text = (page) => page.evaluate(() => document.body.innerText);

async function print(page) {
  await page.emulateMedia({ media: "print" });
  return page.evaluate(() => ({
    hidden: [...document.querySelectorAll("table, svg")].filter((element) => element.getBoundingClientRect().height === 0).length,
    navigation: getComputedStyle(document.querySelector("nav")).display,
    background: getComputedStyle(document.body).backgroundColor,
  }));
}

const views = {};
for (const [name, viewport] of Object.entries(VIEWS)) {
  for (const colorScheme of ["light", "dark"]) {
    views[`${name} ${colorScheme}`] = await open({ viewport, colorScheme }, judge);
  }
}
const desktop = { viewport: VIEWS.desktop };
const found = {
  views,
  keyboard: await open(desktop, tab),
  sorting: await open(desktop, sort),
  print: await open({ ...desktop, colorScheme: "dark" }, print),
  text: { scripts: await open(desktop, text), none: await open({ ...desktop, javaScriptEnabled: false }, text) },
  ...heard,
};
await browser.close();
console.log(JSON.stringify(found));
