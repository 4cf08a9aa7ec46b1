/** Blocks of IPv4 that are nobody's on the open internet (RFC 6890 and its successors): first address, prefix length. */
const specialV4: readonly (readonly [first: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/**
 * Whether an IP address is one of the open internet. Anything else – private, local, reserved, not an address at all –
 * is not: what is unknown counts as private.
 */
export function isPublicAddress(address: string): boolean {
  const v4 = numberOfV4(address);
  if (v4 !== null) return isPublicV4(v4);
  const groups = groupsOfV6(address);
  if (!groups) return false;
  const [a = 0, b = 0, , , , f = 0, g = 0, h = 0] = groups;
  // An IPv4 address in the clothes of an IPv6 one.
  if (groups.slice(0, 5).every((group) => group === 0) && f === 0xffff) return isPublicV4(g * 0x10000 + h);
  if (a >> 13 !== 1) return false;
  const isSpecial = a === 0x2002 || (a === 0x2001 && (b < 0x200 || b === 0xdb8)) || (a === 0x3fff && b < 0x1000);
  return !isSpecial;
}

/** Whether the host of an address says by itself that it is not on the open internet; a name has to be looked up. */
export function isPrivateHost(url: string): boolean {
  const host = new URL(url).hostname;
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  if (host.startsWith('[')) return !isPublicAddress(host.slice(1, -1));
  return numberOfV4(host) !== null && !isPublicAddress(host);
}

const isPublicV4 = (address: number): boolean =>
  !specialV4.some(([first, prefix]) => {
    const size = 2 ** (32 - prefix);
    const start = numberOfV4(first) ?? 0;
    return address >= start && address < start + size;
  });

function numberOfV4(text: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** The eight groups of an IPv6 address; a scope (`%eth0`) makes it a local one, so none. */
function groupsOfV6(text: string): number[] | null {
  const halves = withoutDots(text).split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : null;
}

/** `::ffff:1.2.3.4` in groups alone. */
function withoutDots(text: string): string {
  const at = text.lastIndexOf(':');
  const v4 = numberOfV4(text.slice(at + 1));
  return v4 === null || at < 0
    ? text
    : `${text.slice(0, at + 1)}${Math.floor(v4 / 0x10000).toString(16)}:${(v4 % 0x10000).toString(16)}`;
}
