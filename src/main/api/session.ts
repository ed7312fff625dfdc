// Who may use the private listener: programs show the token, browsers a cookie that they got for a one-time code.
// (Neither <audio> nor EventSource can send an Authorization header.)
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../domain/clock.ts';

export interface Sessions {
  /** A code that opens one session, once, within ten minutes. */
  newCode(): string;
  /** @returns the Set-Cookie value of a new session, null when the code is unknown, used or too old */
  exchange(code: string): string | null;
  /** How the request shows that it may ask; null when it does not. A wrong token is not helped by a good cookie. */
  authenticate(headers: IncomingHttpHeaders): 'token' | 'cookie' | null;
}

const codeLifetimeMs = 10 * 60_000;
/** More open codes than anyone has tabs; the oldest goes first. */
const maxOpenCodes = 32;
const sessionLifetimeMs = 30 * 24 * 60 * 60_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
/** Hashing first makes lengths equal, so that time tells neither length nor prefix. */
const equal = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/**
 * @param token the bearer token; also the key that sessions are signed with, so they outlive a restart and end with it
 * @param instanceId in the cookie's name: cookies ignore ports, and two consoles on one computer must not share one
 */
export function createSessions(token: string, instanceId: string, clock: Clock): Sessions {
  const cookieName = `tapedeck-${instanceId}`;
  /** Hash of the code -> when it was made, oldest first. */
  const openCodes = new Map<string, number>();
  const keyOf = (code: string): string => digest(code).toString('hex');
  const sign = (session: string): string =>
    createHmac('sha256', token).update(`session ${instanceId} ${session}`).digest('base64url');

  const isSession = (value: string): boolean => {
    const [createdAtMs, nonce, signature, ...rest] = value.split('.');
    if (createdAtMs === undefined || nonce === undefined || signature === undefined || rest.length > 0) {
      return false;
    }
    const ageMs = clock.now() - Number(createdAtMs);
    return equal(signature, sign(`${createdAtMs}.${nonce}`)) && ageMs < sessionLifetimeMs;
  };

  return {
    newCode() {
      const code = randomBytes(24).toString('base64url');
      openCodes.set(keyOf(code), clock.now());
      for (const oldest of openCodes.keys()) {
        if (openCodes.size <= maxOpenCodes) break;
        openCodes.delete(oldest);
      }
      return code;
    },
    exchange(code) {
      const madeAtMs = openCodes.get(keyOf(code));
      openCodes.delete(keyOf(code));
      if (madeAtMs === undefined || clock.now() - madeAtMs >= codeLifetimeMs) return null;
      const session = `${clock.now()}.${randomBytes(24).toString('base64url')}`;
      // No Secure: browsers differ on it over http://127.0.0.1, and this never leaves the computer.
      return `${cookieName}=${session}.${sign(session)}; Path=/; HttpOnly; SameSite=Strict`;
    },
    authenticate({ authorization, cookie }) {
      if (authorization !== undefined) {
        const shown = /^Bearer ([A-Za-z0-9._~+/=-]+)$/.exec(authorization)?.[1];
        return shown !== undefined && equal(shown, token) ? 'token' : null;
      }
      const values = (cookie ?? '').split(/; */).flatMap((pair) => {
        const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
        return name === cookieName ? [value] : [];
      });
      return values.some(isSession) ? 'cookie' : null;
    },
  };
}
