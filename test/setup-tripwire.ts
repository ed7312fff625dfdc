// Runs before every test file: no test may leave this machine. Any connection to, or look-up of, a host other than
// loopback throws at once and fails the test that caused it, also when the product swallows the error.
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { afterEach } from 'vitest';

const breaches: string[] = [];

/** Takes what was caught so far; for the test of the tripwire itself. */
export function takeBreaches(): string[] {
  return breaches.splice(0);
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?|)$/i.test(host);
}

function check(what: string, host: string): void {
  if (isLoopback(host)) return;
  breaches.push(`${what} ${host}`);
  throw new Error(`tripwire: a test tried to ${what} ${host}`);
}

/** The host of a net.connect call in any of its forms; empty for pipes and for the default, this machine. */
function hostOf(first: unknown, second: unknown): string {
  if (Array.isArray(first)) return hostOf(first[0], first[1]);
  if (typeof first !== 'object' || first === null) return typeof second === 'string' ? second : '';
  if ('path' in first && typeof first.path === 'string' && !('port' in first && first.port)) return '';
  return 'host' in first && typeof first.host === 'string' ? first.host : '';
}

/** A socket with a resolver of its own is judged by the addresses that it finds, not by the name it asks for. */
function watchLookup(first: unknown): boolean {
  const options: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof options !== 'object' || options === null || !('lookup' in options)) return false;
  const { lookup } = options;
  if (typeof lookup !== 'function' || lookup === dns.lookup || net.isIP(hostOf(options, null)) !== 0)
    return false;
  options.lookup = (
    host: unknown,
    how: unknown,
    done: (error: unknown, found?: unknown, family?: unknown) => void,
  ) =>
    Reflect.apply(lookup, undefined, [
      host,
      how,
      (error: unknown, found: unknown, family: unknown) => {
        try {
          const all: unknown[] = error === null && Array.isArray(found) ? found : [];
          for (const { address } of all.filter(isAddress)) check('connect to', address);
          if (typeof found === 'string') check('connect to', found);
          done(error, found, family);
        } catch (breach) {
          done(breach);
        }
      },
    ]);
  return true;
}

function isAddress(entry: unknown): entry is { address: string } {
  return (
    typeof entry === 'object' && entry !== null && 'address' in entry && typeof entry.address === 'string'
  );
}

const connect = Reflect.get(net.Socket.prototype, 'connect');
Reflect.set(net.Socket.prototype, 'connect', function guarded(this: net.Socket, ...args: unknown[]) {
  if (!watchLookup(args[0])) check('connect to', hostOf(args[0], args[1]));
  return Reflect.apply(connect, this, args);
});

for (const owner of [dns, dns.promises]) {
  const lookup = Reflect.get(owner, 'lookup');
  Reflect.set(owner, 'lookup', (host: unknown, ...rest: unknown[]) => {
    if (net.isIP(String(host)) === 0) check('look up', String(host));
    return Reflect.apply(lookup, owner, [host, ...rest]);
  });
}
syncBuiltinESMExports();

afterEach(() => {
  const caught = takeBreaches();
  if (caught.length > 0) throw new Error(`tripwire: this test tried to ${caught.join(', ')}`);
});
