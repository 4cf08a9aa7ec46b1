/** The limit of messages to contacts in a calendar month of this time zone. */
export interface MessageLimit {
  readonly messagesPerMonth: number;
  readonly timeZone: string;
}

/** Into how many parts the count of a month is divided. */
export const countParts = 16;

/** A number as the parts hold it: each as much as the next, the first ones the rest. `18` is `2, 2, 1, 1, …`. */
export const inParts = (total: number): number[] =>
  Array.from({ length: countParts }, (_, part) => Math.floor(total / countParts) + (part < total % countParts ? 1 : 0));

/** From four fifths of the limit on the administrators are told. */
export const isNearLimit = (used: number, limit: number): boolean => used * 5 >= limit * 4;
