// The lanes: two voices over time, the playhead, and a slider for hands, eyes and ears alike. The playhead moves by
// animation frame through refs; React draws only when the waveform or the view of it changes.
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { drawLanes, loudness } from '../audio/draw-lanes.ts';
import { speakingChannels } from '../audio/peaks.ts';
import { lengthText, spokenLength } from '../format.ts';
import { channelOf, type Loaded } from '../state/player-slice.ts';
import { useApp, useAppPorts } from '../state/use-app.tsx';
import styles from './deck.module.css';
import { followView, type LaneView } from './lane-view.ts';

interface DeckLanesProps {
  loaded: Loaded;
  view: LaneView;
  onView: (view: LaneView) => void;
  /** Told on every frame that moves the playhead. */
  onTime: (atMs: number) => void;
}

const dimmed = 0.5;
const seekStepMs = 5_000;

export function DeckLanes({ loaded, view, onView, onTime }: DeckLanesProps) {
  const { deck } = useAppPorts();
  const seek = useApp((state) => state.seek);
  const swapped = useApp((state) => state.swapped);
  const playing = useApp((state) => state.playing);
  const slider = useRef<HTMLDivElement>(null);
  const bright = useRef<HTMLCanvasElement>(null);
  const dim = useRef<HTMLCanvasElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const fill = useRef<HTMLDivElement>(null);
  const clinicName = useRef<HTMLSpanElement>(null);
  const callerName = useRef<HTMLSpanElement>(null);
  const [hover, setHover] = useState<{ x: number; atMs: number } | null>(null);
  const size = useSize(slider);
  const { peaks, durationMs } = loaded;
  const isMono = (loaded.playback?.channels ?? 2) < 2;
  const hasLanes = typeof peaks !== 'string';

  // The words' own computed colours, so that forced colours reach the canvas, too.
  useLayoutEffect(() => {
    if (typeof peaks === 'string' || bright.current === null || dim.current === null) return;
    const colourOf = (element: Element | null): string =>
      element === null ? '' : getComputedStyle(element).color;
    const clinic = {
      channel: isMono ? 0 : channelOf('clinic', swapped),
      colour: colourOf(clinicName.current),
    };
    const lanes = isMono
      ? [clinic]
      : [clinic, { channel: channelOf('caller', swapped), colour: colourOf(callerName.current) }];
    const screen = { ...size, pixelRatio: devicePixelRatio };
    const loudest = loudness(peaks);
    drawLanes(dim.current, peaks, lanes, view, screen, loudest, dimmed);
    drawLanes(bright.current, peaks, lanes, view, screen, loudest, 1);
  }, [peaks, isMono, swapped, view, size]);

  useEffect(() => {
    const show = (): void => {
      const atMs = deck.currentTimeMs();
      const followed = followView(view, atMs, durationMs);
      if (followed !== view) onView(followed);
      const share = Math.min(Math.max(0, (atMs - view.fromMs) / Math.max(1, view.toMs - view.fromMs)), 1);
      if (head.current !== null) {
        head.current.style.transform = `translateX(${Math.round(share * size.width) - 1}px)`;
      }
      if (bright.current !== null) bright.current.style.clipPath = `inset(0 ${(1 - share) * 100}% 0 0)`;
      if (fill.current !== null) fill.current.style.transform = `scaleX(${share})`;
      onTime(atMs);
    };
    const describe = (): void => {
      const element = slider.current;
      if (element === null) return;
      const atMs = deck.currentTimeMs();
      const speaking =
        typeof peaks === 'string' || isMono
          ? []
          : speakingChannels(peaks, atMs).map((channel) =>
              channel === channelOf('clinic', swapped) ? 'Clinic' : 'Caller',
            );
      element.setAttribute('aria-valuenow', String(Math.round(atMs / 1_000)));
      element.setAttribute(
        'aria-valuetext',
        [
          `${spokenLength(atMs)} of ${spokenLength(durationMs)}`,
          ...(speaking.length > 0 ? [`${speaking.join(' and ')} speaking`] : []),
        ].join(', '),
      );
    };
    show();
    describe();
    // While it plays, the time is not read aloud: the value stands still for screen readers.
    const stop = deck.onSignal(() => {
      show();
      if (!deck.playing()) describe();
    });
    let frame = 0;
    const loop = (): void => {
      show();
      frame = requestAnimationFrame(loop);
    };
    if (playing) frame = requestAnimationFrame(loop);
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [deck, playing, view, durationMs, size, peaks, isMono, swapped, onView, onTime]);

  const msAt = (event: PointerEvent): number => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)), 1);
    return view.fromMs + share * (view.toMs - view.fromMs);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = {
      ArrowLeft: deck.currentTimeMs() - seekStepMs,
      ArrowRight: deck.currentTimeMs() + seekStepMs,
      Home: 0,
      End: durationMs,
    }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    seek(to);
  };

  return (
    <div className={styles.lanes}>
      <div className={styles.names}>
        {isMono ? (
          <span ref={clinicName} className={`${styles.clinic} ${styles.only}`}>
            Call
          </span>
        ) : (
          <>
            <span ref={clinicName} className={styles.clinic}>
              Clinic
            </span>
            <span ref={callerName} className={styles.caller}>
              Caller
            </span>
          </>
        )}
      </div>
      <div
        ref={slider}
        className={styles.slider}
        id="deck-slider"
        role="slider"
        tabIndex={0}
        aria-label="Position in the recording"
        aria-valuemin={0}
        aria-valuemax={Math.round(durationMs / 1_000)}
        aria-valuenow={0}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          seek(msAt(event));
        }}
        onPointerMove={(event) => {
          const atMs = msAt(event);
          setHover({ x: event.clientX - event.currentTarget.getBoundingClientRect().left, atMs });
          if (event.currentTarget.hasPointerCapture(event.pointerId)) seek(atMs);
        }}
        onPointerLeave={() => setHover(null)}
      >
        {hasLanes ? (
          <>
            {!isMono && <div className={styles.between} />}
            <canvas ref={dim} />
            <canvas ref={bright} />
            <div ref={head} className={styles.head} />
          </>
        ) : (
          <div className={styles.bar}>
            <div ref={fill} />
          </div>
        )}
        {hover !== null && (
          <span className={styles.hover} style={{ left: hover.x }} aria-hidden="true">
            {lengthText(hover.atMs)}
          </span>
        )}
        {hasLanes && (view.fromMs > 0 || view.toMs < durationMs) && (
          <Overview view={view} durationMs={durationMs} onSeek={seek} />
        )}
      </div>
    </div>
  );
}

/** The whole recording as a thin strip, while the lanes show a part of it. */
function Overview({
  view,
  durationMs,
  onSeek,
}: {
  view: LaneView;
  durationMs: number;
  onSeek: (atMs: number) => void;
}) {
  const seekTo = (event: PointerEvent): void => {
    event.stopPropagation();
    const box = event.currentTarget.getBoundingClientRect();
    onSeek(((event.clientX - box.left) / Math.max(1, box.width)) * durationMs);
  };
  return (
    <div
      className={styles.overview}
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
      }}
    >
      <div
        style={{
          left: `${(view.fromMs / durationMs) * 100}%`,
          width: `${((view.toMs - view.fromMs) / durationMs) * 100}%`,
        }}
      />
    </div>
  );
}

function useSize(element: { current: HTMLElement | null }): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      setSize({ width, height });
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
