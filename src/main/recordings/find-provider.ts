// Which provider a job, a call or a way of placing calls means.
import { AppError } from '../domain/errors.ts';
import type { ClaimedJob } from '../domain/job.ts';
import type { CallKey } from '../domain/provider-event.ts';
import type { Provider, Via } from '../providers/provider.ts';
import type { CallWithEvents, Store } from '../store/store.ts';

/** The provider that serves a way of placing calls; null for a way that nobody serves. */
export function findVia(
  providers: readonly Provider[],
  name: string,
): { provider: Provider; via: Via; missing: string[] } | null {
  for (const provider of providers) {
    const via = provider.vias.find((one) => one.via === name);
    if (via === undefined || provider.api.dial === undefined) continue;
    return { provider, via, missing: [...new Set([...provider.missing(), ...via.missing()])] };
  }
  return null;
}

/** A job's provider, ready to be asked. Errors: secret_missing. */
export function readyProvider(providers: readonly Provider[], providerId: string | null): Provider {
  const provider = providers.find((one) => one.providerId === providerId);
  if (provider === undefined || provider.missing().length > 0) {
    throw new AppError('secret_missing', 'The account of this provider is not set up.');
  }
  return provider;
}

/** The call that a job is about, by our own id or by a provider's; null when there is none. */
export async function callOfJob(
  store: Pick<Store, 'getCall' | 'findCallId'>,
  { payload }: Pick<ClaimedJob, 'payload'>,
): Promise<CallWithEvents | null> {
  const { callId, callKey } = payload;
  const found = callId ?? (callKey === undefined ? null : await store.findCallId(callKey));
  return found === null ? null : store.getCall(found);
}

/** The exact ids of a call without those of its recordings, which name a recording first. */
export function ownKeys({ keys, recordings }: Pick<CallWithEvents, 'keys' | 'recordings'>): CallKey[] {
  const recorded = new Set(recordings.map((row) => `${row.providerId} ${row.providerRecordingId}`));
  return keys.filter((key) => !recorded.has(`${key.providerId} ${key.value}`));
}
