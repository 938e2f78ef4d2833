/** Reads values of the command line; an invalid value is wrong usage. */
import { InvalidArgumentError } from 'commander';
import { messageOf } from '../../shared/error-text.js';

/** Makes a parser for commander: an error of `parse` becomes the reason of wrong usage. */
export function reading<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  };
}

/** A whole number within inclusive limits. */
export const wholeNumber = (min: number, max: number): ((text: string) => number) =>
  reading((text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new Error(`it must be a whole number from ${min} to ${max}.`);
  });
