// Use case: what a provider tells us becomes a delivery in the journal, with its events and the jobs they cause.
import type { DeliverySource, Verification } from '../../preload/contract/activity.ts';
import type { Clock } from '../domain/clock.ts';
import type { NewJob } from '../domain/job.ts';
import type { DomainEvent } from '../domain/provider-event.ts';
import type { Provider, RawRequest } from '../providers/provider.ts';
import type { HeaderPair, RecordedDelivery, Store } from '../store/store.ts';

export interface InboundFact extends RawRequest {
  source: DeliverySource;
  verification: Verification;
  method: string;
  receivedAtMs: number;
}

export type ApplyProviderEvent = (provider: Provider, fact: InboundFact) => Promise<RecordedDelivery>;

/**
 * Headers that are stored with any delivery; a provider adds its own (`keptHeaders`). Everything else is dropped:
 * cookies, credentials and the addresses that proxies add are nobody's business later.
 */
const keptHeaders = ['content-type', 'user-agent'];

/**
 * @param recordingIdOf our id of a provider's recording, the same for ever
 * @returns resolves when the delivery is durable; rejects with the store's error when it is not
 */
export function createApplyProviderEvent(deps: {
  store: Pick<Store, 'recordDelivery'>;
  newId: (prefix: string, nowMs: number) => string;
  clock: Clock;
  recordingIdOf: (providerId: string, providerRecordingId: string) => string;
}): ApplyProviderEvent {
  const { store, newId, clock, recordingIdOf } = deps;

  const jobsOf = (events: readonly DomainEvent[]): NewJob[] => {
    const jobs: NewJob[] = [];
    for (const event of events) {
      if (event.kind !== 'recording.available') continue;
      const recordingId = recordingIdOf(event.providerId, event.data.providerRecordingId);
      jobs.push({
        kind: 'fetch-recording',
        dedupe: recordingId,
        payload: { recordingId },
        providerId: event.providerId,
        runAtMs: clock.now(),
      });
    }
    return jobs;
  };

  return (provider, fact) => {
    const { outcome, label, dedupeKey, events } = provider.understand(fact);
    return store.recordDelivery({
      deliveryId: newId('dlv', fact.receivedAtMs),
      providerId: provider.providerId,
      receivedAtMs: fact.receivedAtMs,
      source: fact.source,
      verification: fact.verification,
      outcome,
      label,
      dedupeKey,
      method: fact.method,
      path: fact.pathAndQuery,
      headers: pickHeaders(fact.headers, provider.keptHeaders ?? []),
      body: fact.body,
      events,
      jobs: jobsOf(events),
    });
  };
}

function pickHeaders(headers: RawRequest['headers'], own: readonly string[]): HeaderPair[] {
  const picked: HeaderPair[] = [];
  for (const names of [keptHeaders, own]) {
    for (const name of names) {
      const value = headers[name];
      if (typeof value === 'string') picked.push({ name, value });
      else for (const one of value ?? []) picked.push({ name, value: one });
    }
  }
  return picked;
}
