// The parts of a call that was transferred or that two phone services carried.
import type { CallDetail, CallView, LegView } from '../../../preload/contract/calls.ts';
import { clockTime, lengthText } from '../format.ts';
import { legWords } from '../placing-words.ts';
import styles from './call-detail.module.css';

interface LegListProps {
  detail: CallDetail;
  serviceOf: (providerId: string) => string;
}

export function LegList({ detail: { call, legs }, serviceOf }: LegListProps) {
  return (
    <>
      <h3 className={styles.heading}>Parts of this call</h3>
      <ol className={styles.legs}>
        {legs.map((leg) => (
          <li key={`${leg.providerId} ${leg.legId}`}>
            <span>{leg.startedAtMs === null ? '' : clockTime(leg.startedAtMs)}</span>
            <span>
              <strong>{betweenText(leg, call)}</strong>
              <span className={styles.legRest}>
                {[legWords[leg.status], lengthOfLeg(leg), serviceOf(leg.providerId)]
                  .filter((part) => part !== '')
                  .join(', ')}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function betweenText({ from, to }: LegView, call: CallView): string {
  if (from === null && to === null) return 'Number not told';
  if (to === null) return `From ${shown(from, call)}`;
  return from === null ? `To ${shown(to, call)}` : `${shown(from, call)} to ${shown(to, call)}`;
}

/** The call's own numbers have a local form; another one is shown as it came. */
function shown(number: string | null, { otherParty, line }: CallView): string {
  if (number === null) return '';
  const known = [otherParty, line].find((party) => party?.number === number);
  return known?.display ?? number.replace(/^sips?:/i, '');
}

function lengthOfLeg({ startedAtMs, endedAtMs }: LegView): string {
  return startedAtMs === null || endedAtMs === null ? '' : lengthText(endedAtMs - startedAtMs);
}
