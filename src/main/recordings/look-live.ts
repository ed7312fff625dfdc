// Use case: the calls that are going on now, asked of the providers every few seconds while a line of the clinic wants
// its calls recorded: a number's own callback tells only of a call's end, and then it is too late to start.
import type { Log } from '../log.ts';
import { codeOf } from '../domain/errors.ts';
import type { Provider } from '../providers/provider.ts';
import type { Store } from '../store/store.ts';
import { pauseIfRefused } from './job-trouble.ts';
import type { JournalPulledFacts } from './journal-pulled-facts.ts';

export type LookLive = (signal: AbortSignal) => Promise<void>;

/** Never rejects for what a provider does: the next look is seconds away. */
export function createLookLive(deps: {
  store: Pick<Store, 'listPauses' | 'pauseProvider' | 'resumeProvider'>;
  providers: readonly Provider[];
  journalPulledFacts: JournalPulledFacts;
  log: Log;
}): LookLive {
  const { store, providers, journalPulledFacts, log } = deps;
  return async (signal) => {
    const paused = new Set((await store.listPauses()).map(({ providerId }) => providerId));
    const asked = providers.filter(
      ({ providerId, missing }) => missing().length === 0 && !paused.has(providerId),
    );
    await Promise.all(
      asked.map(async ({ providerId, api }) => {
        try {
          const facts = (await api.listLiveCalls?.(signal)) ?? [];
          await journalPulledFacts({ providerId, facts, source: 'poll' });
        } catch (error) {
          if (signal.aborted) return;
          const code = codeOf(error);
          await pauseIfRefused(store, providerId, code);
          log.warn('live calls could not be asked for', { providerId, code });
        }
      }),
    );
  };
}
