const placeholder = /\{\{([^{}]*)\}\}/g;

/** The names of the placeholders in a text, each once: `Olá de {{organization.name}}` holds `organization.name`. */
export const placeholdersIn = (text: string): string[] => [
  ...new Set([...text.matchAll(placeholder)].map(([, name = '']) => name.trim())),
];

/** The text with what its placeholders stand for; one that stands for nothing stays as it was written. */
export const filledIn = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replaceAll(placeholder, (written, name: string) => values.get(name.trim()) ?? written);

/** How a variable of the organisation is written into a text, without the braces. */
export const placeholderOf = (variable: string): string => `variable.${variable}`;
