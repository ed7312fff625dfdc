// Which addresses a request may end at. Checked on the address that is really connected to, so that a name that
// resolves to something else the second time (DNS rebinding) gains nothing.
import { BlockList, isIP, isIPv6 } from 'node:net';

/** IPv4 that is not the public internet (IANA special-purpose registry), as `address/prefix`. */
const closedV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Parts of the global IPv6 range that lead elsewhere: Teredo and its neighbours, documentation, 6to4. */
const closedV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Where clouds hand out machine credentials; closed even for addresses that the user named. */
const metadata = ['169.254.0.0/16', '100.100.100.200/32', '192.0.0.192/32', 'fd00:ec2::/32', 'fe80::/10'];

function listOf(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', prefix] = subnet.split('/');
    list.addSubnet(address, Number(prefix), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}

const closed = listOf([...closedV4, ...closedV6]);
const globalV6 = listOf(['2000::/3']);
const credentials = listOf(metadata);

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}

/** The IPv4 address inside 64:ff9b::/96: where IPv6-only networks (DNS64) put the IPv4 internet. */
function embeddedV4(address: string): string | null {
  // URL writes every notation of one address the same way, with the longest run of zeros cut.
  const written = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1);
  const groups = written?.match(/^64:ff9b::(?:(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4}))?$/);
  if (!groups) return null;
  const value = [groups[1], groups[2]].map((group) => Number.parseInt(group ?? '0', 16));
  return value.flatMap((group) => [group >> 8, group & 255]).join('.');
}

/**
 * Whether an address belongs to the public internet.
 * @param address a literal as a resolver gives it
 */
export function isPublicAddress(address: string): boolean {
  const bare = withoutZone(address);
  switch (isIP(bare)) {
    case 4:
      return !closed.check(bare, 'ipv4');
    case 6: {
      const inner = embeddedV4(bare);
      if (inner !== null) return isPublicAddress(inner);
      return globalV6.check(bare, 'ipv6') && !closed.check(bare, 'ipv6');
    }
    default:
      return false;
  }
}

/** Whether an address gives out credentials of the machine (cloud metadata) or is link-local, where they live. */
export function isMetadataAddress(address: string): boolean {
  const bare = withoutZone(address);
  const inner = isIPv6(bare) ? embeddedV4(bare) : null;
  return credentials.check(inner ?? bare, inner === null && isIPv6(bare) ? 'ipv6' : 'ipv4');
}
