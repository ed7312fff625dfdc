// What Tapedeck tried and stopped trying: listed by what it has in common, and tried again.
import type { StateCreator } from 'zustand/vanilla';
import type { JobsFilter } from '../../../preload/contract/activity.ts';
import type { Output } from '../../../preload/contract/api.ts';
import type { ErrorView } from '../../../preload/contract/errors.ts';
import type { EventEnvelope } from '../../../preload/contract/events.ts';
import type { Client } from '../client/client.ts';
import { counted } from '../format.ts';
import type { AppState } from './store.ts';

export interface TroubleSlice {
  trouble: Output<'jobs.list'> | null;
  troubleError: ErrorView | null;
  troubleFilter: JobsFilter;
  /** What the last "Try all again" did; null until there was one. */
  troubleResult: string | null;
  loadTrouble(): Promise<void>;
  /** Adds the next page to what is shown. */
  loadMoreTrouble(): Promise<void>;
  filterTrouble(filter: JobsFilter): Promise<void>;
  retryJob(jobId: string): Promise<void>;
  /** All that match the filter, not only those shown. */
  retryTrouble(): Promise<void>;
  applyTrouble(events: readonly EventEnvelope[]): void;
}

const reloadDelayMs = 500;

export function createTroubleSlice(client: Client): StateCreator<AppState, [], [], TroubleSlice> {
  return (set, get) => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    // Answers can overtake each other; only the last one asked for counts.
    let turn = 0;

    return {
      trouble: null,
      troubleError: null,
      troubleFilter: {},
      troubleResult: null,

      async loadTrouble() {
        const own = ++turn;
        const reply = await client.invoke('jobs.list', { state: 'dead', ...get().troubleFilter });
        if (own !== turn) return;
        if (reply.ok) set({ trouble: reply.data, troubleError: null });
        else set({ troubleError: reply.error });
      },

      async loadMoreTrouble() {
        const cursor = get().trouble?.nextCursor;
        if (cursor === null || cursor === undefined) return;
        const own = ++turn;
        const reply = await client.invoke('jobs.list', { state: 'dead', ...get().troubleFilter, cursor });
        const before = get().trouble;
        if (own !== turn || before === null) return;
        if (!reply.ok) set({ notice: reply.error.message });
        else {
          const { items, calls, ...rest } = reply.data;
          set({
            trouble: { ...rest, items: [...before.items, ...items], calls: [...before.calls, ...calls] },
          });
        }
      },

      async filterTrouble(filter) {
        set({ troubleFilter: filter, troubleResult: null });
        await get().loadTrouble();
      },

      async retryJob(jobId) {
        const reply = await client.invoke('jobs.retry', { jobId });
        set({ notice: reply.ok ? null : reply.error.message, troubleResult: null });
        if (reply.ok) get().announce('Trying again');
        await get().loadTrouble();
      },

      async retryTrouble() {
        const reply = await client.invoke('jobs.retryAll', { filter: get().troubleFilter });
        if (reply.ok) set({ troubleResult: `${counted(reply.data.count, 'task')} will be tried again.` });
        set({ notice: reply.ok ? null : reply.error.message });
        await get().loadTrouble();
      },

      applyTrouble(events) {
        const concerns = events.some(({ name }) => name === 'job.changed' || name === 'reset');
        if (!concerns || get().route.view !== 'trouble') return;
        timer ??= setTimeout(() => {
          timer = null;
          void get().loadTrouble();
        }, reloadDelayMs);
      },
    };
  };
}
