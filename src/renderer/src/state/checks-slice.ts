// Checks: when they come, what they found, and looks through older calls.
import type { StateCreator } from 'zustand/vanilla';
import type { Input, Output } from '../../../preload/contract/api.ts';
import type { CheckRunView, ChecksView, PollDetail } from '../../../preload/contract/checks.ts';
import type { ErrorView } from '../../../preload/contract/errors.ts';
import type { EventEnvelope } from '../../../preload/contract/events.ts';
import type { Client } from '../client/client.ts';
import type { AppState } from './store.ts';

export interface CheckDetails {
  run: CheckRunView;
  details: PollDetail[];
  json: string;
}

export interface ChecksSlice {
  checks: ChecksView | null;
  /** Newest first; null until read. */
  runs: CheckRunView[] | null;
  checksError: ErrorView | null;
  runDetails: CheckDetails | null;
  estimate: Output<'backfills.estimate'> | null;
  isEstimating: boolean;
  loadChecks(): Promise<void>;
  loadRun(runId: string): Promise<void>;
  checkNow(): Promise<void>;
  compareNow(): Promise<void>;
  /** @param run a check that is under way. */
  steerRun(run: CheckRunView, action: 'pause' | 'resume' | 'cancel'): Promise<void>;
  estimateBackfill(range: Input<'backfills.estimate'>): Promise<ErrorView | null>;
  forgetEstimate(): void;
  startBackfill(range: Input<'backfills.start'>): Promise<ErrorView | null>;
  applyChecks(events: readonly EventEnvelope[]): void;
}

const shownRuns = 50;

/** @param client asked about checks */
export function createChecksSlice(client: Client): StateCreator<AppState, [], [], ChecksSlice> {
  return (set, get) => {
    const put = (run: CheckRunView): void => {
      const others = (get().runs ?? []).filter(({ runId }) => runId !== run.runId);
      const runs = [...others, run].sort((a, b) => (a.runId < b.runId ? 1 : -1)).slice(0, shownRuns);
      set({ runs });
    };
    const began = (
      reply: { ok: true; data: { run: CheckRunView } } | { ok: false; error: ErrorView },
    ): boolean => {
      if (reply.ok) put(reply.data.run);
      else set({ notice: reply.error.message });
      return reply.ok;
    };

    return {
      checks: null,
      runs: null,
      checksError: null,
      runDetails: null,
      estimate: null,
      isEstimating: false,

      async loadChecks() {
        const [status, list] = await Promise.all([
          client.invoke('checks.status', {}),
          client.invoke('polls.list', { limit: shownRuns }),
        ]);
        if (!status.ok) set({ checksError: status.error });
        else if (!list.ok) set({ checksError: list.error });
        else set({ checks: status.data, runs: list.data.items, checksError: null });
      },

      async loadRun(runId) {
        if (get().runDetails?.run.runId !== runId) set({ runDetails: null });
        const reply = await client.invoke('polls.get', { runId, limit: 500 });
        if (reply.ok) set({ runDetails: reply.data });
        else set({ notice: reply.error.message });
      },

      async checkNow() {
        if (began(await client.invoke('polls.run', {}))) get().announce('Checking now');
      },
      async compareNow() {
        if (began(await client.invoke('sweeps.run', {}))) get().announce('Comparing now');
      },

      async steerRun({ runId, kind }, action) {
        if (kind !== 'backfill') began(await client.invoke('checks.cancel', { runId }));
        else began(await client.invoke(`backfills.${action}`, { runId }));
      },

      async estimateBackfill(range) {
        set({ isEstimating: true, estimate: null });
        const reply = await client.invoke('backfills.estimate', range);
        set({ isEstimating: false, ...(reply.ok ? { estimate: reply.data } : {}) });
        return reply.ok ? null : reply.error;
      },
      forgetEstimate: () => set({ estimate: null }),
      async startBackfill(range) {
        const reply = await client.invoke('backfills.start', range);
        if (!reply.ok) return reply.error;
        put(reply.data.run);
        set({ estimate: null });
        get().announce('Looking through older calls');
        return null;
      },

      applyChecks(events) {
        if (get().runs === null) return;
        let hasEnded = false;
        for (const { name, data } of events) {
          if (name !== 'check.changed') continue;
          put(data.run);
          hasEnded ||= data.run.state !== 'running';
          if (get().runDetails?.run.runId === data.run.runId) void get().loadRun(data.run.runId);
        }
        const isStale = events.some(({ name }) => name === 'reset' || name === 'system.changed');
        if (hasEnded || isStale) void get().loadChecks();
      },
    };
  };
}
