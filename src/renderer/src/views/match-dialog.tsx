// Matching by hand: what may fit, with what speaks for it, and a search for any other call.
import { useEffect, useState } from 'react';
import type { CallView } from '../../../preload/contract/calls.ts';
import type { ErrorView } from '../../../preload/contract/errors.ts';
import type { Output, Reply } from '../../../preload/contract/api.ts';
import { Button } from '../components/button.tsx';
import { directionOf, lineOf, numberOf } from '../components/call-row.tsx';
import { Dialog } from '../components/dialog.tsx';
import { TextField } from '../components/field.tsx';
import { Icon } from '../components/icons.tsx';
import { Loading } from '../components/pane-state.tsx';
import { lengthInWords, momentInWords } from '../format.ts';
import { becauseWords } from '../placing-words.ts';
import { callOf } from '../state/calls-slice.ts';
import { useApp, useProductNow } from '../state/use-app.tsx';
import styles from './match-dialog.module.css';

type Candidate = Output<'calls.candidates'>['items'][number];

// As in the search field: long enough that a typed number is one question.
const typingPauseMs = 150;

export function MatchDialog() {
  const callId = useApp((state) => state.matchingId);
  const setMatchingId = useApp((state) => state.setMatchingId);
  return (
    <Dialog
      title="Match by hand"
      isOpen={callId !== null}
      onOpenChange={(isOpen) => {
        if (!isOpen) setMatchingId(null);
      }}
    >
      {callId !== null && <Content callId={callId} />}
    </Dialog>
  );
}

function Content({ callId }: { callId: string }) {
  const call = useApp((state) => callOf(state, callId));
  const nowMs = useProductNow(60_000);
  return (
    <div className={styles.content}>
      {call !== null && (
        <p>
          Which call does the {call.recordingCount > 0 ? 'recording' : 'transcript'} of{' '}
          <strong>{momentAndLength(call, nowMs)}</strong> belong to? Both become one call; that can be undone.
        </p>
      )}
      <Candidates callId={callId} nowMs={nowMs} />
      <OtherCall callId={callId} nowMs={nowMs} />
    </div>
  );
}

function Candidates({ callId, nowMs }: { callId: string; nowMs: number }) {
  const find = useApp((state) => state.findCandidates);
  const { items, error } = useAnswer(callId, find);
  return (
    <section aria-label="Calls that may fit">
      <h3 className={styles.heading}>Calls that may fit</h3>
      {items === null && error === null && <Loading rows={3} slowText="Still looking for calls that fit." />}
      {error !== null && <Problem error={error} />}
      {items?.length === 0 && <p className={styles.none}>None by number or time. Look for it below.</p>}
      {items !== null && items.length > 0 && <Choices callId={callId} items={items} nowMs={nowMs} />}
    </section>
  );
}

function OtherCall({ callId, nowMs }: { callId: string; nowMs: number }) {
  const find = useApp((state) => state.findCalls);
  const [typed, setTyped] = useState('');
  const q = useSettled(typed.trim());
  const { items, error } = useAnswer(q, find);
  const choices = (items ?? []).filter((call) => call.callId !== callId);
  return (
    <section aria-label="Another call">
      <TextField
        id="match-search"
        type="search"
        label="Find another call"
        placeholder="Number or reference"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      {error !== null && <Problem error={error} />}
      {items !== null && choices.length === 0 && <p className={styles.none}>No calls found for “{q}”.</p>}
      {choices.length > 0 && (
        <Choices callId={callId} items={choices.map((call) => ({ call, because: [] }))} nowMs={nowMs} />
      )}
    </section>
  );
}

interface ChoicesProps {
  callId: string;
  items: readonly Candidate[];
  nowMs: number;
}

function Choices({ callId, items, nowMs }: ChoicesProps) {
  const match = useApp((state) => state.matchCalls);
  const notice = useApp((state) => state.notice);
  const [busyId, setBusyId] = useState<string | null>(null);
  const [failedId, setFailedId] = useState<string | null>(null);
  const choose = async (withCallId: string): Promise<void> => {
    setBusyId(withCallId);
    const isDone = await match(callId, withCallId);
    // Done, this window is gone.
    if (isDone) return;
    setBusyId(null);
    setFailedId(withCallId);
  };
  return (
    <ul className={styles.choices}>
      {items.map(({ call, because }) => {
        const direction = directionOf(call);
        return (
          <li key={call.callId}>
            <Icon name={direction.icon} />
            <div className={styles.who}>
              <strong>{numberOf(call)}</strong>
              <span>
                {[direction.label, momentAndLength(call, nowMs), lineOf(call)]
                  .filter((part) => part !== '')
                  .join(', ')}
              </span>
              {failedId === call.callId && notice !== null && (
                <span className={styles.problem} role="alert">
                  {notice}
                </span>
              )}
            </div>
            {because.map((reason) => (
              <span key={reason} className={styles.because}>
                <Icon name="check" />
                {becauseWords[reason]}
              </span>
            ))}
            <Button
              disabled={busyId !== null}
              aria-label={`Match with ${numberOf(call)}, ${momentAndLength(call, nowMs)}`}
              onClick={() => void choose(call.callId)}
            >
              Match
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

function Problem({ error }: { error: ErrorView }) {
  return (
    <p className={styles.problem} role="alert">
      {error.message}
    </p>
  );
}

/** Asks again when the question changes; an empty question is not asked. Answers that were overtaken are dropped. */
function useAnswer<T>(
  question: string,
  ask: (question: string) => Promise<Reply<{ items: T[] }>>,
): { items: T[] | null; error: ErrorView | null } {
  const [answer, setAnswer] = useState<{ items: T[] | null; error: ErrorView | null }>(nothing);
  useEffect(() => {
    if (question === '') {
      setAnswer(nothing);
      return;
    }
    let isCurrent = true;
    void ask(question).then((reply) => {
      if (!isCurrent) return;
      setAnswer(reply.ok ? { items: reply.data.items, error: null } : { items: null, error: reply.error });
    });
    return () => {
      isCurrent = false;
    };
  }, [question, ask]);
  return answer;
}

const nothing = { items: null, error: null };

function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}

function momentAndLength({ startedAtMs, durationMs }: CallView, nowMs: number): string {
  const moment = momentInWords(startedAtMs, nowMs);
  return durationMs === null ? moment : `${moment}, ${lengthInWords(durationMs)}`;
}
