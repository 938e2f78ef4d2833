/** Copies of the compiled code, one as it is and one for each mutant, in a folder of their own: the product has no switch for bugs. */
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ROOT } from './catalogue.mjs';
import { compile, compileMutant } from './compile.mjs';
import { readProjectFiles } from './project-files.mjs';
import { SourceText } from './source-text.mjs';

/** The whole system, laid out as in dist. */
export const SYSTEM = { project: 'tsconfig.build.json', base: 'src' };

/** The source that mutants are planted in. @param code which: SYSTEM, or another one like it */
export const readSource = ({ project, isWanted }) => new SourceText(readProjectFiles(project, isWanted));

export class Copies {
  #folder = mkdtempSync(join(tmpdir(), 'distrifs-mutants-'));
  #source;
  #base;
  /** Names of compiled files, by those of their sources. */
  #names = new Map();

  /**
   * Compiles everything once.
   * @param code `project`: the configuration that names the files, `base`: the folder that their compiled names are relative to, both
   *   from the repository's folder; `isWanted` takes the name of a file, and is true of all when it is not given
   */
  static async of(code = SYSTEM) {
    const copies = new Copies(code);
    try {
      await Promise.all([...copies.#names.keys()].map((file) => copies.#compileClean(file)));
    } catch (error) {
      copies.remove();
      throw error;
    }
    return copies;
  }

  constructor(code) {
    this.#source = readSource(code);
    this.#base = code.base;
    // Commands look for their version in it.
    copyFileSync(join(ROOT, 'package.json'), join(this.#folder, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'));
    for (const file of this.#source.files) this.#names.set(file, relative(this.#base, file).replace(/\.tsx?$/, '.js'));
  }

  /** The folder of the unchanged code. */
  get clean() {
    return join(this.#folder, 'clean');
  }

  /** Makes the copy with the mutant's bug. @returns its folder. @throws OutOfDateError when the mutant does not fit the source */
  async mutate(mutant) {
    const compiled = await compileMutant(mutant, this.#source);
    const folder = join(this.#folder, `mutant-${mutant.name}`);
    for (const name of this.#names.values()) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      linkSync(join(this.clean, name), join(folder, name));
    }
    for (const [file, code] of compiled) {
      const target = join(folder, this.#names.get(file));
      // Not through the link: the clean file stays.
      unlinkSync(target);
      writeFileSync(target, code);
    }
    return folder;
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #compileClean(file) {
    const target = join(this.clean, this.#names.get(file));
    const code = await compile(file, this.#source.textOf(file));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
}
