// The state of Tapedeck itself, the connection to it, sample mode, and what is being fetched.
import type { StateCreator } from 'zustand/vanilla';
import type { CallDetail } from '../../../preload/contract/calls.ts';
import type { ErrorView } from '../../../preload/contract/errors.ts';
import type { EventEnvelope } from '../../../preload/contract/events.ts';
import type { SystemStatus } from '../../../preload/contract/system.ts';
import type { Client, Connection } from '../client/client.ts';
import type { LinkAction } from '../web-link-words.ts';
import { putCalls } from './call-lists.ts';
import type { AppState } from './store.ts';

export interface DetailState {
  phase: 'loading' | 'ready' | 'failed';
  detail: CallDetail | null;
  error: ErrorView | null;
}

/** The product's clock as it was told, and when (by the wall clock). */
export interface ClockAnchor {
  productMs: number;
  wallMs: number;
  scale: number;
}

export interface SystemSlice {
  status: SystemStatus | null;
  clock: ClockAnchor;
  connection: Connection;
  /** Product time of the last sign of life. */
  heardAtMs: number | null;
  detailsById: Record<string, DetailState>;
  /** 0..1 by recording, while it is fetched and the total is known. */
  progressById: Record<string, number>;
  /** What went wrong with the last thing the person asked for; shown until dismissed. */
  notice: string | null;
  sandboxBusy: boolean;
  /** True while the web link is asked after or made anew because a person said so. */
  linkBusy: boolean;
  refreshStatus(): Promise<void>;
  setConnection(connection: Connection): void;
  loadDetail(callId: string): Promise<void>;
  retryRecording(recordingId: string): Promise<void>;
  /** Runs again what looks for a call's recording, then reads the call again. */
  checkCall(callId: string): Promise<void>;
  resumeProvider(providerId: string): Promise<void>;
  /** Asks whether the web link leads here, or makes it anew. */
  tryLink(action: LinkAction): Promise<void>;
  enterSandbox(): Promise<void>;
  leaveSandbox(): Promise<void>;
  placeSampleCalls(count: number): Promise<void>;
  dismissNotice(): void;
  applySystem(events: readonly EventEnvelope[]): void;
}

export interface SystemPorts {
  wallNow: () => number;
  /** Leaves this page for another console. */
  goTo: (url: string) => void;
}

const statusDelayMs = 500;
const keptDetails = 40;

/** Product time now, from the last anchor. */
export function productTime(clock: ClockAnchor, wallMs: number): number {
  return clock.productMs + (wallMs - clock.wallMs) * clock.scale;
}

export function createSystemSlice(
  client: Client,
  { wallNow, goTo }: SystemPorts,
): StateCreator<AppState, [], [], SystemSlice> {
  return (set, get) => {
    // Answers can overtake each other; only the last one asked for counts.
    const lastAsked = new Map<string, number>();
    let statusTimer: ReturnType<typeof setTimeout> | null = null;

    const putDetail = (callId: string, patch: Partial<DetailState>): void => {
      const before = get().detailsById[callId] ?? { phase: 'loading', detail: null, error: null };
      const kept = Object.entries(get().detailsById).slice(-keptDetails);
      set({ detailsById: { ...Object.fromEntries(kept), [callId]: { ...before, ...patch } } });
    };

    const sandbox = async (name: 'sandbox.enter' | 'sandbox.leave'): Promise<void> => {
      set({ sandboxBusy: true, notice: null });
      const reply = await client.invoke(name, {});
      if (!reply.ok) set({ sandboxBusy: false, notice: reply.error.message });
      else if (reply.data.url !== null) goTo(reply.data.url);
      else set({ sandboxBusy: false });
    };

    return {
      status: null,
      clock: { productMs: wallNow(), wallMs: wallNow(), scale: 1 },
      connection: 'connecting',
      heardAtMs: null,
      detailsById: {},
      progressById: {},
      notice: null,
      sandboxBusy: false,
      linkBusy: false,

      async refreshStatus() {
        const reply = await client.invoke('system.status', {});
        if (!reply.ok) {
          if (reply.error.code !== 'unavailable') set({ notice: reply.error.message });
          return;
        }
        const status = reply.data;
        set({
          status,
          clock: { productMs: status.nowMs, wallMs: wallNow(), scale: status.timeScale },
          heardAtMs: status.nowMs,
        });
      },

      setConnection(connection) {
        if (connection !== get().connection) set({ connection });
      },

      async loadDetail(callId) {
        if (get().detailsById[callId] === undefined) putDetail(callId, { phase: 'loading' });
        const turn = (lastAsked.get(callId) ?? 0) + 1;
        lastAsked.set(callId, turn);
        const reply = await client.invoke('calls.get', { callId });
        if (lastAsked.get(callId) !== turn) return;
        if (!reply.ok) {
          putDetail(callId, { phase: 'failed', error: reply.error });
          return;
        }
        putDetail(callId, { phase: 'ready', detail: reply.data, error: null });
        set((state) => putCalls(state, [reply.data.call], productTime(state.clock, wallNow())));
        // The id was of a call that turned out to be another one: stay on the page, under the lasting id.
        const { route } = get();
        const { callId: lastingId } = reply.data.call;
        if (lastingId !== callId && route.callId === callId) {
          putDetail(lastingId, { phase: 'ready', detail: reply.data, error: null });
          get().go({ ...route, callId: lastingId }, 'replace');
        }
      },

      async retryRecording(recordingId) {
        const reply = await client.invoke('recordings.retry', { recordingId });
        set({ notice: reply.ok ? null : reply.error.message });
      },

      async checkCall(callId) {
        const reply = await client.invoke('calls.check', { callId });
        set({ notice: reply.ok ? null : reply.error.message });
        await get().loadDetail(callId);
      },

      async resumeProvider(providerId) {
        const reply = await client.invoke('providers.resume', { providerId });
        set({ notice: reply.ok ? null : reply.error.message });
        await get().refreshStatus();
      },

      async tryLink(action) {
        set({ linkBusy: true });
        const reply = await client.invoke(`webLink.${action}`, {});
        set({ linkBusy: false, notice: reply.ok ? null : reply.error.message });
        const { status } = get();
        if (!reply.ok || status === null) return;
        set({ status: { ...status, webhooks: { ...status.webhooks, link: reply.data } } });
        get().announce(reply.data.state === 'up' ? 'The web link is up' : 'The web link is not up');
      },

      enterSandbox: () => sandbox('sandbox.enter'),
      leaveSandbox: () => sandbox('sandbox.leave'),

      async placeSampleCalls(count) {
        const reply = await client.invoke('sandbox.place', { count });
        set({ notice: reply.ok ? null : reply.error.message });
      },

      dismissNotice: () => set({ notice: null }),

      applySystem(events) {
        const progress = { ...get().progressById };
        const touched = new Set<string>();
        for (const event of events) {
          if (event.name === 'recording.progress' && event.data.totalBytes !== null) {
            const fetched = event.data.receivedBytes / Math.max(1, event.data.totalBytes);
            // Bars never go backwards.
            progress[event.data.recordingId] = Math.max(
              progress[event.data.recordingId] ?? 0,
              Math.min(1, fetched),
            );
          } else if (event.name === 'recording.changed') {
            if (event.data.recording.status !== 'fetching') delete progress[event.data.recording.recordingId];
            touched.add(event.data.recording.callId);
          } else if (event.name === 'call.changed') touched.add(event.data.call.callId);
          else if (event.name === 'call.merged') touched.add(event.data.callId);
        }
        set((state) => ({
          progressById: progress,
          heardAtMs: productTime(state.clock, wallNow()),
        }));
        const openId = get().route.callId;
        if (openId !== null && touched.has(openId)) void get().loadDetail(openId);
        if (events.some(({ name }) => name === 'system.changed' || name === 'job.changed')) {
          statusTimer ??= setTimeout(() => {
            statusTimer = null;
            void get().refreshStatus();
          }, statusDelayMs);
        }
      },
    };
  };
}
