/**
 * Characters that move a terminal's cursor, change colours, turn the reading direction or take no cell; joiners inside a character
 * are not matched.
 */
export const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;
