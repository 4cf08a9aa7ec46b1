import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answered, startApi, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe('the page at /docs', () => {
  const page = async (): Promise<Answered> => api.nobody.get('/docs/');

  test('is reached from /docs', async () => {
    const { status, body } = await api.nobody.get('/docs');
    expect([status, body.includes('swagger-ui')]).toEqual([200, true]);
  });

  test('loads everything from this host', async () => {
    const { body: html } = (await page()) as { body: string };
    const places = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, place]) => place!);
    expect(places.length).toBeGreaterThan(3);
    for (const place of places) {
      const url = new URL(place, `${api.url}/docs/`);
      expect(url.origin).toBe(api.url);
      const { status } = await fetch(url);
      expect([place, status]).toEqual([place, 200]);
    }
    const { body: initializer } = await api.nobody.get('/docs/swagger-initializer.js');
    expect(initializer).toContain("url: '/openapi.json'");
    expect(initializer).not.toMatch(/https?:|\/\//);
    const { body: css } = await api.nobody.get('/docs/swagger-ui.css');
    expect(css).not.toMatch(/@import|url\(\s*["']?(?:https?:)?\/\//);
  });

  test('may load nothing from any other', async () => {
    const policy = (await page()).headers.get('content-security-policy') ?? '';
    const directives = new Map(
      policy.split(';').map((directive) => {
        const [name = '', ...sources] = directive.trim().split(/\s+/);
        return [name, sources] as const;
      }),
    );
    expect(directives.get('default-src')).toEqual(["'self'"]);
    expect(directives.get('script-src')).toEqual(["'self'"]);
    for (const [name, sources] of directives) {
      const elsewhere = sources.filter((source) => !/^'(?:self|none|unsafe-inline)'$|^data:$/.test(source));
      expect([name, elsewhere]).toEqual([name, []]);
    }
  });

  test('uses no bundle that asks another host to check the document', async () => {
    expect((await api.nobody.get('/docs/swagger-initializer.js')).body).toContain('validatorUrl: null');
  });
});
