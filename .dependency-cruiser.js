// The walls of the house (docs: README, "The rooms"). Each rule says what a room may import; what it does not name is
// forbidden, of whatever kind: rules of the form "anything but" see npm-dev, npm-no-pkg, unknown and built-in modules
// too, which a list of `dependencyTypes` would miss.

/** An npm package by its name, wherever node_modules may be. */
const npm = (...names) => names.map((name) => `(^|/)node_modules/${name}/`);

/** What a room may import of ours and of others; nothing else. */
const room = (name, comment, from, allowed) => ({ name, comment, severity: 'error', from, to: { pathNot: allowed } });

/** What a room may import of ours; packages are its own affair. */
const ours = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from,
  to: { path: '^(src|test|tools|bench|chaos)/', pathNot: allowed },
});

const forbidden = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const PROTOCOL = '^src/workflows/protocol\\.ts$';
const PORTS = '^src/workflows/ports\\.ts$';
const CONFIG = '^src/config\\.ts$';
/** Where a process begins: what cannot be reached from here is dead. */
const ENTRIES = [
  '^src/(api|activities|simulator)/main\\.ts$',
  '^src/demo/load\\.ts$',
  '^src/workflows/index\\.ts$',
  '^src/database/migrate\\.ts$',
  '^tools/',
  '^bench/main\\.ts$',
  '^bench/floors/(routeServer|workflow|workflowWorker)\\.ts$',
  '^chaos/main\\.ts$',
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    room(
      'domain-is-pure',
      'domain: pure functions and types; no I/O, no clock, nothing but zod and CASL.',
      { path: '^src/domain/' },
      ['^src/domain/', ...npm('zod', '@casl/ability', 'uuid', 'temporal-polyfill')],
    ),
    forbidden(
      'uuid-only-in-ids',
      'Ids are made in one file.',
      { path: '^src/', pathNot: '^src/domain/ids\\.ts$' },
      { path: npm('uuid') },
    ),
    forbidden(
      'time-zones-only-in-wall-time',
      'One file knows the time zone database.',
      { path: '^src/', pathNot: '^src/domain/routing/wallTime\\.ts$' },
      { path: npm('temporal-polyfill') },
    ),

    room(
      'workflows-are-deterministic',
      'workflows: nothing that reaches the database, Node, zod or the rest of the house.',
      { path: '^src/workflows/' },
      ['^src/workflows/', '^src/domain/', ...npm('@temporalio/workflow', '@temporalio/common')],
    ),
    forbidden(
      'workflows-take-only-types',
      'workflows take types from the domain, never code: it would become part of every replay.',
      { path: '^src/workflows/' },
      { path: '^src/domain/', dependencyTypesNot: ['type-only'] },
    ),

    ours(
      'network-knows-domain',
      'network → domain: calls out of the house, for whoever makes some.',
      { path: '^src/network/' },
      ['^src/(network|domain)/'],
    ),
    ours('database-knows-domain', 'database → domain.', { path: '^src/database/' }, ['^src/(database|domain)/']),
    ours('outbox-carries', 'outbox → database, domain, the protocol of the workflows.', { path: '^src/outbox/' }, [
      '^src/(outbox|database|domain)/',
      PROTOCOL,
    ]),
    ours(
      'metrics-measure',
      'metrics → database (to read tables), domain; nobody imports it but the composition roots, which hand it on.',
      { path: '^src/metrics/' },
      ['^src/(metrics|database|domain)/'],
    ),
    forbidden(
      'measured-by-ports',
      'Who is measured declares what it tells; only the composition roots know the metrics.',
      { path: '^src/', pathNot: ['^src/metrics/', '^src/(api|activities)/main\\.ts$'] },
      { path: '^src/metrics/' },
    ),
    ours(
      'activities-implement-ports',
      'activities → database, outbox, network, domain, the protocol and ports of the workflows.',
      { path: '^src/activities/', pathNot: '^src/activities/main\\.ts$' },
      ['^src/(activities|database|outbox|network|domain)/', PROTOCOL, PORTS],
    ),
    ours(
      'worker-main-builds',
      'activities/main → what it builds the worker from.',
      { path: '^src/activities/main\\.ts$' },
      ['^src/(activities|database|outbox|metrics|domain)/', CONFIG],
    ),
    ours(
      'api-answers',
      'api → database, network, domain; Temporal is reached through the outbox only, which main builds.',
      { path: '^src/api/', pathNot: '^src/api/main\\.ts$' },
      ['^src/(api|database|network|domain)/', CONFIG],
    ),
    ours('api-main-builds', 'api/main → what it builds the application from.', { path: '^src/api/main\\.ts$' }, [
      '^src/(api|database|outbox|metrics|domain)/',
      CONFIG,
    ]),
    ours('simulator-is-a-client', 'simulator: a client of the public API, nothing else.', { path: '^src/simulator/' }, [
      '^src/simulator/',
    ]),
    ours(
      'demo-fills-an-empty-house',
      'demo → database (to find it empty), and the public API through the client of the simulator.',
      { path: '^src/demo/' },
      ['^src/(demo|database|domain|simulator)/', CONFIG],
    ),
    ours('config-is-read-first', 'config → domain.', { path: CONFIG }, ['^src/domain/']),
    forbidden(
      'every-room-has-walls',
      'A new room under src gets its walls in .dependency-cruiser.js.',
      {
        path: '^src/',
        pathNot: ['^src/(domain|database|network|workflows|activities|outbox|metrics|api|simulator|demo)/', CONFIG],
      },
      {},
    ),

    forbidden(
      'one-file-talks-to-temporal',
      'The client of Temporal is used in one file, so that every call has a deadline.',
      { path: '^src/', pathNot: ['^src/outbox/temporal\\.ts$'] },
      { path: npm('@temporalio/(client|envconfig)') },
    ),
    forbidden(
      'temporal-stays-in-its-rooms',
      'Only the worker, the workflows and the outbox know Temporal.',
      { path: '^src/', pathNot: '^src/(activities|workflows|outbox)/' },
      { path: npm('@temporalio') },
    ),

    ours(
      'production-like-starts-processes',
      'tools/productionLike: starts what is shipped as processes, and imports none of it.',
      { path: '^tools/productionLike/' },
      ['^tools/(productionLike|local)/'],
    ),
    ours(
      'chaos-is-a-client',
      'chaos: a client of the public API on the production-like set; reads tables and histories by plain drivers.',
      { path: '^chaos/', pathNot: '^chaos/checker/' },
      ['^chaos/', '^tools/(productionLike|local)/', '^src/simulator/random\\.ts$'],
    ),
    ours(
      'bench-is-a-client',
      'bench: a client of the public API on the production-like set; prepares and looks by plain drivers.',
      { path: '^bench/' },
      ['^bench/', '^tools/(productionLike|local)/', '^src/simulator/random\\.ts$'],
    ),
    room(
      'floors-are-bare',
      'bench/floors: the bare thing by plain packages; nothing of what it is compared with.',
      { path: '^bench/floors/(routeServer|workflow|workflowWorker)\\.ts$' },
      [
        '^bench/floors/workflow\\.ts$',
        '^node:',
        '^(crypto|url|net|http|path|process)$',
        ...npm('express', '@types/express', 'pg', '@types/pg', '@temporalio/(worker|workflow)'),
      ],
    ),
    room(
      'checker-believes-nobody',
      'chaos/checker: derives everything anew; it shares nothing with the code that it judges.',
      { path: '^chaos/checker/' },
      ['^chaos/checker/'],
    ),

    forbidden('nobody-imports-test', 'Only tests import tests.', { pathNot: '^test/' }, { path: '^test/' }),
    forbidden(
      'src-imports-no-tools',
      'What is shipped does not need what starts and checks it.',
      { path: '^src/' },
      { path: '^(tools|bench|chaos)/' },
    ),

    forbidden('no-cycles', 'Two files that need each other are one, or three. Types count.', {}, { circular: true }),
    forbidden(
      'no-orphans',
      'A file that nobody imports and that imports nobody.',
      { orphan: true, pathNot: ['\\.d\\.ts$', '\\.config\\.(ts|js|mjs)$', '^\\.[^/]+$', ...ENTRIES] },
      {},
    ),
    {
      name: 'no-dead-files',
      comment: 'Reached from no process, no tool and no bench: used by tests alone, or by nobody.',
      severity: 'error',
      from: { path: ENTRIES },
      to: { path: '^src/', pathNot: ['^src/database/migrations/', ...ENTRIES], reachable: false },
    },

    forbidden(
      'not-in-package-json',
      'Name the package in package.json: today it is there by chance.',
      {},
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
    forbidden('unresolvable', 'Nothing is found under this name.', {}, { couldNotResolve: true }),
    forbidden(
      'no-dev-packages-in-src',
      'What is shipped runs without devDependencies; their types are erased.',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    forbidden('no-deprecated-packages', 'Deprecated by its author.', {}, { dependencyTypes: ['deprecated'] }),
  ],
  options: {
    // TypeScript 7 has no compiler API, and without it the default parser sees no `import type`. `test/architecture`
    // plants one to make sure that this one does.
    parser: 'swc',
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
