/** Reads values of the command line; what cannot be read is wrong usage. */
import { InvalidArgumentError } from 'commander';

/** Makes a parser for commander: what `parse` throws is what is wrong with the value. */
export function reading<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}

/** A whole number within limits, both included. */
export const wholeNumber = (min: number, max: number): ((text: string) => number) =>
  reading((text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new Error(`it must be a whole number from ${min} to ${max}.`);
  });
