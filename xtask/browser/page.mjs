// Opens the HTML report in a real browser, uses it as a person does, and takes pictures. Run by `cargo xtask browser`.
//
// page.mjs CHROMIUM REPORT.html HOSTILE.html PICTURES
import assert from "node:assert/strict";
import { chromium } from "playwright";
import { pathToFileURL } from "node:url";

const [executablePath, report, hostile, pictures] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

async function open(file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const asked = [];
  const said = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("dialog", (dialog) => { said.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  await page.goto(pathToFileURL(file).href);
  return { page, asked, said };
}

const visible = (page) => page.locator(".finding:visible").count();

// It loads alone, and complains of nothing.
const { page, asked, said } = await open(report, { colorScheme: "light" });
assert.deepEqual(asked, [pathToFileURL(report).href], "nothing but the page is asked for");
await page.screenshot({ path: `${pictures}/light.png` });

// Filters: by severity, by rule, by text, and back.
const all = await visible(page);
assert.ok(all > 3, `${all} findings`);
const severities = page.locator('#filter input[type="checkbox"]');
const first = await severities.first().getAttribute("value");
await severities.first().uncheck();
assert.equal(await page.locator(`.finding.${first}:visible`).count(), 0);
await severities.first().check();
const rule = await page.locator(".finding").first().getAttribute("data-rule");
await page.locator('select[name="rule"]').selectOption(rule);
const ofRule = await visible(page);
assert.ok(ofRule > 0 && ofRule <= all);
assert.equal(await page.locator(`.finding:visible:not([data-rule="${rule}"])`).count(), 0);
await page.locator('#filter button[type="reset"]').click();
await page.waitForFunction((count) => [...document.querySelectorAll(".finding")].filter((one) => !one.hidden).length === count, all);
await page.locator('input[name="text"]').fill("no such words at all");
assert.equal(await visible(page), 0);
assert.match(await page.locator("#shown").innerText(), /^0 of/);
await page.locator('input[name="text"]').fill("");

// A finding opens by click, and by keyboard.
const findings = page.locator(".finding");
await findings.nth(0).locator("summary").click();
assert.equal(await findings.nth(0).getAttribute("open"), "");
assert.ok(await findings.nth(0).locator("pre mark").first().isVisible(), "what is meant is marked");
await findings.nth(1).locator("summary").focus();
await page.keyboard.press("Enter");
assert.equal(await findings.nth(1).getAttribute("open"), "");
await findings.nth(0).scrollIntoViewIfNeeded();
await page.screenshot({ path: `${pictures}/finding-light.png` });

// The graph: nodes, edges, no two nodes on one place; picking by click and by keyboard, zoom, moving.
await page.locator("#graph").scrollIntoViewIfNeeded();
const nodes = page.locator(".node");
assert.ok(await nodes.count() > 5, "the objects are drawn");
assert.ok(await page.locator(".edge").count() > 4, "and their relations");
const boxes = await nodes.evaluateAll((all) => all.map((node) => node.getBoundingClientRect()).map(({ x, y, width, height }) => ({ x, y, width, height })));
for (const [number, one] of boxes.entries()) {
  for (const other of boxes.slice(number + 1)) {
    const apart = one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y;
    assert.ok(apart, "objects do not cover each other");
  }
}
const joined = await page.locator(".edge").first().getAttribute("data-to");
const node = page.locator(`.node[data-object="${joined}"]`);
await node.click();
assert.equal(await node.getAttribute("aria-pressed"), "true");
assert.ok(await page.locator("#picked").isVisible());
assert.ok(await page.locator(".edge.near").count() > 0);
await page.screenshot({ path: `${pictures}/picked-light.png` });
const shown = await page.locator(".finding:not([hidden])").count();
assert.ok(shown < all, "only what concerns it is shown");
await page.locator("#graph").focus();
await page.keyboard.press("Escape");
assert.ok(await page.locator("#picked").isHidden());
assert.equal(await page.locator(".finding:not([hidden])").count(), all);
await page.keyboard.press("Tab");
await page.keyboard.press("Enter");
assert.equal(await page.locator('.node[aria-pressed="true"]').count(), 1, "picked by keyboard");
await page.keyboard.press("Escape");
const box = async () => (await page.locator("#graph").getAttribute("viewBox")).split(" ").map(Number);
const before = await box();
const place = await page.locator("#graph").boundingBox();
await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
await page.mouse.wheel(0, -300);
assert.ok((await box())[2] < before[2], "the wheel zooms");
const zoomed = await box();
await page.mouse.move(place.x + 30, place.y + place.height - 30);
await page.mouse.down();
await page.mouse.move(place.x + 130, place.y + place.height - 90, { steps: 4 });
await page.mouse.up();
assert.notDeepEqual(await box(), zoomed, "dragging moves");
await page.locator("#whole").click();
assert.deepEqual(await box(), before, "and all is seen again");
assert.deepEqual(said, [], "the browser complains of nothing");

// In the dark, and on a telephone.
const dark = await open(report, { colorScheme: "dark" });
await dark.page.locator(".finding summary").first().click();
await dark.page.screenshot({ path: `${pictures}/dark.png`, fullPage: false });
await dark.page.locator(`.node[data-object="${joined}"]`).click();
await dark.page.screenshot({ path: `${pictures}/picked-dark.png` });
const [ink, ground] = await dark.page.evaluate(() => {
  const style = getComputedStyle(document.body);
  return [style.color, style.backgroundColor].map((color) => color.match(/\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b));
});
assert.ok(ink > 600 && ground < 150, "light on dark");
const small = await open(report, { viewport: { width: 390, height: 800 } });
await small.page.locator(".finding summary").first().click();
assert.ok(await small.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing hangs out at the side");
await small.page.screenshot({ path: `${pictures}/small.png` });

// Whatever stands in manifests is text.
const evil = await open(hostile);
assert.equal(await evil.page.locator("img, iframe, body script ~ script").count(), 0);
assert.deepEqual(evil.said, []);
assert.equal(evil.asked.length, 1);
await evil.page.locator(".finding summary").first().click();
await evil.page.screenshot({ path: `${pictures}/hostile.png` });

await browser.close();
console.log(`${all} findings, ${boxes.length} objects: the page works`);
