import type { Reply } from '../../../preload/contract/api.ts';

/** The reply for trouble on the way, in the same envelope as every other. */
export function unavailable(message: string): Reply<never> {
  return { ok: false, error: { code: 'unavailable', message } };
}

/** True for `{ok: true, data}` and `{ok: false, error: {code, message}}`; an error page of something else is neither. */
export function isReply(value: unknown): value is Reply<never> {
  if (typeof value !== 'object' || value === null || !('ok' in value)) return false;
  if (value.ok === true) return 'data' in value;
  return value.ok === false && 'error' in value && typeof value.error === 'object' && value.error !== null;
}
