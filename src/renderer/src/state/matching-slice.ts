// Calls that nothing joins by an exact id: a person says which belong together, and may take it back.
import type { StateCreator } from 'zustand/vanilla';
import type { Output, Reply } from '../../../preload/contract/api.ts';
import type { Client } from '../client/client.ts';
import type { AppState } from './store.ts';

export interface MatchingSlice {
  /** The match that was just made, for as long as "Undo" is offered beside it. */
  lastMatch: { callId: string; matchEventKey: string } | null;
  findCandidates(callId: string): Promise<Reply<Output<'calls.candidates'>>>;
  /** Any call by number or reference, newest first. */
  findCalls(q: string): Promise<Reply<Output<'calls.list'>>>;
  /** Opens the call that both became. @returns true when it worked; else the notice says why */
  matchCalls(callId: string, withCallId: string): Promise<boolean>;
  unmatchCalls(callId: string, matchEventKey: string): Promise<void>;
  dismissMatch(): void;
}

const foundShown = 20;

/** @param client asked to join and to part */
export function createMatchingSlice(client: Client): StateCreator<AppState, [], [], MatchingSlice> {
  return (set, get) => ({
    lastMatch: null,
    findCandidates: (callId) => client.invoke('calls.candidates', { callId }),
    findCalls: (q) => client.invoke('calls.list', { q, limit: foundShown, unmatched: false }),

    async matchCalls(callId, withCallId) {
      const reply = await client.invoke('calls.match', { callId, withCallId });
      if (!reply.ok) {
        set({ notice: reply.error.message });
        return false;
      }
      const { call, matchEventKey } = reply.data;
      set({ matchingId: null, notice: null, lastMatch: { callId: call.callId, matchEventKey } });
      const gone = [callId, withCallId].filter((id) => id !== call.callId);
      get().applyCalls([
        ...gone.map((id) => ({
          seq: 0,
          name: 'call.merged' as const,
          data: { callId: id, intoCallId: call.callId },
        })),
        { seq: 0, name: 'call.changed', data: { call } },
      ]);
      get().go({ ...get().route, view: 'calls', callId: call.callId, atSeconds: null }, 'replace');
      await get().loadDetail(call.callId);
      return true;
    },

    async unmatchCalls(callId, matchEventKey) {
      const reply = await client.invoke('calls.unmatch', { callId, matchEventKey });
      if (!reply.ok) {
        set({ notice: reply.error.message, lastMatch: null });
        return;
      }
      const { calls } = reply.data;
      set({ notice: null, lastMatch: null });
      get().applyCalls(calls.map((call) => ({ seq: 0, name: 'call.changed', data: { call } })));
      get().announce('The match was undone');
      // The one that waits for a match again is what the person was looking at.
      const next = calls.find(({ unmatched }) => unmatched) ?? calls[0];
      const { route } = get();
      if (next === undefined || route.callId !== callId) return;
      get().go({ ...route, callId: next.callId, atSeconds: null }, 'replace');
      await get().loadDetail(next.callId);
    },

    dismissMatch: () => set({ lastMatch: null }),
  });
}
