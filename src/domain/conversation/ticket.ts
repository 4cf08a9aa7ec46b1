const perLetter = 999;
const letters = 26;

/**
 * The ticket that is given out as the `nth` of a day, from 1: A001 to A999, then B001, and so on to Z999. After those
 * 25,974 the letters begin again with one digit more.
 */
export function ticketNumber(nth: number): string {
  const most = perLetter * letters;
  if (nth > most)
    return String.fromCodePoint(65 + ((nth - 1) % letters)) + String(1000 + Math.floor((nth - most - 1) / letters));
  const letter = String.fromCodePoint(65 + Math.floor((nth - 1) / perLetter));
  return letter + String(((nth - 1) % perLetter) + 1).padStart(3, '0');
}

/** The first letters of a name, for a board that everybody in the hall reads: `M. O.`; `null` without a name. */
export function initialsOf(name: string | null): string | null {
  const words = (name ?? '')
    .trim()
    .split(/\s+/u)
    .filter((word) => /^\p{L}/u.test(word));
  const [first, ...rest] = words;
  if (first === undefined) return null;
  return [first, ...rest.slice(-1)]
    .map((word) => `${String.fromCodePoint(word.codePointAt(0) ?? 0).toUpperCase()}.`)
    .join(' ');
}
