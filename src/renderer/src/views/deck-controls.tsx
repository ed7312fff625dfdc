// Which side is heard, how fast, and what else can be done with the recording.
import { Tooltip } from '@base-ui/react/tooltip';
import { Icon } from '../components/icons.tsx';
import { Menu } from '../components/menu.tsx';
import { shownKeys } from '../commands.ts';
import { type Loaded, rates, type Side } from '../state/player-slice.ts';
import { useApp } from '../state/use-app.tsx';
import styles from './deck.module.css';

const sides: readonly { side: Side; label: string }[] = [
  { side: 'both', label: 'Both' },
  { side: 'clinic', label: 'Clinic' },
  { side: 'caller', label: 'Caller' },
];

interface DeckControlsProps {
  loaded: Loaded;
  onZoom: (factor: number | 'all') => void;
}

export function DeckControls({ loaded, onZoom }: DeckControlsProps) {
  const rate = useApp((state) => state.rate);
  const setRate = useApp((state) => state.setRate);
  const swapSides = useApp((state) => state.swapSides);
  const unload = useApp((state) => state.unload);
  const isMono = loaded.playback !== null && loaded.playback.channels < 2;
  return (
    <div className={styles.controls}>
      {isMono ? <OneSide /> : <Sides />}
      <div className={styles.row}>
        <Menu
          label="Speed"
          side="top"
          trigger={
            <button
              type="button"
              className={styles.small}
              aria-label={`Speed ${rate}x`}
              title="Speed (- and =)"
            >
              {rate}x
            </button>
          }
          items={rates.map((choice) => ({
            label: `${choice}x`,
            checked: choice === rate,
            onSelect: () => setRate(choice),
          }))}
        />
        {loaded.playback !== null && (
          <a
            className={`${styles.small} ${styles.plain}`}
            href={`${loaded.playback.url}?download=1`}
            download=""
          >
            Save a copy
          </a>
        )}
        <Menu
          label="More"
          side="top"
          trigger={
            <button
              type="button"
              className={`${styles.small} ${styles.iconOnly}`}
              aria-label="More"
              title="More"
            >
              <Icon name="more" />
            </button>
          }
          items={[
            ...(isMono ? [] : [{ label: 'Swap sides', onSelect: swapSides }]),
            { label: 'Zoom in', onSelect: () => onZoom(0.5) },
            { label: 'Zoom out', onSelect: () => onZoom(2) },
            { label: 'Show the whole call', onSelect: () => onZoom('all') },
            { label: 'Close the player', onSelect: unload },
          ]}
        />
      </div>
    </div>
  );
}

function Sides() {
  const side = useApp((state) => state.side);
  const setSide = useApp((state) => state.setSide);
  return (
    <div
      className={styles.sides}
      role="radiogroup"
      aria-label="Which side is heard"
      title={`Both, Clinic, Caller (${shownKeys('side')})`}
      onKeyDown={(event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (step === undefined || event.altKey) return;
        event.preventDefault();
        const index = sides.findIndex((choice) => choice.side === side);
        const next = (index + step + sides.length) % sides.length;
        setSide(sides[next]?.side ?? 'both');
        event.currentTarget.querySelectorAll('button')[next]?.focus();
      }}
    >
      {sides.map((choice) => (
        <button
          key={choice.side}
          type="button"
          role="radio"
          aria-checked={choice.side === side}
          tabIndex={choice.side === side ? 0 : -1}
          onClick={() => setSide(choice.side)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}

/** A recording with one channel has no sides; says why instead of hiding it. */
function OneSide() {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        render={<button type="button" className={`${styles.small} ${styles.plain}`} aria-disabled="true" />}
      >
        One channel
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner side="top" sideOffset={6}>
          <Tooltip.Popup className={styles.tip}>
            This recording has both voices on one channel, so they cannot be heard apart.
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
