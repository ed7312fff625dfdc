// Use case: what a provider tells us becomes a delivery in the journal, with its events and the jobs they cause.
import type { DeliverySource, Verification } from '../../preload/contract/activity.ts';
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
 * @param followUp the jobs that events cause (domain/follow-up)
 * @returns resolves when the delivery is durable; rejects with the store's error when it is not
 */
export function createApplyProviderEvent(deps: {
  store: Pick<Store, 'recordDelivery'>;
  newId: (prefix: string, nowMs: number) => string;
  followUp: (events: readonly DomainEvent[]) => NewJob[];
}): ApplyProviderEvent {
  const { store, newId, followUp } = deps;

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
      jobs: followUp(events),
    });
  };
}

/** The headers that are stored with a delivery. @param own names that the provider keeps, lower case */
export function pickHeaders(headers: RawRequest['headers'], own: readonly string[]): HeaderPair[] {
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
