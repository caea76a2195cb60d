import { isIPv4, isIPv6 } from 'node:net';

const GROUPS = 8;
const NETWORK_GROUPS = 4;
const MAPPED = /^::ffff:([\d.]+)$/i;
/** As some proxies write them: with a port, and then of IPv6 in brackets. */
const WITH_PORT = /^\[([^\]]+)\](?::\d+)?$|^([\d.]+):\d+$/;

/**
 * @returns whom an IP address stands for: itself, or of IPv6 the /64 that it is in, which is what one
 * customer gets at least; an IPv4 address written as IPv6 is one
 */
export function networkOf(written: string): string {
  const [, inBrackets, beforePort] = written.match(WITH_PORT) ?? [];
  const address = inBrackets ?? beforePort ?? written;
  const mapped = address.match(MAPPED)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const before = groupsOf(head);
  // Dotted groups at the end stand for two.
  const after = groupsOf(tail ?? '').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
  const zeros = Array.from({ length: GROUPS - before.length - after.length }, () => '0');
  const groups = tail === undefined ? before : [...before, ...zeros, ...after];
  return `${groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':');
}
