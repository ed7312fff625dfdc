// Setting up: what a phone service says of our keys, its numbers, and the settings.
import type { StateCreator } from 'zustand/vanilla';
import type { Input } from '../../../preload/contract/api.ts';
import type { ErrorView } from '../../../preload/contract/errors.ts';
import type { EventEnvelope } from '../../../preload/contract/events.ts';
import type { ProviderCheck, ProviderNumber, SettingsView } from '../../../preload/contract/system.ts';
import type { Client } from '../client/client.ts';
import type { AppState } from './store.ts';

export type Asked<T> =
  | { phase: 'asking'; data: T | null }
  | { phase: 'answered'; data: T }
  | { phase: 'failed'; data: T | null; error: ErrorView };

export interface SetupSlice {
  settings: SettingsView | null;
  checksById: Record<string, Asked<ProviderCheck>>;
  numbersById: Record<string, Asked<ProviderNumber[]>>;
  /** A phone service whose requests were rightly signed at a time that is not ours. */
  skewedProviderId: string | null;
  loadSettings(): Promise<void>;
  /** @returns what was wrong, or null */
  updateSettings(change: Input<'settings.update'>): Promise<ErrorView | null>;
  checkProvider(providerId: string): Promise<void>;
  loadNumbers(providerId: string): Promise<void>;
  setNumber(providerId: string, numberId: string, action: 'connect' | 'restore'): Promise<void>;
  dismissSkew(): void;
  applySetup(events: readonly EventEnvelope[]): void;
}

/** @param client asked about providers and settings */
export function createSetupSlice(client: Client): StateCreator<AppState, [], [], SetupSlice> {
  return (set, get) => {
    let lastChange = 0;
    const putCheck = (providerId: string, check: Asked<ProviderCheck>): void =>
      set({ checksById: { ...get().checksById, [providerId]: check } });
    const putNumbers = (providerId: string, numbers: Asked<ProviderNumber[]>): void =>
      set({ numbersById: { ...get().numbersById, [providerId]: numbers } });

    return {
      settings: null,
      checksById: {},
      numbersById: {},
      skewedProviderId: null,

      async loadSettings() {
        const reply = await client.invoke('settings.get', {});
        if (reply.ok) set({ settings: reply.data });
        else set({ notice: reply.error.message });
      },

      async updateSettings(change) {
        const before = get().settings;
        // Shown at once: a switch that waits for an answer looks broken.
        if (before !== null) set({ settings: changed(before, change) });
        lastChange += 1;
        const turn = lastChange;
        const reply = await client.invoke('settings.update', change);
        // A later change has the last word about what is shown.
        if (turn === lastChange) {
          if (reply.ok) set({ settings: reply.data });
          else await get().loadSettings();
        }
        return reply.ok ? null : reply.error;
      },

      async checkProvider(providerId) {
        putCheck(providerId, { phase: 'asking', data: get().checksById[providerId]?.data ?? null });
        const reply = await client.invoke('providers.check', { providerId });
        putCheck(
          providerId,
          reply.ok
            ? { phase: 'answered', data: reply.data.check }
            : { phase: 'failed', data: null, error: reply.error },
        );
        await get().refreshStatus();
      },

      async loadNumbers(providerId) {
        const before = get().numbersById[providerId]?.data ?? null;
        putNumbers(providerId, { phase: 'asking', data: before });
        const reply = await client.invoke('providers.numbers', { providerId });
        putNumbers(
          providerId,
          reply.ok
            ? { phase: 'answered', data: reply.data.items }
            : { phase: 'failed', data: before, error: reply.error },
        );
      },

      async setNumber(providerId, numberId, action) {
        const reply = await client.invoke('providers.setNumber', { providerId, numberId, action });
        if (!reply.ok) {
          set({ notice: reply.error.message });
          return;
        }
        const { number } = reply.data;
        const known = get().numbersById[providerId]?.data ?? [];
        putNumbers(providerId, {
          phase: 'answered',
          // What to copy is the same before and after.
          data: known.map((row) =>
            row.numberId === numberId ? { ...number, snippet: number.snippet ?? row.snippet } : row,
          ),
        });
        set({ notice: null });
        get().announce(action === 'connect' ? 'Number connected' : 'Number put back');
      },

      dismissSkew: () => set({ skewedProviderId: null }),

      applySetup(events) {
        for (const { name, data } of events) {
          if (name === 'delivery.refused' && data.refusal.reason === 'clock_skew') {
            set({ skewedProviderId: data.refusal.providerId });
          }
        }
        const isStale = events.some(({ name }) => name === 'system.changed' || name === 'reset');
        if (isStale && get().settings !== null) void get().loadSettings();
      },
    };
  };
}

function changed(
  settings: SettingsView,
  { lines, matching, checks }: Input<'settings.update'>,
): SettingsView {
  return {
    ...settings,
    ...(lines === undefined ? {} : { lines }),
    ...(matching === undefined ? {} : { matching }),
    ...(checks === undefined ? {} : { checks }),
  };
}
