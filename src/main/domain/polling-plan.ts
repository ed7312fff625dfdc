// When regular checks come. Pure: what a person set beats the environment, which beats the rule.
import type { ChecksView } from '../../preload/contract/checks.ts';

/** `<PROVIDER>_RECORDING_POLLING` and `<PROVIDER>_RECORDING_POLL_INTERVAL_MINUTES`; null where not set. */
export interface PollingWish {
  providerId: string;
  isPolling: boolean | null;
  intervalMinutes: number | null;
}

export interface PollingPlan extends Pick<ChecksView, 'isPolling' | 'intervalMinutes' | 'decidedBy'> {
  /** Providers that the environment takes out of regular checks. */
  except: readonly string[];
}

/** The seed's interval. */
export const defaultIntervalMinutes = 3;

/**
 * @param setting what a person chose in the console; null where nobody has
 * @param wishes what the environment says, by provider
 * @param hasWebLink without one, recordings only arrive by checks, so they are on
 */
export function planPolling(
  setting: { isPolling: boolean; intervalMinutes: number } | null,
  wishes: readonly PollingWish[],
  hasWebLink: boolean,
): PollingPlan {
  if (setting !== null) return { ...setting, decidedBy: 'setting', except: [] };
  const said = wishes.filter(
    ({ isPolling, intervalMinutes }) => isPolling !== null || intervalMinutes !== null,
  );
  const intervals = said.flatMap(({ intervalMinutes }) => intervalMinutes ?? []);
  const intervalMinutes = intervals.length === 0 ? defaultIntervalMinutes : Math.min(...intervals);
  const isOn = said.some(({ isPolling }) => isPolling === true);
  const except = said.filter(({ isPolling }) => isPolling === false).map(({ providerId }) => providerId);
  if (isOn) return { isPolling: true, intervalMinutes, decidedBy: 'environment', except };
  return {
    isPolling: !hasWebLink,
    intervalMinutes,
    decidedBy: said.length > 0 ? 'environment' : 'default',
    except,
  };
}
