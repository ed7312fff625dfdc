// That a call was put together without an exact id, by whom, and the way back.
import type { CallDetail } from '../../../preload/contract/calls.ts';
import { Button } from '../components/button.tsx';
import { Icon } from '../components/icons.tsx';
import { momentInWords } from '../format.ts';
import { matchedWords } from '../placing-words.ts';
import { useApp, useProductNow } from '../state/use-app.tsx';
import styles from './call-detail.module.css';

export function MatchNote({ detail: { call, matches } }: { detail: CallDetail }) {
  const unmatch = useApp((state) => state.unmatchCalls);
  const nowMs = useProductNow(60_000);
  return matches.map(({ eventKey, by, atMs }) => (
    <div key={eventKey} className={styles.matched}>
      <Icon name="link" />
      <span>
        {matchedWords[by]}, {momentInWords(atMs, nowMs)}
      </span>
      <Button
        aria-label={`Undo: ${matchedWords[by].toLowerCase()}`}
        onClick={() => void unmatch(call.callId, eventKey)}
      >
        Undo
      </Button>
    </div>
  ));
}
