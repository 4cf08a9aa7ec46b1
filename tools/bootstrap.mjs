// Entry of `npm start`, `npm test` and the other commands that work on a bare clone. It runs on whatever Node the
// system has (20 or newer) before anything is installed, so it uses nothing but Node itself.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const pinnedNode = join(bin, 'node');

const ENTRIES = {
  start: 'tools/local/start.ts',
  dev: 'tools/local/dev.ts',
  test: 'tools/check.ts',
  demo: 'src/simulator/main.ts',
  'production-like': 'tools/productionLike/main.ts',
  chaos: 'chaos/main.ts',
  bench: 'bench/main.ts',
};

// One Ctrl-C can arrive twice: from the terminal and, forwarded, from npm. Within this time it counts as one.
const SAME_SIGNAL_MS = 300;

/** Why `npm ci` has to run, or null when what is installed is what the lockfile asks for. */
function whyInstall() {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'));
  if (!installed) return 'nothing is installed yet';
  const wanted = readJson(join(root, 'package-lock.json'));
  if (!wanted) throw new Error('package-lock.json is missing or unreadable: restore it from git.');
  for (const [path, entry] of Object.entries(wanted.packages)) {
    // Optional packages are those of other platforms; npm leaves them out.
    if (path === '' || entry.optional) continue;
    if (installed.packages[path]?.version !== entry.version) return `${path} ${entry.version} is not installed`;
  }
  return null;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

async function install(reason) {
  console.log(`Installing packages (${reason}); the first time takes a minute or two …`);
  const startedAt = Date.now();
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  const ticker = setInterval(() => console.log(`  still installing, ${elapsed()} …`), 10_000);
  // npm ci deletes node_modules, the pinned Node in it included: npm must not run on that one.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter);
  const npm = spawn('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise((resolve, reject) => npm.on('error', reject).on('close', resolve));
  clearInterval(ticker);
  if (code !== 0) throw new Error('npm ci failed; its message stands above. Run the same command again afterwards.');
  console.log(`Packages installed (${elapsed()}).`);
}

function requirePinnedNode() {
  if (existsSync(pinnedNode)) return;
  throw new Error(
    'The pinned Node is missing: the install script of the npm package "node" has not run. Allow install scripts ' +
      '(`npm config get ignore-scripts` must say false), delete node_modules and run the same command again.',
  );
}

/**
 * Runs the entry on the pinned Node and ends as it ends. It gets a process group of its own, so that the terminal's
 * Ctrl-C reaches it only through here, once; the IPC channel lets it notice when this process is killed.
 */
function run(entry, args) {
  const child = spawn(pinnedNode, [join(root, entry), ...args], {
    cwd: root,
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  const lastAt = {};
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = Date.now();
      if (now - (lastAt[signal] ?? 0) < SAME_SIGNAL_MS) return;
      lastAt[signal] = now;
      child.kill(signal);
    });
  }
  child.on('error', (error) => fail(error));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function fail(error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

const [name = '', ...args] = process.argv.slice(2);
const entry = ENTRIES[name];
if (!entry) fail(new Error(`Usage: node tools/bootstrap.mjs ${Object.keys(ENTRIES).join('|')} [arguments]`));
if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(new Error(`Node 20 or newer is needed to begin; this is ${process.versions.node}.`));
}
try {
  const reason = whyInstall() ?? (existsSync(pinnedNode) ? null : 'the pinned Node is missing');
  if (reason) await install(reason);
  requirePinnedNode();
  run(entry, args);
} catch (error) {
  fail(error);
}
