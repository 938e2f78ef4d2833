/** Cuts a text to the columns of a terminal: two for a wide character or an emoji, none for a combining mark. */
import stringWidth from 'string-width';

const SEGMENTER = new Intl.Segmenter();

/**
 * The beginning of a text that fits into the given columns; a wide character that does not fit completely is omitted.
 * @param text without line ends and escape sequences
 */
export function cutToWidth(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let end = 0;
  let width = 0;
  for (const { segment, index } of SEGMENTER.segment(text)) {
    width += stringWidth(segment);
    if (width > columns) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
