import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Exception, judge } from '../../tools/audit/judge.ts';

const today = '2026-11-22';

const advisory = (name: string, severity: string, id = `GHSA-${name.slice(0, 4)}-aaaa-bbbb`) => ({
  source: 1,
  name,
  severity,
  title: `${name} can be made to do harm`,
  url: `https://github.com/advisories/${id}`,
});
const printed = (...causes: readonly ReturnType<typeof advisory>[]) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: Object.fromEntries([
      ...causes.map((cause) => [cause.name, { name: cause.name, severity: cause.severity, via: [cause] }]),
      // Concerned through another package only.
      ['outer', { name: 'outer', severity: 'high', via: causes.map(({ name }) => name) }],
    ]),
  });
const except = (advisory: string, more: Partial<Exception> = {}): Exception => ({
  advisory,
  reason: 'Only reached by a function that is never called here.',
  until: '2027-01-31',
  ...more,
});

describe('the dependency audit', () => {
  it('passes when nothing is known, and says so', () => {
    const { passes, lines } = judge(JSON.stringify({ vulnerabilities: {} }), [], today);
    expect([passes, lines]).toEqual([
      true,
      ['Dependency audit: 0 advisories, none of severity high or above that is not excepted.'],
    ]);
  });

  it('fails for a high or critical one, names it once, and tells the lesser ones', () => {
    const { passes, lines } = judge(printed(advisory('lesser', 'moderate'), advisory('worst', 'critical')), [], today);
    expect(passes).toBe(false);
    expect(lines.slice(0, 2)).toEqual([
      '✗ worst: critical, worst can be made to do harm (https://github.com/advisories/GHSA-wors-aaaa-bbbb)',
      'known: lesser: moderate, lesser can be made to do harm (https://github.com/advisories/GHSA-less-aaaa-bbbb)',
    ]);
    expect(lines.at(-1)).toMatch(/^1 advisories of severity high or above/);
    expect(judge(printed(advisory('lesser', 'moderate')), [], today).passes).toBe(true);
    // A severity that is new to us is taken for the worst.
    expect(judge(printed(advisory('unheard', 'apocalyptic')), [], today).passes).toBe(false);
  });

  it('passes over one that is excepted with a reason, until its last day', () => {
    const report = printed(advisory('worst', 'critical'));
    const excepted = judge(report, [except('GHSA-wors-aaaa-bbbb')], today);
    expect([excepted.passes, excepted.lines[0]]).toEqual([true, expect.stringMatching(/^excepted: worst/)]);
    const ended = judge(report, [except('GHSA-wors-aaaa-bbbb', { until: '2026-11-21' })], today);
    expect([ended.passes, ended.lines[0]]).toEqual([false, expect.stringContaining('ended on 2026-11-21')]);
    for (const more of [{ reason: '' }, { until: 'never' }])
      expect(judge(report, [except('GHSA-wors-aaaa-bbbb', more)], today).passes).toBe(false);
    const { lines } = judge(JSON.stringify({ vulnerabilities: {} }), [except('GHSA-wors-aaaa-bbbb')], today);
    expect(lines).toContain('The exception for GHSA-wors-aaaa-bbbb is not needed any more: remove it.');
  });

  it('says that nothing is known where the registry offers no audits or does not answer', () => {
    const cases = [
      [JSON.stringify({ message: '405 Method Not Allowed', statusCode: 405 }), 'the registry offers none (405)'],
      [JSON.stringify({ message: 'request failed, reason: ENOTFOUND' }), 'the registry did not answer (request failed'],
      [JSON.stringify({ error: { summary: 'no lockfile' } }), 'the registry did not answer (no lockfile)'],
      ['', 'npm said nothing that could be read'],
      ['<html>', 'npm said nothing that could be read'],
    ] as const;
    for (const [report, why] of cases) {
      const { passes, lines } = judge(report, [], today);
      expect(passes).toBe(true);
      expect(lines).toEqual([expect.stringContaining(`Dependency audit skipped: ${why}`)]);
    }
  });

  it('has exceptions that say why and until when', () => {
    const kept = JSON.parse(readFileSync('tools/audit/exceptions.json', 'utf8')) as Exception[];
    for (const { advisory, reason, until } of kept) {
      expect(advisory).toMatch(/^GHSA(-\w{4}){3}$/);
      expect(reason.length).toBeGreaterThan(20);
      expect(until).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });
});
