// One call in a list, narrow or wide. Drawn again only when its own call changes.
import { memo } from 'react';
import type { CallView } from '../../../preload/contract/calls.ts';
import { clockTime, lengthText, spokenLength } from '../format.ts';
import type { StatusWords } from '../words.ts';
import gridStyles from './call-grid.module.css';
import styles from './call-row.module.css';
import { Icon, type IconName } from './icons.tsx';
import { StatusBadge } from './status-badge.tsx';

interface RowProps {
  call: CallView;
  words: StatusWords;
  /** Length so far, for a live call; null when it has none yet. */
  lengthMs: number | null;
  isActive: boolean;
}

/** The cells of a list row; the grid owns the row element around them. */
export const CallRow = memo(function CallRow({ call, words, lengthMs, isActive }: RowProps) {
  const direction = directionOf(call);
  return (
    <div className={`${gridStyles.columns} ${styles.row} ${isActive ? styles.active : ''}`} data-row="">
      <span role="gridcell" className={styles.time}>
        {clockTime(call.startedAtMs)}
      </span>
      <span role="gridcell" className={styles.direction} title={direction.label}>
        <Icon name={direction.icon} />
        <span className="spoken">{direction.label}</span>
      </span>
      <span role="gridcell" className={styles.number}>
        {numberOf(call)}
      </span>
      <span role="gridcell" className={styles.line}>
        {lineOf(call)}
      </span>
      <span role="gridcell" className={styles.length} data-timer="">
        {lengthMs === null ? '' : lengthText(lengthMs)}
      </span>
      <span role="gridcell" className={styles.status}>
        <StatusBadge words={words} code={call.recordingStatus} />
      </span>
    </div>
  );
});

/** A call that is going on: the timer large, the rest beside it. */
export const LiveCallRow = memo(function LiveCallRow({ call, words, lengthMs, isActive }: RowProps) {
  const direction = directionOf(call);
  return (
    <div className={`${styles.liveRow} ${isActive ? styles.active : ''}`} data-row="">
      <span role="gridcell" className={styles.timer} data-timer="">
        <span aria-hidden="true">{lengthMs === null ? '–:––' : lengthText(lengthMs)}</span>
        <span className="spoken">{lengthMs === null ? 'not answered' : spokenLength(lengthMs)}</span>
      </span>
      <span role="gridcell" className={styles.who}>
        <span className={styles.whoNumber}>{numberOf(call)}</span>
        <span className={styles.whoRest}>
          {[direction.label, lineOf(call), `since ${clockTime(call.startedAtMs)}`]
            .filter((part) => part !== '')
            .join(', ')}
        </span>
      </span>
      <span role="gridcell" className={styles.status}>
        <StatusBadge words={words} code={call.recordingStatus} />
      </span>
    </div>
  );
});

export function numberOf(call: CallView): string {
  // Audio without a call has no number to be withheld.
  return call.otherParty?.display ?? (call.unmatched ? 'Number not known' : 'Number withheld');
}

export function lineOf(call: CallView): string {
  return call.line?.label ?? call.line?.display ?? '';
}

export function directionOf(call: CallView): { icon: IconName; label: string } {
  // What was never dialled was not missed by anybody.
  if (call.dialState === 'canceled' || call.dialState === 'refused') {
    return { icon: 'outgoing', label: 'Outgoing call' };
  }
  const missed = call.status === 'no_answer' || call.status === 'busy' || call.status === 'canceled';
  if (missed && call.direction !== 'outbound') return { icon: 'missed', label: 'Missed call' };
  if (call.direction === 'inbound') return { icon: 'incoming', label: 'Incoming call' };
  if (call.direction === 'outbound') {
    return { icon: 'outgoing', label: missed ? 'Outgoing call, not answered' : 'Outgoing call' };
  }
  return { icon: 'unknown', label: 'Call' };
}
