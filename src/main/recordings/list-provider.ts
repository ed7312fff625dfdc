// One provider's own lists of a stretch of time, page by page, into the journal: what a check is made of.
import type { CheckProviderView } from '../../preload/contract/checks.ts';
import type { NewJob } from '../domain/job.ts';
import { isRecordingEvent } from '../domain/provider-event.ts';
import type { Provider, PulledFact, Window } from '../providers/provider.ts';
import type { Store } from '../store/store.ts';
import type { JournalPulledFacts } from './journal-pulled-facts.ts';

export interface ListProviderDeps {
  store: Pick<Store, 'getRecording'>;
  journalPulledFacts: JournalPulledFacts;
  recordingIdOf: (providerId: string, providerRecordingId: string) => string;
}

export interface Listing {
  provider: Provider;
  fromMs: number;
  toMs: number;
  source: 'poll' | 'sweep';
  /** Where an earlier run stopped; null begins at the first page of the first list. */
  resume: string | null;
  signal: AbortSignal;
  /** Told after every page; `resume` is where the next run would go on. */
  onPage: (progress: ListProgress) => Promise<void>;
}

export interface ListProgress
  extends Pick<CheckProviderView, 'requests' | 'calls' | 'recordings' | 'newCalls' | 'newRecordings'> {
  resume: string | null;
  /** Calls that this page told of. */
  callIds: ReadonlySet<string>;
  /** Our ids of the recordings on this page. */
  recordingIds: readonly string[];
}

type ListName = 'listCalls' | 'listRecordings';
/** Calls first: a recording then finds its call, and nobody has to be asked whose it is. */
const listNames: readonly ListName[] = ['listCalls', 'listRecordings'];

/** A list that never ends must not hold a check for ever; a clinic's month has fewer pages. */
const maxPages = 5_000;

/** Whether a provider has lists to compare with. */
export function hasLists({ api }: Provider): boolean {
  return listNames.some((name) => api[name] !== undefined);
}

/**
 * Reads the lists to their ends. Facts that are known already write nothing.
 * Errors: those of asking the provider; what was read before is kept
 */
export function createListProvider(deps: ListProviderDeps): (listing: Listing) => Promise<void> {
  const { store, journalPulledFacts, recordingIdOf } = deps;

  return async (listing) => {
    const { provider, fromMs, toMs, signal, onPage } = listing;
    let at = placeOf(listing.resume);
    for (let pages = 0; at !== null && pages < maxPages; pages++) {
      signal.throwIfAborted();
      const place: Place = at;
      const list = provider.api[place.list];
      if (list === undefined) {
        at = after(place.list);
        continue;
      }
      const window: Window = { fromMs, toMs, page: place.page };
      const { facts, nextPage } = await list(window, signal);
      at = nextPage === null ? after(place.list) : { list: place.list, page: nextPage };
      const told = await take(listing, facts);
      await onPage({ ...told, requests: 1, resume: at === null ? null : `${at.list} ${at.page ?? ''}` });
    }
  };

  async function take(
    { provider, source }: Listing,
    facts: readonly PulledFact[],
  ): Promise<Omit<ListProgress, 'requests' | 'resume'>> {
    const { providerId } = provider;
    const ids = new Set(
      facts.flatMap(({ events }) =>
        events.flatMap((event) =>
          isRecordingEvent(event) ? [recordingIdOf(event.providerId, event.data.providerRecordingId)] : [],
        ),
      ),
    );
    const recordingIds = [...ids];
    const before = await Promise.all(recordingIds.map((recordingId) => store.getRecording(recordingId)));
    const recorded = await journalPulledFacts({ providerId, facts, source, wants: wantsOf(provider) });
    return {
      calls: facts.filter(({ events }) => events.some(({ kind }) => kind.startsWith('call.'))).length,
      recordings: recordingIds.length,
      newCalls: new Set(recorded.filter(({ isNewCall }) => isNewCall).map(({ callId }) => callId)).size,
      newRecordings: before.filter((row) => row === null).length,
      callIds: new Set(recorded.map(({ callId }) => callId).filter((callId) => callId !== null)),
      recordingIds,
    };
  }
}

/** Where the list of recordings is read anyway, no call needs a question of its own. */
function wantsOf({ api }: Provider): (job: NewJob) => boolean {
  return ({ kind }) => kind !== 'find-recordings' || api.listRecordings === undefined;
}

interface Place {
  list: ListName;
  page: string | null;
}

/** @param resume as `onPage` told it; what it does not know begins anew */
function placeOf(resume: string | null): Place | null {
  const [name = '', ...page] = (resume ?? '').split(' ');
  const list = listNames.find((one) => one === name) ?? listNames[0];
  return list === undefined ? null : { list, page: page.join(' ') || null };
}

function after(list: ListName): Place | null {
  const next = listNames[listNames.indexOf(list) + 1];
  return next === undefined ? null : { list: next, page: null };
}
