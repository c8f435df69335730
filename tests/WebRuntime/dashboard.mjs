// Looks at the page of a run as a user would, in headless Chromium, and stops the run: node dashboard.mjs plan.json result.json
// The plan: address, browser, screenshot.
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const plan = JSON.parse(readFileSync(process.argv[2])), PATIENCE = 240_000;
const browser = await chromium.launch({ executablePath: plan.browser, args: ['--no-sandbox'] });
const result = { told: [] };
try {
  const page = await (await browser.newContext({ viewport: { width: 1000, height: 1200 } })).newPage();
  page.on('console', message => result.told.push(message.text()));
  page.on('pageerror', error => result.told.push(`${error}`));
  await page.goto(plan.address);
  await page.waitForFunction(() => document.querySelectorAll('#metrics polyline').length > 0
    && document.querySelectorAll('#pictures img').length > 0
    && [...document.querySelectorAll('#pictures img')].every(image => image.complete && image.naturalWidth > 0), null, { timeout: PATIENCE });
  result.status = await page.textContent('#status');
  result.keys = await page.$$eval('#losskeys .key', keys => keys.map(key => key.textContent.split(' ')[0]));
  result.points = await page.$eval('#loss polyline', line => line.getAttribute('points').split(' ').length);
  result.pictures = await page.$$eval('#pictures img', images => images.map(image => [image.naturalWidth, image.naturalHeight]));
  await page.screenshot({ path: plan.screenshot, fullPage: true });
  await page.click('#stop');
  await page.waitForFunction(() => /stopping|ended/.test(document.getElementById('state').textContent), null, { timeout: PATIENCE });
  result.state = await page.textContent('#state');
} finally {
  await browser.close();
}
writeFileSync(process.argv[3], JSON.stringify(result));
