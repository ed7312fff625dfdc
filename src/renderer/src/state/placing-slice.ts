// What a person does to calls: places them, takes them back, dials again, records them. And the queue.
import type { StateCreator } from 'zustand/vanilla';
import type { Input, Output } from '../../../preload/contract/api.ts';
import type { CallView } from '../../../preload/contract/calls.ts';
import type { ErrorView } from '../../../preload/contract/errors.ts';
import type { EventEnvelope } from '../../../preload/contract/events.ts';
import type { Client } from '../client/client.ts';
import type { AppState } from './store.ts';

export interface PlacingSlice {
  queue: Output<'queue.get'> | null;
  queueError: ErrorView | null;
  loadQueue(): Promise<void>;
  pauseQueue(paused: boolean): Promise<void>;
  /** Opens the call that was placed. @returns what was wrong, or null */
  placeCall(input: Input<'calls.place'>): Promise<ErrorView | null>;
  cancelCall(callId: string): Promise<void>;
  redialCall(callId: string): Promise<void>;
  startRecording(callId: string): Promise<void>;
  steerRecording(callId: string, recordingId: string, action: SteerAction): Promise<void>;
  applyPlacing(events: readonly EventEnvelope[]): void;
}

export type SteerAction = Input<'recordings.steer'>['action'];

// A call of the queue changes several times while it is dialled; the queue is asked for once.
const queueDelayMs = 250;

/** @param client asked to do these things */
export function createPlacingSlice(client: Client): StateCreator<AppState, [], [], PlacingSlice> {
  return (set, get) => {
    let timer: ReturnType<typeof setTimeout> | null = null;

    /** The change is told as an event, too; here it only shows sooner. */
    const show = (call: CallView): void => {
      get().applyCalls([{ seq: 0, name: 'call.changed', data: { call } }]);
      if (get().detailsById[call.callId] !== undefined) void get().loadDetail(call.callId);
    };
    const decide = async (name: 'calls.cancel' | 'calls.redial', callId: string): Promise<void> => {
      const reply = await client.invoke(name, { callId });
      if (reply.ok) show(reply.data.call);
      set({ notice: reply.ok ? null : reply.error.message });
      await get().loadQueue();
    };

    return {
      queue: null,
      queueError: null,

      async loadQueue() {
        const reply = await client.invoke('queue.get', {});
        if (reply.ok) set({ queue: reply.data, queueError: null });
        else set({ queueError: reply.error });
      },

      async pauseQueue(paused) {
        const reply = await client.invoke('queue.pause', { paused });
        if (reply.ok) set({ queue: reply.data, queueError: null, notice: null });
        else set({ notice: reply.error.message });
      },

      async placeCall(input) {
        const reply = await client.invoke('calls.place', input);
        if (!reply.ok) return reply.error;
        const { call } = reply.data;
        show(call);
        set({ newCallOpen: false });
        get().go({ ...get().route, view: 'calls', callId: call.callId, atSeconds: null });
        void get().loadQueue();
        return null;
      },

      cancelCall: (callId) => decide('calls.cancel', callId),
      redialCall: (callId) => decide('calls.redial', callId),

      async startRecording(callId) {
        const reply = await client.invoke('recordings.start', { callId });
        set({ notice: reply.ok ? null : reply.error.message });
        if (reply.ok) get().announce('Recording asked for');
      },

      async steerRecording(callId, recordingId, action) {
        const reply = await client.invoke('recordings.steer', { recordingId, action });
        set({ notice: reply.ok ? null : reply.error.message });
        await get().loadDetail(callId);
      },

      applyPlacing(events) {
        const concerns = events.some(
          ({ name, data }) =>
            name === 'system.changed' ||
            name === 'call.merged' ||
            (name === 'call.changed' && data.call.kind === 'priority-queue'),
        );
        if (!concerns) return;
        timer ??= setTimeout(() => {
          timer = null;
          void get().loadQueue();
        }, queueDelayMs);
      },
    };
  };
}
