/**
 * What an operation reads and what it can change, in any state. Two operations can be swapped without any difference when neither
 * changes what the other reads or changes.
 */
import type { Operation } from '../history/operation.js';
import { FIXED } from './path-table.js';
import type { PathCells, PathTable } from './path-table.js';

export interface Footprint {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** Facets of a cell: the kind of its entry and, separately, its content, because most operations read only the kind. */
const kindOf = (cell: number): number => 2 * cell;
const contentOf = (cell: number): number => 2 * cell + 1;
const both = (cell: number): number[] => [kindOf(cell), contentOf(cell)];

const isReal = (cell: number): boolean => cell !== FIXED;

/** A failed operation changes nothing; an operation of unknown outcome is assumed to succeed. */
export function footprintOf(operation: Operation, table: PathTable): Footprint {
  const { kind, path, toPath = path, outcome } = operation;
  const place = table.placeOf(path);
  const inIt = table.childrenOf(path).map(({ cell }) => cell);
  const kinds = [...place.above, place.cell].filter(isReal).map(kindOf);
  const refusal = outcome === 'fail';
  switch (kind) {
    case 'read':
      return { reads: refusal ? kinds : [...kinds, ...withBoth([place])], writes: [] };
    case 'stat':
      return { reads: kinds, writes: [] };
    case 'list':
      return { reads: [...kinds, ...inIt.filter(isReal).map(kindOf)], writes: [] };
    case 'create':
    case 'overwrite':
      return { reads: kinds, writes: refusal ? [] : withBoth([place]) };
    case 'mkdir': {
      const made = operation.parents === true ? [...place.above, place.cell] : [place.cell];
      return { reads: kinds, writes: refusal ? [] : made.filter(isReal).flatMap(both) };
    }
    case 'delete': {
      const reads = [...kinds, ...inIt.filter(isReal).map(kindOf)];
      return { reads, writes: refusal ? [] : withBoth([place, ...table.below(path)]) };
    }
    case 'rename': {
      const target = table.placeOf(toPath);
      const there = [...target.above, target.cell, ...table.childrenOf(toPath).map(({ cell }) => cell)];
      const moved = withBoth([place, ...table.below(path)]);
      const reads = [...kinds, ...there.filter(isReal).map(kindOf), ...moved];
      return { reads, writes: refusal ? [] : [...moved, ...withBoth([target, ...table.below(toPath)])] };
    }
  }
}

const withBoth = (places: readonly PathCells[]): number[] => places.flatMap(({ cell }) => (isReal(cell) ? both(cell) : []));
