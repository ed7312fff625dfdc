import { Icon, type IconName } from '../components/icons.tsx';
import { Menu } from '../components/menu.tsx';
import { formatRoute, type Route } from '../state/routes.ts';
import type { Theme } from '../state/ui-slice.ts';
import { useApp } from '../state/use-app.tsx';
import styles from './frame.module.css';

const themes: readonly { theme: Theme; label: string }[] = [
  { theme: 'system', label: 'System' },
  { theme: 'light', label: 'Light' },
  { theme: 'dark', label: 'Dark' },
];

/** Counts show only things to act on. Only screens that exist are listed. */
export function Sidebar({ isOpen, onLeave }: { isOpen: boolean; onLeave: () => void }) {
  const route = useApp((state) => state.route);
  // The same source as the status bar and the Live screen: two counts that disagree for a moment are worse than none.
  const liveCount = useApp((state) => state.liveIds.length);
  const attentionCount = useApp((state) => state.counts?.needsAttention ?? 0);
  const waitingCount = useApp((state) => state.queue?.waiting.length ?? 0);
  const stoppedCount = useApp((state) => state.status?.jobs.dead ?? 0);
  const theme = useApp((state) => state.theme);
  const setTheme = useApp((state) => state.setTheme);
  const setHelpOpen = useApp((state) => state.setHelpOpen);
  return (
    <nav className={styles.sidebar} aria-label="Screens" data-open={isOpen}>
      <NavLink
        icon="live"
        label="Live"
        count={liveCount}
        counted="live"
        to={{ ...route, view: 'live', callId: null, atSeconds: null }}
        isCurrent={route.view === 'live'}
        onClick={onLeave}
      />
      <NavLink
        icon="list"
        label="Call log"
        count={attentionCount}
        counted="need attention"
        to={{ ...route, view: 'calls', callId: null, atSeconds: null }}
        isCurrent={route.view === 'calls'}
        onClick={onLeave}
      />
      <NavLink
        icon="queue"
        label="To call"
        count={waitingCount}
        counted="waiting"
        to={{ ...route, view: 'queue', callId: null, atSeconds: null }}
        isCurrent={route.view === 'queue'}
        onClick={onLeave}
      />
      <p className={styles.group}>System</p>
      <NavLink
        icon="clock"
        label="Checks"
        count={0}
        counted=""
        to={{ ...route, view: 'polling', callId: null, atSeconds: null }}
        isCurrent={route.view === 'polling'}
        onClick={onLeave}
      />
      <NavLink
        icon="alert"
        label="Stopped tasks"
        count={stoppedCount}
        counted="need attention"
        to={{ ...route, view: 'trouble', callId: null, atSeconds: null }}
        isCurrent={route.view === 'trouble'}
        onClick={onLeave}
      />
      <NavLink
        icon="plug"
        label="Phone services"
        count={0}
        counted=""
        to={{ ...route, view: 'services', callId: null, atSeconds: null }}
        isCurrent={route.view === 'services'}
        onClick={onLeave}
      />
      <div className={styles.bottom}>
        <Menu
          label="Theme"
          side="top"
          trigger={
            <button type="button" className={styles.nav}>
              <Icon name="theme" />
              <span>Theme</span>
            </button>
          }
          items={themes.map((choice) => ({
            label: choice.label,
            checked: choice.theme === theme,
            onSelect: () => setTheme(choice.theme),
          }))}
        />
        <button type="button" className={styles.nav} onClick={() => setHelpOpen(true)}>
          <Icon name="help" />
          <span>Help</span>
        </button>
      </div>
    </nav>
  );
}

interface NavLinkProps {
  icon: IconName;
  label: string;
  count: number;
  counted: string;
  to: Route;
  isCurrent: boolean;
  onClick: () => void;
}

function NavLink({ icon, label, count, counted, to, isCurrent, onClick }: NavLinkProps) {
  return (
    <a
      className={styles.nav}
      href={formatRoute(to)}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={onClick}
    >
      <Icon name={icon} />
      <span>{label}</span>
      {count > 0 && (
        <span className={styles.count}>
          {count.toLocaleString('en')}
          <span className="spoken"> {counted}</span>
        </span>
      )}
    </a>
  );
}
