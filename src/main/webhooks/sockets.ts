// Keeps the number of open connections bounded. Turning new ones away would let 2,048 idle sockets shut every provider
// out; so the newcomer gets in and the slowest stranger goes.
import type { Socket } from 'node:net';

/** A connection younger than this has had no chance to be fast. */
const youngMs = 1_000;

export interface SocketPool {
  /** Takes in a new connection and evicts one when there are too many. */
  add(socket: Socket): void;
  /** Marks a connection that carried a request with a right signature: it is evicted only when all have. */
  trust(socket: Socket): void;
  readonly size: number;
}

/**
 * @param maxSockets how many may be open
 * @param now monotonic milliseconds
 */
export function createSocketPool(maxSockets: number, now: () => number): SocketPool {
  // Both in order of arrival. Value: when it came.
  const strangers = new Map<Socket, number>();
  const trusted = new Map<Socket, number>();

  const evictOne = (): void => {
    const victim = slowest(strangers, now()) ?? slowest(trusted, now());
    if (victim === null) return;
    strangers.delete(victim);
    trusted.delete(victim);
    victim.destroy();
  };

  return {
    add(socket) {
      if (strangers.size + trusted.size >= maxSockets) evictOne();
      strangers.set(socket, now());
      socket.once('close', () => {
        strangers.delete(socket);
        trusted.delete(socket);
      });
    },
    trust(socket) {
      const sinceMs = strangers.get(socket);
      if (sinceMs === undefined) return;
      strangers.delete(socket);
      trusted.set(socket, sinceMs);
    },
    get size() {
      return strangers.size + trusted.size;
    },
  };
}

/** The one with the fewest bytes per second, the oldest of equals; among young ones only, the oldest. */
function slowest(sockets: ReadonlyMap<Socket, number>, nowMs: number): Socket | null {
  let victim: Socket | null = null;
  let victimRate = Number.POSITIVE_INFINITY;
  for (const [socket, sinceMs] of sockets) {
    const ageMs = nowMs - sinceMs;
    if (ageMs < youngMs && victim !== null) break;
    const rate = socket.bytesRead / Math.max(ageMs, 1);
    if (rate < victimRate) {
      victim = socket;
      victimRate = rate;
    }
    if (ageMs < youngMs) break;
  }
  return victim;
}
