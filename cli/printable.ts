/** What moves a cursor, paints, or turns the order of letters around: control characters but line ends and tabs, and bidi. */
const unprintable = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text as it may be shown at a terminal, whoever wrote the names, reasons and lines in it: what would be obeyed instead
 * of shown is escaped as in JSON, which therefore stays the same JSON.
 */
export function printable(text: string): string {
  return text.replace(unprintable, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
