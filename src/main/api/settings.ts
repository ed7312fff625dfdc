// Settings: one row of the store, read once and kept, because every call shown asks for the line names.
import { z } from 'zod';
import { lineSetting, settingsView, type SettingsView } from '../../preload/contract/system.ts';
import type { Clock } from '../domain/clock.ts';
import type { Store } from '../store/store.ts';

export interface Settings {
  /** Reads what is stored and from then on ends the keeping of refused bodies in time. @returns stops that */
  start(): Promise<() => void>;
  /** What was last read or written; defaults before `start`. */
  current(): SettingsView;
  update(change: {
    lines?: readonly SettingsView['lines'][number][] | undefined;
    keepRefused?: boolean | undefined;
    matching?: SettingsView['matching'] | undefined;
    checks?: SettingsView['checks'] | undefined;
  }): Promise<SettingsView>;
  /** True while the bodies of refused requests are to be kept. */
  keepsRefused(): boolean;
}

const settingName = 'settings';
/** Refused bodies may hold anything, so they are kept for a look and no longer. */
const keepRefusedMs = 15 * 60_000;
const expiryCheckMs = 10_000;

const stored = z.object({
  lines: z.array(lineSetting).catch([]),
  keepRefusedUntilMs: z.number().int().nullable().catch(null),
  matching: z.enum(['exact', 'auto_unique']).catch('exact'),
  checks: settingsView.shape.checks.catch(null),
});

export function createSettings(
  store: Pick<Store, 'getSetting' | 'putSetting' | 'dropRefusedBodies'>,
  clock: Clock,
): Settings {
  let settings: SettingsView = { lines: [], keepRefusedUntilMs: null, matching: 'exact', checks: null };

  const write = async (next: SettingsView): Promise<void> => {
    const keptBefore = settings.keepRefusedUntilMs !== null;
    settings = next;
    await store.putSetting(settingName, next);
    if (keptBefore && next.keepRefusedUntilMs === null) await store.dropRefusedBodies();
  };
  const expire = async (): Promise<void> => {
    const untilMs = settings.keepRefusedUntilMs;
    if (untilMs !== null && clock.now() >= untilMs) await write({ ...settings, keepRefusedUntilMs: null });
  };

  return {
    async start() {
      const parsed = stored.safeParse(await store.getSetting(settingName));
      if (parsed.success) settings = parsed.data;
      await expire();
      // A failed write shows up in the next command; here there is nobody to tell, and the next tick tries again.
      return clock.every(expiryCheckMs, () => void expire().catch(() => undefined));
    },
    current: () => settings,
    async update({ lines, keepRefused, matching, checks }) {
      const keepRefusedUntilMs =
        keepRefused === undefined
          ? settings.keepRefusedUntilMs
          : keepRefused
            ? clock.now() + keepRefusedMs
            : null;
      await write({
        lines: [...(lines ?? settings.lines)],
        keepRefusedUntilMs,
        matching: matching ?? settings.matching,
        checks: checks === undefined ? settings.checks : checks,
      });
      return settings;
    },
    keepsRefused: () => settings.keepRefusedUntilMs !== null && clock.now() < settings.keepRefusedUntilMs,
  };
}
