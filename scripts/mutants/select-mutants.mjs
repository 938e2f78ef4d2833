/**
 * The mutants that a command line names; without names, all.
 * @throws Error when there is none of a name
 */
export function selectMutants(all, names) {
  const unknown = names.filter((name) => !all.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new Error(`No such mutant: ${unknown.join(', ')}`);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}
