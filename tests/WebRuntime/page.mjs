// Uses a page that trains as a user would, in headless Chromium: node page.mjs plan.json result.json
// The plan: site, steps, device, threads, isolated (COOP and COEP headers), picture (a file to learn from), screenshot, download.
import { createServer } from 'node:http';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const plan = JSON.parse(readFileSync(process.argv[2])), PATIENCE = 400_000;
const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' };
const server = createServer((request, answer) => {
  const path = join(plan.site, new URL(request.url, 'http://x').pathname.replace(/\/$/, '/index.html'));
  const headers = { 'Content-Type': types[extname(path)] ?? 'application/octet-stream' };
  if (plan.isolated) Object.assign(headers, { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' });
  try {
    if (!statSync(path).isFile()) throw new Error('a folder');
    answer.writeHead(200, headers).end(readFileSync(path));
  } catch {
    answer.writeHead(404, headers).end();
  }
});
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));

const browser = await chromium.launch({ executablePath: plan.browser, args: ['--no-sandbox', '--enable-unsafe-webgpu',
  '--enable-features=Vulkan', '--use-webgpu-adapter=swiftshader'] });
const result = {}, told = [];
try {
  const context = await browser.newContext({ acceptDownloads: true, viewport: { width: 900, height: 1400 } }), page = await context.newPage();
  page.on('console', message => told.push(message.text()));
  page.on('pageerror', error => told.push(`${error}`));
  const state = () => page.textContent('#state');
  const until = async words => {
    await page.waitForFunction(words => document.getElementById('state').textContent.startsWith(words)
      || document.getElementById('state').className === 'failed', words, { timeout: PATIENCE });
    if (!(await state()).startsWith(words)) throw new Error(`The page says: ${await state()}`);
  };
  const address = `http://127.0.0.1:${server.address().port}/?device=${plan.device ?? 'wasm'}&threads=${plan.threads ?? 0}`;
  await page.goto(address);
  await until('Ready');
  result.threads = await page.textContent('#threads');
  await page.fill('#steps', String(plan.steps));
  await page.click('#start');
  await until(`Stopped after step ${plan.steps}.`);
  result.losses = await page.evaluate(() => globalThis.page.losses);
  result.found = await page.evaluate(() => globalThis.page.after);
  result.before = await page.evaluate(() => globalThis.page.before);
  // Points of the curve's own colour, and pictures with more than one colour.
  result.curve = await page.evaluate(() => {
    const curve = document.getElementById('curve'), data = curve.getContext('2d').getImageData(0, 0, curve.width, curve.height).data;
    let points = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] === 0x14 && data[i + 1] === 0x63 && data[i + 2] === 0xb8) points++;
    return points;
  });
  result.pictures = await page.evaluate(() => [...document.querySelectorAll('#pictures canvas')].map(one =>
    new Set(new Uint32Array(one.getContext('2d').getImageData(0, 0, one.width, one.height).data.buffer)).size));
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
  result.name = download.suggestedFilename();
  await download.saveAs(plan.download);
  if (plan.picture) await own(page, until);
  await page.screenshot({ path: plan.screenshot, fullPage: true });
  // A closed tab loses nothing.
  await page.goto(address);
  await until('Resumed');
  result.resumed = await state();
  result.kept = await page.evaluate(() => ({ losses: globalThis.page.losses.length, own: globalThis.page.own.length }));
} finally {
  result.told = told;
  writeFileSync(process.argv[3], JSON.stringify(result));
  await browser.close();
  server.close();
}

/** Draws a box on a picture of one's own, learns it, and stops before the end. */
async function own(page, until) {
  await page.setInputFiles('#file', plan.picture);
  await page.waitForSelector('#own:visible');
  await page.locator('#own').scrollIntoViewIfNeeded();
  const at = await page.locator('#own').boundingBox();
  await page.mouse.move(at.x + 0.25 * at.width, at.y + 0.25 * at.height);
  await page.mouse.down();
  await page.mouse.move(at.x + 0.75 * at.width, at.y + 0.5 * at.height, { steps: 4 });
  await page.mouse.up();
  result.drawn = await page.evaluate(() => globalThis.page.drawn.boxes);
  await page.fill('#ownsteps', '100000');
  await page.click('#learn');
  await until(`Step ${plan.steps + 3},`);
  await page.click('#stop');
  await until('Stopped after step');
  result.own = await page.evaluate(() => ({ step: globalThis.page.step, pictures: document.querySelectorAll('#ownpictures canvas').length }));
}
