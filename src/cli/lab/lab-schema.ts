/** `lab schema`: prints the JSON Schema of scenario files, for editors. */
import { schemaJson } from '../../lab/scenario/schema/scenario-schema.js';

/** Prints the schema. */
export function printSchema(): void {
  process.stdout.write(schemaJson());
}
