// What was said. A line jumps to its moment; the line being spoken is marked while its call plays.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { CallDetail, CallView, TranscriptLine } from '../../../preload/contract/calls.ts';
import { lengthText } from '../format.ts';
import { useApp, useAppPorts } from '../state/use-app.tsx';
import styles from './transcript.module.css';
import { currentLine, speakerWords } from './transcript-lines.ts';

// Four times a second is as exact as a reader follows.
const followEveryMs = 250;

export function Transcript({ detail: { call, transcript } }: { detail: CallDetail }) {
  const isLoaded = useApp((state) => state.loaded?.callId === call.callId);
  const canPlay = call.recordingStatus === 'stored' && call.mainRecordingId !== null;
  const current = useCurrentLine(transcript, isLoaded);
  const jump = useJump(call);
  const list = useRef<HTMLOListElement>(null);
  const [focused, setFocused] = useState(0);

  // Only this pane scrolls, never the screen around it.
  useEffect(() => {
    const box = list.current;
    const line = box?.children[current];
    if (box === null || !(line instanceof HTMLElement) || box.matches(':hover, :focus-within')) return;
    const top = line.offsetTop - box.offsetTop;
    if (top < box.scrollTop || top + line.offsetHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = top - box.clientHeight / 3;
    }
  }, [current]);

  // One tab stop for the whole pane; arrows move between its lines.
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowDown: focused + 1, ArrowUp: focused - 1, Home: 0, End: transcript.length - 1 }[
      event.key
    ];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const index = Math.min(Math.max(0, to), transcript.length - 1);
    setFocused(index);
    list.current?.querySelectorAll('button')[index]?.focus();
  };

  return (
    <ol ref={list} className={styles.transcript} aria-label="Transcript" onKeyDown={onKeyDown}>
      {transcript.map((line, index) => (
        // Lines have no id of their own, and a transcript is only ever replaced as a whole.
        <li key={index}>
          <button
            type="button"
            className={styles.line}
            tabIndex={index === focused ? 0 : -1}
            aria-current={index === current ? 'true' : undefined}
            aria-disabled={!(isLoaded || canPlay) || line.atMs === null}
            onFocus={() => setFocused(index)}
            onClick={() => {
              if (line.atMs !== null) jump(line.atMs);
            }}
          >
            <span className={styles.time}>{line.atMs === null ? '' : lengthText(line.atMs)}</span>
            <span className={`${styles.speaker} ${styles[line.speaker]}`}>{speakerWords[line.speaker]}</span>
            <span>{line.text}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

/** To the moment in what the deck holds of this call; a call that it does not hold is put on it first. */
function useJump({ callId, providerId, mainRecordingId, recordingStatus }: CallView): (atMs: number) => void {
  const { store } = useAppPorts();
  return (atMs) => {
    const { loaded, seek, load } = store.getState();
    if (loaded?.callId === callId && loaded.phase !== 'failed') seek(atMs);
    else if (recordingStatus === 'stored' && mainRecordingId !== null) {
      void load({ recordingId: mainRecordingId, callId, providerId }, { play: true, atMs });
    }
  };
}

function useCurrentLine(lines: readonly TranscriptLine[], isLoaded: boolean): number {
  const { deck } = useAppPorts();
  const [current, setCurrent] = useState(-1);
  useEffect(() => {
    const show = (): void => setCurrent(isLoaded ? currentLine(lines, deck.currentTimeMs()) : -1);
    show();
    if (!isLoaded) return;
    const stop = deck.onSignal(show);
    const timer = setInterval(show, followEveryMs);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [deck, lines, isLoaded]);
  return current;
}
