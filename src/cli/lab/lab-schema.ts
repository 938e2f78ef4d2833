/** `lab schema`: prints the JSON Schema of scenario files, for editors. */
import type { Command } from 'commander';

async function schema(): Promise<void> {
  const { schemaJson } = await import('../../lab/scenario/scenario-schema.js');
  process.stdout.write(schemaJson());
}

/** Adds `schema` to the `lab` command. */
export function registerSchema(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of scenario files, for editors that complete and check YAML')
    .action(schema);
}
