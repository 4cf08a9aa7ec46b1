// Adds to package-lock.json the packages for other platforms that npm left out because the registry at hand does not
// have them: `npm ci` refuses a lockfile without them, on every platform. Run it after changing dependencies.
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

/** What a package for one platform says about itself, read from its name: `@oxfmt/binding-linux-x64-musl`. */
export function platformOf(name) {
  const words = name.replace('windows', 'win32').split(/[-/]/);
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  if (!os || !cpu) return null;
  const isMusl = words.some((word) => word.startsWith('musl'));
  const isGnu = words.some((word) => word.startsWith('gnu'));
  return { os: [os], cpu: [cpu], ...(os === 'linux' && (isMusl || isGnu) && { libc: [isMusl ? 'musl' : 'glibc'] }) };
}

/** The entries that a lockfile lacks, by their path in it. */
export function missingEntries(lock) {
  const missing = {};
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (findEntry(lock.packages, path, name)) continue;
      const platform = platformOf(name);
      if (!platform) throw new Error(`${path} asks for ${name} ${version}, which is no package for one platform.`);
      const optional = { optional: true, ...(entry.dev && { dev: true }) };
      missing[`node_modules/${name}`] = { version, ...platform, ...optional };
    }
  }
  return missing;
}

/** As Node looks for packages: beside, then further and further out. */
function findEntry(packages, from, name) {
  for (let base = from; base !== ''; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const found = packages[`${base}/node_modules/${name}`];
    if (found) return found;
  }
  return packages[`node_modules/${name}`];
}

if (import.meta.filename === process.argv[1]) {
  const path = new URL('../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  const missing = missingEntries(lock);
  const { '': root, ...packages } = lock.packages;
  const sorted = Object.entries({ ...packages, ...missing }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = { '': root, ...Object.fromEntries(sorted) };
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${Object.keys(missing).length} packages for other platforms added.`);
}
