/** Compiles single files of TypeScript, without looking at types: what `npm run build` does with each, before it makes bundles. */
import { dirname, join } from 'node:path';
import { transform } from 'esbuild';
import ts from 'typescript';
import { OutOfDateError, plant } from './plant.mjs';

/** @throws Error of esbuild's when the text is no TypeScript */
export async function compile(file, text) {
  const { code } = await transform(text, {
    loader: file.endsWith('x') ? 'tsx' : 'ts',
    target: 'es2023',
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { jsx: 'react-jsx', verbatimModuleSyntax: true } },
  });
  return code;
}

/**
 * @param source a SourceText
 * @returns what the mutant changes, compiled, by the name of the source file
 * @throws OutOfDateError when it does not fit the source, is no TypeScript there, imports what is not there, or changes nothing but types
 */
export async function compileMutant(mutant, source) {
  const compiled = new Map();
  for (const [file, text] of plant(mutant, source)) {
    const lost = lostImport(file, text, source);
    if (lost !== undefined) throw new OutOfDateError(`Mutant ${mutant.name} is out of date: ${file} has no "${lost}" to import`);
    const code = await compile(file, text).catch((error) => {
      throw new OutOfDateError(`Mutant ${mutant.name} does not compile: ${file}: ${error.errors?.[0]?.text ?? error.message}`);
    });
    if (code === (await compile(file, source.textOf(file)))) {
      throw new OutOfDateError(`Mutant ${mutant.name} changes nothing that is compiled: ${file}`);
    }
    compiled.set(file, code);
  }
  return compiled;
}

/** The first file that is imported and is not there; undefined: none. */
function lostImport(file, text, source) {
  const names = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
  return names.find((name) => {
    const path = join(dirname(file), name).replace(/\.js$/, '');
    return name.startsWith('.') && source.textOf(`${path}.ts`) === undefined && source.textOf(`${path}.tsx`) === undefined;
  });
}
