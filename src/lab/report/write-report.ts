/** Writes report.html of a run folder. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiledEntry } from '../../supervisor/host/compiled-entry.js';
import { buildModel } from './build-model.js';
import { reportHtml } from './report-html.js';
import type { ReportAssets } from './report-html.js';
import { readRunData } from './run-data.js';

export const REPORT_FILE = 'report.html';

/** The page's script and style, built from view/. @throws DfsError NOT_FOUND when they were not built */
function readAssets(): ReportAssets {
  const read = (name: string): string =>
    readFileSync(compiledEntry(new URL(`../../lab/report/${name}`, import.meta.url)), 'utf8');
  return { script: read('report-page.js'), style: read('report-page.css') };
}

/**
 * Writes the report of a run.
 * @param folder path of the run folder
 * @param file default: report.html in the folder
 * @returns path of the report
 * @throws DfsError INVALID_ARGUMENT when the folder is not a run folder, NOT_FOUND when the page's script was not built
 * @throws Error of node:fs when the report cannot be written
 */
export function writeReport(folder: string, file: string = join(folder, REPORT_FILE)): string {
  const html = reportHtml(buildModel(readRunData(folder)), readAssets());
  const temporary = `${file}.tmp`;
  writeFileSync(temporary, html);
  renameSync(temporary, file);
  return file;
}
