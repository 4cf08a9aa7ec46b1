// Adds to package-lock.json the packages for other platforms that npm left out because the registry at hand does not
// have them: `npm ci` refuses a lockfile without them, on every platform. Run it after changing dependencies:
// node tools/completeLockfile.ts
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

/** For which platforms a package is. */
export interface PackagePlatform {
  os: string[];
  cpu: string[];
  libc?: string[];
}

/** What we read of an entry of the lockfile. */
export interface LockEntry extends Partial<PackagePlatform> {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  optionalDependencies?: Record<string, string>;
}

/** What we read of the lockfile. */
export interface Lockfile {
  packages: Record<string, LockEntry>;
}

/** For which platform a package is, read from its name: `@oxfmt/binding-linux-x64-musl`; null when it names none. */
export function platformOf(name: string): PackagePlatform | null {
  const words = name.replace('windows', 'win32').split(/[-/]/);
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined) return null;
  const isMusl = words.some((word) => word.startsWith('musl'));
  const isGnu = words.some((word) => word.startsWith('gnu'));
  return { os: [os], cpu: [cpu], ...(os === 'linux' && (isMusl || isGnu) && { libc: [isMusl ? 'musl' : 'glibc'] }) };
}

/** The entries that a lockfile lacks, by their path in it; none when `npm ci` accepts it. */
export function missingEntries(lock: Lockfile): Record<string, LockEntry> {
  const missing: Record<string, LockEntry> = {};
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (findEntry(lock.packages, path, name)) continue;
      const platform = platformOf(name);
      if (!platform) throw new Error(`${path} asks for ${name} ${version}, which is no package for one platform.`);
      missing[`node_modules/${name}`] = { version, ...platform, ...(entry.dev && { dev: true }), optional: true };
    }
  }
  return missing;
}

/** As Node looks for packages: beside, then further and further out. */
function findEntry(packages: Lockfile['packages'], from: string, name: string): LockEntry | undefined {
  for (let base = from; base !== ''; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const found = packages[`${base}/node_modules/${name}`];
    if (found) return found;
  }
  return packages[`node_modules/${name}`];
}

function completeFile(path: URL): void {
  const lock = JSON.parse(readFileSync(path, 'utf8')) as Lockfile;
  const missing = missingEntries(lock);
  const { '': root = {}, ...packages } = lock.packages;
  const sorted = Object.entries({ ...packages, ...missing }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = { '': root, ...Object.fromEntries(sorted) };
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${Object.keys(missing).length} packages for other platforms added.`);
}

if (import.meta.filename === process.argv[1]) completeFile(new URL('../package-lock.json', import.meta.url));
