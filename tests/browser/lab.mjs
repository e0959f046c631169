// Opens every notebook in a running JupyterLab, runs all its cells, and prints what a user then sees, as one JSON object.
// usage: node lab.mjs CHROMIUM ADDRESS TOKEN NOTEBOOK...
import { launch, listen } from "./launch.mjs";

const [executablePath, address, token, ...names] = process.argv.slice(2);
const MINUTE = 60_000;
const browser = await launch(executablePath);
const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
const page = await context.newPage();
page.setDefaultTimeout(3 * MINUTE);
const heard = listen(page, (url) => url.startsWith(address) || /^(data|blob|ws):/.test(url));

// The notebook in front, through the application that `LabApp.expose_app_in_browser` hands out.
const whenReady = () => {
  const panel = window.jupyterapp?.shell.currentWidget;
  return Boolean(panel?.content?.model?.cells.length && panel.sessionContext.session?.kernel?.status === "idle");
};

// Scrolls to each code cell, because those out of sight are not drawn, and looks at what stands under it.
const look = async () => {
  const { content } = window.jupyterapp.shell.currentWidget;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const seen = [];
  for (const [place, cell] of content.widgets.entries()) {
    if (cell.model.type !== "code") continue;
    await content.scrollToItem(place);
    const types = cell.model.outputs.toJSON().flatMap((output) => Object.keys(output.data ?? {}));
    const live = types.some((type) => type.includes("widget-view"));
    for (let tries = 0; tries < 50 && live && !cell.node.querySelector("select, .analys-drop"); tries++) await pause(100);
    await pause(50);
    const pictures = [...cell.node.querySelectorAll(".jp-OutputArea img")];
    seen.push({
      source: cell.model.sharedModel.source.slice(0, 60),
      count: cell.model.executionCount,
      errors: cell.model.outputs.toJSON().filter((output) => output.output_type === "error" || output.name === "stderr"),
      types,
      pictures: pictures.filter((picture) => picture.complete && picture.naturalWidth > 100).length,
      tables: cell.node.querySelectorAll(".jp-OutputArea table").length,
      controls: cell.node.querySelectorAll(".jp-OutputArea :is(input, select, button)").length,
    });
  }
  return seen;
};

// Moves the panel's first list to another choice and tells whether the picture followed.
const move = async () => {
  const picture = () => page.locator(".jp-OutputArea .widget-html img").getAttribute("src");
  const before = await picture();
  await page.locator(".jp-OutputArea select[multiple]").selectOption([{ index: 0 }]);
  for (let tries = 0; tries < 100 && (await picture()) === before; tries++) await page.waitForTimeout(200);
  const alt = await page.locator(".jp-OutputArea .widget-html img").getAttribute("alt");
  return { followed: (await picture()) !== before, alt };
};

// Drops a made-up annex with a wrong sum on the field and tells which cells are marked, and after how many seconds.
const drop = async () => {
  const table = "Kommun;Andel;Belopp 2023\nMora;50 %;50000\nOrsa;30 %;30000\nVansbro;20 %;20000\nSumma;100 %;110000\n";
  const started = Date.now();
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "prov.csv", { type: "text/csv" }));
    return transfer;
  }, table);
  await page.dispatchEvent(".analys-drop", "drop", { dataTransfer: data });
  await page.locator(".widget-html .analys td.marked").first().waitFor();
  const marked = await page.locator(".widget-html .analys td.marked").allInnerTexts();
  return { marked, seconds: (Date.now() - started) / 1000 };
};

const notebooks = {};
for (const name of names) {
  await page.goto(`${address}/lab/tree/${encodeURIComponent(name)}?reset&token=${token}`);
  await page.waitForFunction(whenReady);
  await page.evaluate(() => window.jupyterapp.commands.execute("notebook:run-all-cells"));
  await page.waitForFunction(() => {
    const cells = window.jupyterapp.shell.currentWidget.content.widgets.filter((cell) => cell.model.type === "code");
    return cells.every((cell) => cell.model.executionState === "idle" && cell.model.executionCount !== null);
  });
  const cells = await page.evaluate(look);
  notebooks[name] = { cells };
  if (await page.locator(".jp-OutputArea select[multiple]").count()) notebooks[name].moved = await move();
  if (await page.locator(".analys-drop").count()) notebooks[name].dropped = await drop();
  if (notebooks[name].moved) await page.locator(".jp-OutputArea select[multiple]").scrollIntoViewIfNeeded();
  if (notebooks[name].dropped) await page.locator(".analys-drop").scrollIntoViewIfNeeded();
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });
}
await browser.close();
console.log(JSON.stringify({ notebooks, requests: heard.requests }));
