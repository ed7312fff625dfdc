// The one request that dials: what is ordered of a provider, and what its answer, or the lack of one, makes certain.
import type { ErrorCode } from '../../preload/contract/errors.ts';
import { attemptKeyOf } from '../domain/dialling.ts';
import { AppError } from '../domain/errors.ts';
import type { PlacedFacts } from '../domain/provider-event.ts';
import type { DialAnswer, DialOrder, Provider } from '../providers/provider.ts';

/** Answers after which it is certain that no phone rings. Everything else may have arrived. */
const certainRefusals: ReadonlySet<ErrorCode> = new Set([
  'secret_missing',
  'not_set_up',
  'bad_input',
  'bad_number',
  'dial_refused',
  'provider_unauthorized',
  'provider_not_found',
  'provider_refused',
]);

/** Asks once. Never throws: what is not certain is `unknown`. */
export async function askToDial(
  provider: Provider,
  order: DialOrder,
  signal: AbortSignal,
): Promise<DialAnswer> {
  try {
    if (provider.api.dial === undefined)
      return { outcome: 'refused', code: 'not_set_up', providerCode: null };
    return await provider.api.dial(order, signal);
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'internal';
    if (error instanceof AppError && code === 'provider_rate_limited')
      return { outcome: 'not_processed', retryAfterMs: error.retryAfterMs ?? null };
    return certainRefusals.has(code)
      ? { outcome: 'refused', code, providerCode: null }
      : { outcome: 'unknown', code };
  }
}

/** What a provider is asked for; equal for every try of one asking. */
export function orderOf(placed: PlacedFacts, generation: number, publicUrl: string | null): DialOrder {
  const { callId, via, to, from, agentId, reference, record } = placed;
  return {
    callId,
    via,
    to,
    from: from ?? null,
    agentId: agentId ?? null,
    reference: reference ?? null,
    record,
    attemptKey: attemptKeyOf(callId, generation),
    publicUrl,
  };
}
