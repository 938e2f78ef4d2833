/** The page in a browser. Where Chromium is not installed there is nothing to see, and the reason is printed. */
import { rm, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeReport } from '../../../src/lab/report/write-report.js';
import { Browser, hasChromium } from './browser.js';
import { makeRunFolder } from './run-fixture.js';

if (!hasChromium()) {
  process.stdout.write('The report is not looked at in a browser: there is no /usr/bin/chromium (Debian package chromium)\n');
}

const count = (selector: string): string => `document.querySelectorAll(${JSON.stringify(selector)}).length`;
const text = (selector: string): string => `document.querySelector(${JSON.stringify(selector)}).textContent`;
const attribute = (selector: string, name: string): string =>
  `document.querySelector(${JSON.stringify(selector)}).getAttribute(${JSON.stringify(name)})`;
const choose = (id: string, value: string): string => `(() => {
  const control = document.getElementById(${JSON.stringify(id)});
  control.value = ${JSON.stringify(value)};
  control.dispatchEvent(new Event(control.tagName === 'INPUT' ? 'input' : 'change'));
})()`;

describe.runIf(hasChromium())('report in a browser', () => {
  let browser: Browser;
  let folder = '';
  beforeAll(async () => {
    folder = makeRunFolder();
    browser = await Browser.start();
  });
  afterAll(async () => {
    await browser.close();
    await rm(dirname(folder), { recursive: true, force: true });
  });

  const open = async (): Promise<void> => browser.open(pathToFileURL(writeReport(folder)).href);

  test('draws lanes, bands, operations, curves and the diagram, asks for nothing, and complains of nothing', async () => {
    await open();
    expect(await browser.drawn(count('#lanes-chart .lane'))).toBe(4);
    // One on each node of each fault; what only ends another has none.
    expect(await browser.value(count('#lanes-chart .band'))).toBe(4);
    expect(await browser.value(count('#lanes-chart .band[data-fault="3"] .band-bar'))).toBe(1);
    expect(await browser.value(count('#lanes-chart .state.stopped'))).toBe(1);
    expect(await browser.value(count('#lanes-chart .lead'))).toBe(1);
    expect(await browser.value(count('#curve-charts svg.curves path.curve.underReplicated'))).toBe(1);
    expect(await browser.value(count('#curve-charts svg.curves path.curve.p95'))).toBe(1);
    const painted = `(() => {
      const canvas = document.querySelector('.operations-canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((byte) => byte !== 0);
    })()`;
    expect(await browser.value(painted)).toBe(true);
    expect(await browser.value(count('svg.space-time .operation.violating'))).toBe(2);
    expect(await browser.value(count('svg.space-time .fault-area'))).toBeGreaterThan(0);
    expect(await browser.value('window.broken')).toBeUndefined();
    expect(browser.requests).toEqual([]);
    expect(browser.complaints).toEqual([]);
  });

  test('a latency without neighbours is seen', async () => {
    const sparse = makeRunFolder({ operations: 1 });
    await browser.open(pathToFileURL(writeReport(sparse)).href);
    const width = `document.querySelector('svg.curves path.curve.p50').getBBox().width`;
    expect(await browser.drawn(width)).toBeGreaterThan(0);
    await rm(dirname(sparse), { recursive: true, force: true });
  });

  test('keys zoom, move and reset the axis', async () => {
    await open();
    const range = text('#time-range');
    const whole = await browser.drawn(range);
    expect(whole).toMatch(/\(all\)$/);
    await browser.press('+');
    const closer = await browser.drawn(range);
    expect(closer).not.toBe(whole);
    await browser.press('ArrowRight');
    expect(await browser.drawn(range)).not.toBe(closer);
    await browser.press('0');
    expect(await browser.drawn(range)).toBe(whole);
  });

  test('keys pressed in a table are left to the table', async () => {
    await open();
    await browser.drawn(text('#time-range'));
    await browser.press('+');
    const closer = await browser.drawn(text('#time-range'));
    await browser.value(`document.querySelector('#faults .scroll').focus()`);
    await browser.press('ArrowRight');
    expect(await browser.drawn(text('#time-range'))).toBe(closer);
  });

  test('of many faults, a bounded number is reached by Tab', async () => {
    const many = makeRunFolder({ extraFaults: 1_000 });
    await browser.open(pathToFileURL(writeReport(many)).href);
    expect(await browser.drawn(count('#lanes-chart .band'))).toBe(1_004);
    expect(await browser.value(count('#lanes-chart .band[tabindex]'))).toBeLessThanOrEqual(200);
    await rm(dirname(many), { recursive: true, force: true });
  });

  test('filters hide lanes, clients and rows', async () => {
    await open();
    await browser.value(choose('filter-node', 'dn-1'));
    expect(await browser.drawn(count('#lanes-chart .lane'))).toBe(1);
    await browser.value(choose('filter-client', 'client-1'));
    expect(await browser.drawn(text('#operations .table-summary'))).toMatch(/^1 to 20 of 20,/);
    expect(await browser.value(attribute('.operations-canvas', 'aria-label'))).toMatch(
      /^Operations of 1 clients, 20 of 60 shown/,
    );
    await browser.value(choose('filter-client', ''));
    await browser.value(choose('filter-fate', 'fail'));
    expect(await browser.drawn(count('#operations tbody tr'))).toBe(1);
    await browser.value(choose('filter-path', 'nowhere'));
    expect(await browser.drawn(count('#operations tbody tr'))).toBe(0);
  });

  test('everything is reached by keys: a tooltip on focus, details on Enter, gone on Escape', async () => {
    await open();
    await browser.drawn(`document.querySelector('#lanes-chart .band[data-fault="3"]').focus()`);
    expect(await browser.value(`document.getElementById('tooltip').hidden`)).toBe(false);
    expect(await browser.value(text('#tooltip'))).toMatch(/Fault 3: partition dn-2[^]*seen, counted 42[^]*42 bytes held/);
    await browser.press('Enter');
    expect(await browser.value(text('#details'))).toMatch(/Fault 3/);
    await browser.press('Escape');
    expect(await browser.value(`document.getElementById('details').hidden`)).toBe(true);
    await browser.value(`document.querySelector('.operations-canvas').focus()`);
    await browser.press('.');
    expect(await browser.value(text('#details'))).toMatch(/operation 1/);
    const unnamed = `[...document.querySelectorAll('[tabindex="0"]:not(canvas), button, select, input')].filter((element) =>
      !element.getAttribute('aria-label') && !element.closest('label') && element.textContent.trim() === '').length`;
    expect(await browser.value(unnamed)).toBe(0);
  });

  test('is dark where the system or the reader wants it', async () => {
    await open();
    const ground = 'getComputedStyle(document.body).backgroundColor';
    await browser.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'light' }] });
    const light = await browser.drawn(ground);
    await browser.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
    const dark = await browser.drawn(ground);
    expect(dark).not.toBe(light);
    const ink = `getComputedStyle(document.documentElement).getPropertyValue('--ink')`;
    const darkInk = await browser.value(ink);
    await browser.value(`document.getElementById('theme-toggle').click()`);
    expect(await browser.drawn(ground)).toBe(light);
    const lightInk = await browser.value(ink);
    expect(lightInk).not.toBe(darkInk);
    // On paper always light.
    await browser.value(`document.getElementById('theme-toggle').click()`);
    expect(await browser.drawn(ink)).toBe(darkInk);
    await browser.send('Emulation.setEmulatedMedia', { media: 'print', features: [] });
    expect(await browser.drawn(ink)).toBe(lightInk);
    await browser.send('Emulation.setEmulatedMedia', { media: '', features: [] });
  });

  test('prints, and is read without scripts', async () => {
    await open();
    const { data } = await browser.send('Page.printToPDF', { printBackground: true, preferCSSPageSize: true });
    const pdf = Buffer.from(String(data), 'base64');
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.length).toBeGreaterThan(20_000);
    await browser.send('Emulation.setScriptExecutionDisabled', { value: true });
    await open();
    const { root } = await browser.send('DOM.getDocument');
    const { nodeId } = root as { readonly nodeId: number };
    const { outerHTML } = await browser.send('DOM.getOuterHTML', { nodeId });
    expect(String(outerHTML)).toMatch(/<h1>evil<\/h1>[^]*integrity[^]*data-fault="3"/);
    await browser.send('Emulation.setScriptExecutionDisabled', { value: false });
    expect(browser.complaints).toEqual([]);
  });

  test('the check of requests can fail: a page that asks for something is seen', async () => {
    const other = await mkdtemp(join(tmpdir(), 'report-test-'));
    const file = join(other, 'asking.html');
    await writeFile(file, '<!doctype html><img src="missing.png">');
    const before = browser.complaints.length;
    await browser.open(pathToFileURL(file).href);
    expect(browser.requests.splice(0).map((url) => url.split('/').at(-1))).toEqual(['missing.png']);
    browser.complaints.length = before;
    await rm(other, { recursive: true, force: true });
  });
});
