/** A cell of Excel holds this many UTF-16 units. */
const LONGEST = 32_767;
const CUT = '…（以下略）';
/** What XML 1.0 has no place for, and lone surrogates. */
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/g;  
/** Excel reads `_x0041_` as A; so an underscore that begins such a thing is written as its own code. */
const ESCAPE = /_(?=x[0-9A-Fa-f]{4}_)/g;

/**
 * Text as a cell holds it: line ends as Excel has them, what is illegal as U+FFFD, no longer than 32,767 units and then said to be cut. A
 * surrogate pair is never cut apart.
 */
export function cellText(text: string): string {
  const legal = text.replace(/\r\n?/g, '\n').toWellFormed().replace(ILLEGAL, '\ufffd');
  const held = legal.length <= LONGEST ? legal : legal.slice(0, LONGEST - CUT.length).replace(/[\ud800-\udbff]$/, '') + CUT;
  return held.replace(ESCAPE, '_x005F_');
}

/** The name of a sheet: up to 31 units without the characters that Excel forbids there. */
export function sheetName(title: string): string {
  const name = cellText(title).replace(/[[\]:*?/\\'\n\ufffd]/g, ' ').slice(0, 31).toWellFormed().trim();
  return name === '' ? 'Sheet1' : name;
}
