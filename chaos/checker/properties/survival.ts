import { Finding, type Property } from '../property.ts';

/** What a part depends on may be away at any moment, also while it starts: it waits, and nobody has to start it again. */
export const survival: Property = {
  name: 'no part ends because another one is away',
  rules: 'Platform 7',
  check({ deaths }) {
    const finding = new Finding();
    finding.expect(deaths.length === 0, () => `ended by themselves: ${deaths.join(', ')}`);
    return finding;
  },
};
