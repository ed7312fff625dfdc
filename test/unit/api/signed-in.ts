// The ways of showing the private listener who asks: the token, and a browser's cookie.
import { type Listener, token } from './parts.ts';
import { ask, type RawAnswer } from './raw-request.ts';

export const bearer = { authorization: `Bearer ${token}` };
const json = { 'content-type': 'application/json' };

/** Calls a procedure, by default the list of calls. */
export function post(
  port: number,
  headers: Record<string, string | string[]>,
  body = '{}',
  path = '/api/calls.list',
): Promise<RawAnswer> {
  return ask(port, { method: 'POST', path, headers: { ...json, ...headers }, body });
}

/** Signs a browser in. @returns the Cookie header */
export async function cookieFrom({ port, server }: Listener): Promise<string> {
  const answer = await ask(port, { path: `/${new URL(server.newCodeUrl()).search}` });
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  return cookie.split(';', 1)[0] ?? '';
}
