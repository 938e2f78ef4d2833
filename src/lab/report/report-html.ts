/**
 * The report as one HTML file that opens from disk. Header, checks and faults are HTML; the page's script draws the rest from the
 * embedded model. Pure. Nothing in a run, whatever it contains, becomes markup or script.
 */
import type { ReportCheck, ReportFault, ReportModel, ReportViolation } from './report-model.js';

/** Script and style of the page, built from view/. */
export interface ReportAssets {
  readonly script: string;
  readonly style: string;
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/** Glyphs shown beside the colours. */
const MARKS = { pass: '✓', fail: '✕', unknown: '?', error: '!', unfinished: '…' } as const;
const EFFECTS = {
  seen: '✓ seen',
  none: '✕ no effect',
  passed: '– no target',
  refused: '– refused',
  watching: '… did not end',
  planned: '– not carried out',
} as const;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes text for elements and quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);

/** JSON for a script element: without any `<`, no end tag and no comment can start inside it. */
export const embeddedJson = (value: unknown): string =>
  JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`;

function violationItem({ message, atMs, operationIds }: ReportViolation): string {
  const where = [
    ...(atMs === null ? [] : [`shown at ${seconds(atMs)}`]),
    ...(operationIds.length === 0 ? [] : [`operations ${operationIds.join(', ')}`]),
  ].join(' · ');
  const jump = atMs === null ? '' : ` <button type="button" class="jump js" data-at="${atMs}">show in space-time</button>`;
  return `<li><pre>${escapeHtml(message)}</pre><p class="where">${escapeHtml(where)}${jump}</p></li>`;
}

function checkRow({ check, kind, verdict, detail, violations }: ReportCheck): string {
  const open = `<tr class="check ${verdict}"><td class="mark"><span class="chip ${verdict}">${MARKS[verdict]} ${verdict}</span></td>`;
  const list = violations.length === 0 ? '' : `<ol class="violations">${violations.map(violationItem).join('')}</ol>`;
  return `${open}<th scope="row">${escapeHtml(check)}</th><td class="kind">${kind}</td><td>${escapeHtml(detail)}${list}</td></tr>`;
}

function faultRow(fault: ReportFault): string {
  const { id, text, source, fromMs, toMs, effect, effects, evidence } = fault;
  const lasted = toMs === null ? '<td class="num">–</td>' : `<td class="num">${seconds(toMs - fromMs)}</td>`;
  return (
    `<tr class="fault ${effect}" data-fault="${id}"><td class="num">${id}</td><th scope="row">${escapeHtml(text)}</th>` +
    `<td>${escapeHtml(source)}</td><td class="num">${seconds(fromMs)}</td>${lasted}` +
    `<td><span class="chip ${effect}">${EFFECTS[effect]}</span></td><td class="num">${effects}</td><td>${escapeHtml(evidence)}</td></tr>`
  );
}

function header(model: ReportModel): string {
  const { scenario, description, verdict, reasons, facts, commands } = model;
  const reasonList =
    reasons.length === 0
      ? ''
      : `<ul class="reasons">${reasons.map((reason) => `<li><pre>${escapeHtml(reason)}</pre></li>`).join('')}</ul>`;
  const rows = facts.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`).join('');
  const again = commands.map((command) => `<code>${escapeHtml(command)}</code>`).join(' ');
  return `<header class="top">
<p class="brand">DistriFS lab report</p>
<div class="title"><h1>${escapeHtml(scenario)}</h1><span class="verdict ${verdict}">${MARKS[verdict]} ${verdict}</span></div>
${description === '' ? '' : `<p class="description">${escapeHtml(description)}</p>`}
${reasonList}
<dl class="facts">${rows}</dl>
${again === '' ? '' : `<p class="again"><span>Repeat the run, in this folder:</span> ${again}</p>`}
</header>`;
}

const NAV = [
  ['checks', 'Checks'],
  ['timeline', 'Timeline'],
  ['space-time', 'Space-time'],
  ['operations', 'Operations'],
  ['faults', 'Faults'],
  ['scenario', 'Scenario'],
] as const;

function checksSection({ checks }: ReportModel): string {
  if (checks.length === 0) return '<p class="empty">Nothing was judged.</p>';
  return `<div class="scroll" tabindex="0" role="region" aria-label="Table of checks"><table class="checks">
<thead><tr><th scope="col">Verdict</th><th scope="col">Check</th><th scope="col">Kind</th><th scope="col">Details</th></tr></thead>
<tbody>${checks.map(checkRow).join('\n')}</tbody></table></div>`;
}

function faultsSection({ faults }: ReportModel): string {
  if (faults.length === 0) return '<p class="empty">No fault was planned.</p>';
  return `<div class="scroll" tabindex="0" role="region" aria-label="Table of faults"><table class="faults">
<thead><tr><th scope="col">#</th><th scope="col">Fault</th><th scope="col">By</th><th scope="col">Start</th><th scope="col">Lasted</th><th scope="col">Effect</th><th scope="col">Count</th><th scope="col">Evidence</th></tr></thead>
<tbody>${faults.map(faultRow).join('\n')}</tbody></table></div>`;
}

function body(model: ReportModel): string {
  const { notes, nodes, scenarioText } = model;
  const noted =
    notes.length === 0 ? '' : `<ul class="notes">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`;
  return `<a class="skip" href="#checks">Skip to the checks</a>
${header(model)}
<nav class="sections" aria-label="Sections">${NAV.map(([id, text]) => `<a href="#${id}">${text}</a>`).join('')}<span class="tools js" id="page-tools"></span></nav>
<main>
${noted}
<section id="checks"><h2>Checks</h2>${checksSection(model)}</section>
<section id="timeline"><h2>Timeline</h2>
<noscript><p class="empty">Charts need JavaScript. Nodes of this run: ${nodes.map(({ id }) => escapeHtml(id)).join(', ')}.</p></noscript>
<div class="js" id="timeline-body"></div></section>
<section id="space-time"><h2>Space-time</h2><div class="js" id="space-time-body"></div></section>
<section id="operations"><h2>Operations</h2><div class="js" id="operations-body"></div></section>
<section id="faults"><h2>Faults</h2>${faultsSection(model)}</section>
<section id="scenario"><h2>Scenario</h2><details><summary>The scenario with every choice made</summary><pre class="yaml">${escapeHtml(scenarioText)}</pre></details></section>
</main>
<aside id="details" class="details" aria-live="polite" aria-label="Details" hidden></aside>
<div id="tooltip" class="tooltip" role="tooltip" hidden></div>`;
}

/** @param assets script and style, inserted unchanged: they must not contain their own end tags */
export function reportHtml(model: ReportModel, { script, style }: ReportAssets): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(model.scenario)}: ${model.verdict} · DistriFS lab report</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${body(model)}
<script type="application/json" id="model">${embeddedJson(model)}</script>
<script>${script}</script>
</body>
</html>
`;
}
