/** Rows of text as a table. */

/**
 * Columns as wide as their widest cell, two blanks apart.
 * @param leftColumns number of leading columns that are aligned to the left; the other columns hold numbers, aligned to the right
 * @param widthOf the terminal columns that a text takes: `stringWidth` of the package string-width for cells with arbitrary
 *   characters
 */
export function textTable(
  rows: readonly (readonly string[])[],
  leftColumns: number,
  widthOf: (text: string) => number,
): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  const align = (cell: string, column: number): string => {
    const blanks = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
    return column < leftColumns ? cell + blanks : blanks + cell;
  };
  return rows.map((row) => row.map(align).join('  ').trimEnd());
}
