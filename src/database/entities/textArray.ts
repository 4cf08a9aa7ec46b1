import { ArrayType } from '@mikro-orm/core';

/**
 * Texts that people wrote, as an array of PostgreSQL. The mapper's own array type quotes as JSON does and only where
 * it must: a line break would become the letter "n", the word "null" nothing at all.
 */
export class TextArray extends ArrayType<string> {
  override convertToDatabaseValue(value: string[] | null): string | null {
    return value && `{${value.map((text) => `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`).join(',')}}`;
  }
}
