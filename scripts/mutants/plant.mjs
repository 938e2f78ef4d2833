/** Plants a bug in the source: finds the one place of each of its edits, and makes the changed files. */

/** The source has changed so that the bug cannot be planted any more, or planting it changes nothing. */
export class OutOfDateError extends Error {
  name = 'OutOfDateError';
}

/**
 * @param source a SourceText
 * @returns the changed files, text by name
 * @throws OutOfDateError when a passage does not stand in the source exactly once
 */
export function plant({ name, edits }, source) {
  const changes = edits.map((edit) => changeOf(name, edit, source)).sort((a, b) => b.start - a.start);
  const changed = new Map();
  const lastStarts = new Map();
  for (const { file, start, end, text, passage } of changes) {
    if (end > (lastStarts.get(file) ?? Infinity))
      throw new OutOfDateError(`Mutant ${name}: edits overlap at\n${indented(passage)}`);
    lastStarts.set(file, start);
    const before = changed.get(file) ?? source.textOf(file);
    changed.set(file, `${before.slice(0, start)}${text}${before.slice(end)}`);
  }
  return changed;
}

function changeOf(name, { kind, places, passage, text }, source) {
  const found = source.find(passage, places);
  const where = places.length === 0 ? '' : ` in ${places.join(' ')}`;
  if (found.length === 0) {
    const near = source.nearMisses(passage);
    const like = near.length === 0 ? 'Nothing is like it.' : `Nearest:\n${indented(near.join('\n'))}`;
    throw new OutOfDateError(`Mutant ${name} is out of date: this passage is not found${where}:\n${indented(passage)}\n${like}`);
  }
  if (found.length > 1) {
    const lines = found.map((each) => source.lineOf(each)).join('\n');
    throw new OutOfDateError(
      `Mutant ${name} is out of date: this passage stands ${found.length} times${where}:\n${indented(passage)}\nAt:\n${indented(lines)}`,
    );
  }
  const [{ file, start, end }] = found;
  switch (kind) {
    case 'after':
      return { file, start: end, end, text: `\n${text}`, passage };
    case 'before':
      return { file, start, end: start, text: `${text}\n`, passage };
    default:
      return { file, start, end, text, passage };
  }
}

const indented = (text) => text.replace(/^/gm, '    ');
