/**
 * Copies of the compiled code, one unchanged and one for each mutant, in a separate folder: the product itself has no switch for
 * bugs.
 */
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { applyPatch } from 'diff';
import ts from 'typescript';
import { ROOT } from './catalogue.mjs';

export class Copies {
  #folder = mkdtempSync(join(tmpdir(), 'distrifs-mutants-'));
  #files = [];

  /**
   * Compiles src as `npm run build` does, without a type check and without bundles, to which no patch would apply.
   * @param project the file that lists the sources, from the repository's root
   * @param base the folder to which the compiled names are relative
   * @param isWanted selects files by compiled name
   */
  constructor({ project = 'tsconfig.build.json', base = 'src', isWanted = () => true } = {}) {
    // Commands read their version from this file.
    copyFileSync(join(ROOT, 'package.json'), join(this.#folder, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'));
    const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (problem) => fail(String(problem.messageText)) };
    const { options, fileNames } = ts.getParsedCommandLineOfConfigFile(join(ROOT, project), {}, host);
    // The module kind of an ESM package, because transpileModule does not read package.json.
    const compilerOptions = { ...options, module: ts.ModuleKind.ESNext, sourceMap: false, declaration: false };
    for (const fileName of fileNames) {
      if (fileName.endsWith('.d.ts')) continue;
      const file = relative(join(ROOT, base), fileName).replace(/\.tsx?$/, '.js');
      if (!isWanted(file)) continue;
      const { outputText } = ts.transpileModule(readFileSync(fileName, 'utf8'), { fileName, compilerOptions });
      const target = join(this.clean, file);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, outputText);
      this.#files.push(file);
    }
  }

  /** The folder of the unchanged code. */
  get clean() {
    return join(this.#folder, 'clean');
  }

  /** Makes a copy with the mutant's bug, and returns its folder. @throws Error when the patch does not apply to the code */
  mutate({ name, patches }) {
    const folder = join(this.#folder, `mutant-${name}`);
    for (const file of this.#files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      linkSync(join(this.clean, file), join(folder, file));
    }
    for (const patch of patches) {
      const file = patch.newFileName ?? '';
      if (!this.#files.includes(file)) fail(`Mutant ${name} is out of date: ${file} does not exist`);
      const mutated = applyPatch(readFileSync(join(this.clean, file), 'utf8'), patch, { fuzzFactor: 0 });
      if (mutated === false) fail(`Mutant ${name} is out of date: its patch does not apply to the compiled ${file}`);
      // Replaces the link, so that the original file remains unchanged.
      unlinkSync(join(folder, file));
      writeFileSync(join(folder, file), mutated);
    }
    return folder;
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function fail(message) {
  throw new Error(message);
}
