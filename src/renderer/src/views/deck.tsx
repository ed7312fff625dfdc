// The deck: the one dark object along the bottom. It appears when something is loaded and stays while you browse.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Icon } from '../components/icons.tsx';
import { lineOf, numberOf } from '../components/call-row.tsx';
import { shownKeys } from '../commands.ts';
import { lengthText, momentShort } from '../format.ts';
import { callOf } from '../state/calls-slice.ts';
import type { Loaded } from '../state/player-slice.ts';
import { useApp, useAppPorts, useProductNow } from '../state/use-app.tsx';
import { DeckControls } from './deck-controls.tsx';
import { DeckLanes } from './deck-lanes.tsx';
import styles from './deck.module.css';
import { type LaneView, zoomed } from './lane-view.ts';

export function Deck() {
  const loaded = useApp((state) => state.loaded);
  // Keeps its row in the frame while empty, so that rows below do not move up.
  return loaded === null ? <div /> : <LoadedDeck key={loaded.recordingId} loaded={loaded} />;
}

function LoadedDeck({ loaded }: { loaded: Loaded }) {
  const { deck } = useAppPorts();
  const time = useRef<HTMLSpanElement>(null);
  const lanes = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState<LaneView | null>(null);
  const { durationMs } = loaded;
  const whole = useMemo(() => ({ fromMs: 0, toMs: durationMs }), [durationMs]);
  const onTime = useCallback((atMs: number) => {
    const text = lengthText(atMs);
    if (time.current !== null && time.current.textContent !== text) time.current.textContent = text;
  }, []);
  const onZoom = useCallback(
    (factor: number | 'all', aroundMs = deck.currentTimeMs()) =>
      setZoom((before) =>
        factor === 'all'
          ? null
          : zoomed(before ?? { fromMs: 0, toMs: durationMs }, factor, aroundMs, durationMs),
      ),
    [deck, durationMs],
  );
  useWheelZoom(lanes, onZoom);

  return (
    <section className={styles.deck} aria-label="Player">
      <Transport loaded={loaded} timeRef={time} />
      <div ref={lanes} className={styles.lanesBox}>
        {loaded.phase === 'failed' ? (
          <p className={styles.problem} role="status">
            {loaded.problem}
          </p>
        ) : (
          <DeckLanes
            loaded={loaded}
            view={zoom ?? whole}
            onView={zoom === null ? ignore : setZoom}
            onTime={onTime}
          />
        )}
      </div>
      <DeckControls loaded={loaded} onZoom={onZoom} />
    </section>
  );
}

function Transport({ loaded, timeRef }: { loaded: Loaded; timeRef: { current: HTMLSpanElement | null } }) {
  const playing = useApp((state) => state.playing);
  const toggle = useApp((state) => state.togglePlay);
  const load = useApp((state) => state.load);
  const call = useApp((state) => callOf(state, loaded.callId));
  const nowMs = useProductNow(60_000);
  const label = playing ? 'Pause' : 'Play';
  const subtitle =
    call === null
      ? ''
      : [momentShort(call.startedAtMs, nowMs), lineOf(call)].filter((part) => part !== '').join(', ');
  useMediaSession(subtitle);
  return (
    <div className={styles.transport}>
      <button
        type="button"
        className={styles.play}
        aria-label={label}
        title={`${label} (${shownKeys('play')})`}
        onClick={() => void (loaded.phase === 'failed' ? load(loaded, { play: true }) : toggle())}
      >
        <Icon name={playing ? 'pause' : 'play'} />
      </button>
      <div>
        <p className={styles.title}>{call === null ? 'Recording' : numberOf(call)}</p>
        <p className={styles.subtitle}>{subtitle}</p>
        <p className={styles.time}>
          <span ref={timeRef}>0:00</span> / {lengthText(loaded.durationMs)}
        </p>
      </div>
    </div>
  );
}

/** The computer's own media keys. Its lock screen may show this, so the phone number is not in it. */
function useMediaSession(subtitle: string): void {
  const { store } = useAppPorts();
  useEffect(() => {
    if (!('mediaSession' in navigator)) return;
    const session = navigator.mediaSession;
    session.metadata = new MediaMetadata({ title: 'Call recording', artist: subtitle });
    const actions: [MediaSessionAction, () => void][] = [
      ['play', () => void store.getState().togglePlay()],
      ['pause', () => void store.getState().togglePlay()],
      ['seekbackward', () => store.getState().seekBy(-5_000)],
      ['seekforward', () => store.getState().seekBy(5_000)],
    ];
    for (const [action, run] of actions) session.setActionHandler(action, run);
    return () => {
      session.metadata = null;
      for (const [action] of actions) session.setActionHandler(action, null);
    };
  }, [store, subtitle]);
}

// Showing the whole call, there is no page to turn.
function ignore(): void {}

/** Ctrl and wheel. Not a React handler, because those may not prevent the browser's own zoom. */
function useWheelZoom(element: { current: HTMLElement | null }, onZoom: (factor: number) => void): void {
  useEffect(() => {
    const lanes = element.current;
    if (lanes === null) return;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      onZoom(event.deltaY > 0 ? 1.25 : 0.8);
    };
    lanes.addEventListener('wheel', onWheel, { passive: false });
    return () => lanes.removeEventListener('wheel', onWheel);
  }, [element, onZoom]);
}
