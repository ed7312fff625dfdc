import { useCallback, useState } from 'react';
import type { Input } from '../../../preload/contract/api.ts';
import { useApp } from '../state/use-app.tsx';

interface SettingChange {
  /** @returns true when it was stored */
  change: (change: Input<'settings.update'>) => Promise<boolean>;
  /** What was wrong with the last change; null when nothing was. */
  error: string | null;
  isBusy: boolean;
}

/** A setting applies as soon as it is changed; what was wrong is said beside it. */
export function useSettingChange(): SettingChange {
  const update = useApp((state) => state.updateSettings);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const change = useCallback(
    async (wanted: Input<'settings.update'>) => {
      setBusy(true);
      const problem = await update(wanted);
      setBusy(false);
      setError(problem?.message ?? null);
      return problem === null;
    },
    [update],
  );
  return { change, error, isBusy };
}
