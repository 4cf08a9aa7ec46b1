import { parser } from '@prometheus-io/lezer-promql';

/** What a process exposes: each series' name with the labels that it has been seen with. */
export type Exposed = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads Prometheus' text format. */
export function exposedIn(...texts: readonly string[]): Exposed {
  const exposed = new Map<string, Set<string>>();
  for (const line of texts.join('\n').split('\n')) {
    const [, name, labels = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (!name) continue;
    const known = exposed.get(name) ?? new Set<string>();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    exposed.set(name, known);
  }
  return exposed;
}

/** What Prometheus itself adds to every target. */
const targetLabels = ['job', 'instance'];

/** What is wrong with an expression: it is none, or it asks for a name or a label that nothing exposes. */
export function faultsOf(expression: string, exposed: Exposed): string[] {
  // Grafana fills in the interval.
  const text = expression.replaceAll('$__rate_interval', '5m');
  const faults: string[] = [];
  const asked: { readonly name: string; readonly labels: string[] }[] = [];
  const grouped: string[] = [];
  parser.parse(text).iterate({
    enter({ node, type, from, to }) {
      if (type.isError) faults.push(`no PromQL at "${text.slice(from, to + 10)}"`);
      const named = (of: string): string[] => node.getChildren(of).map((child) => text.slice(child.from, child.to));
      if (type.name === 'VectorSelector') {
        const matchers = node.getChild('LabelMatchers');
        const labels = [...(matchers ? text.slice(matchers.from, matchers.to).matchAll(/(\w+)\s*[=!]/g) : [])];
        asked.push({ name: named('Identifier')[0] ?? '', labels: labels.map(([, label = '']) => label) });
      }
      if (type.name === 'GroupingLabels') grouped.push(...named('LabelName'));
    },
  });
  for (const { name, labels } of asked) {
    const has = name === 'up' ? new Set<string>() : exposed.get(name);
    if (!has) {
      faults.push(`${name} is not exposed`);
      continue;
    }
    for (const label of [...labels, ...grouped])
      if (!has.has(label) && !targetLabels.includes(label)) faults.push(`${name} has no label ${label}`);
  }
  if (asked.length === 0 && faults.length === 0) faults.push('it asks for nothing');
  return faults;
}
