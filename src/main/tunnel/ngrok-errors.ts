// What ngrok says when it does not work, as closed codes.
// Source: https://ngrok.com/docs/errors (ERR_NGROK_<number>); the SDK's own message ends in `error_code: ERR_NGROK_nnnn`
import type { ErrorCode } from '../../preload/contract/errors.ts';
import { codeOf } from '../domain/errors.ts';

export interface NgrokTrouble {
  code: ErrorCode;
  /** e.g. ERR_NGROK_334; null where the SDK names none. */
  providerCode: string | null;
  /** Whether trying again by itself can help. */
  isPassing: boolean;
}

const known: ReadonlyMap<number, [ErrorCode, isPassing: boolean]> = new Map([
  // The token is missing, malformed, revoked or of an account that may not.
  [105, ['web_link_refused', false]],
  [107, ['web_link_refused', false]],
  [4018, ['web_link_refused', false]],
  // Too many agents of this account are online.
  [108, ['web_link_taken', true]],
  // The domain is online somewhere else.
  [334, ['web_link_taken', true]],
  // The domain is not of this account.
  [319, ['bad_config', false]],
  [320, ['bad_config', false]],
  [3004, ['web_link_unreachable', true]],
  [3200, ['web_link_unreachable', true]],
  [8012, ['web_link_unreachable', true]],
]);

/** @param error anything that the SDK threw */
export function troubleOf(error: unknown): NgrokTrouble {
  // It could not even be loaded: no time mends that.
  if (codeOf(error) === 'unavailable') return { code: 'unavailable', providerCode: null, isPassing: false };
  const text = error instanceof Error ? error.message : String(error);
  const named = error instanceof Error && 'errorCode' in error ? String(error.errorCode) : '';
  const number = Number(/ERR_NGROK_(\d{1,6})/.exec(`${named} ${text}`)?.[1] ?? Number.NaN);
  if (Number.isNaN(number)) return { code: 'network_failed', providerCode: null, isPassing: true };
  const [code, isPassing] = known.get(number) ?? ['web_link_refused', true];
  return { code, providerCode: `ERR_NGROK_${number}`, isPassing };
}
