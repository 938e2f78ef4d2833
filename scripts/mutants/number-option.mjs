/**
 * An option of a command line that is a number.
 * @param values as `parseArgs` has them
 * @throws Error when it is none, or less than `least`
 */
export function numberOption(values, name, otherwise, least = 1) {
  if (values[name] === undefined) return otherwise;
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name} needs a number from ${least}, not "${values[name]}"`);
  return value;
}
