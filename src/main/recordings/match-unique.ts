// Use case, only when the user turned it on: audio that no exact id ties to a call is joined with the one call that
// fits by number and time. The numbers are those that the recording itself names; audio that names none (ElevenLabs)
// is asked after, and joins by the exact ids of its conversation or stays for a person. It waits a while first, because the exact ids often come a moment after the audio.
import type { CallRow } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import { AppError } from '../domain/errors.ts';
import { uniqueFit } from '../domain/matching.ts';
import type { Log } from '../log.ts';
import type { Page, Store } from '../store/store.ts';

export type MatchUnique = () => Promise<void>;

const waitMs = 10 * 60_000;
const perPage = 50;
/** As many as these mean that there may be more, among them another that fits. */
const lookedAt = 20;

/** @returns a function that looks at what is unmatched now; nothing happens while `isOn` says no */
export function createMatchUnique(deps: {
  store: Pick<Store, 'listCalls' | 'listCandidates' | 'getCall' | 'matchCalls'>;
  isOn: () => boolean;
  clock: Clock;
  log: Log;
}): MatchUnique {
  const { store, clock, log } = deps;

  const learntAtMs = async (callId: string): Promise<number> => {
    const events = (await store.getCall(callId))?.events ?? [];
    return Math.max(0, ...events.map(({ recordedAtMs }) => recordedAtMs));
  };

  return async () => {
    if (!deps.isOn()) return;
    let cursor: string | null = null;
    do {
      const page: Page<CallRow> = await store.listCalls({ unmatched: true }, perPage, cursor);
      for (const unmatched of page.items) await match(unmatched);
      cursor = page.nextCursor;
    } while (cursor !== null);
  };

  async function match(unmatched: CallRow): Promise<void> {
    const candidates = await store.listCandidates(unmatched.callId, lookedAt);
    const fit = candidates.length < lookedAt ? uniqueFit(unmatched, candidates) : null;
    if (fit === null || clock.now() - (await learntAtMs(unmatched.callId)) < waitMs) return;
    try {
      await store.matchCalls(unmatched.callId, fit.callId, 'auto_unique');
      log.info('call matched by number and time', { callId: fit.callId });
    } catch (error) {
      // An exact id may have joined them in between.
      if (!(error instanceof AppError) || (error.code !== 'conflict' && error.code !== 'not_found'))
        throw error;
    }
  }
}
