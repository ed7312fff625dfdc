import { Icon } from '../components/icons.tsx';
import tones from '../components/tones.module.css';
import { useApp } from '../state/use-app.tsx';
import { LinkButton } from './link-button.tsx';
import styles from './status-bar.module.css';
import { activityItem, type StatusItem, statusItems } from './status-items.ts';

export function StatusBar() {
  const status = useApp((state) => state.status);
  const liveCount = useApp((state) => state.liveIds.length);
  const connection = useApp((state) => state.connection);
  // Only asked for while lost: it changes with every event.
  const heardAtMs = useApp((state) => (state.connection === 'lost' ? state.heardAtMs : null));
  const activity = activityItem(status, connection, heardAtMs);
  return (
    <footer className={styles.bar} aria-label="Status">
      {statusItems(status, liveCount).map((item) => (
        <Item key={item.key} item={item} />
      ))}
      {activity !== null && (
        <span className={styles.right}>
          <Item item={activity} />
        </span>
      )}
    </footer>
  );
}

function Item({ item: { icon, text, title, tone, href, action } }: { item: StatusItem }) {
  const isFine = tone === 'ok';
  const look = { className: `${styles.item} ${tones[tone]} ${isFine ? styles.fine : ''}`, title };
  const body = (
    <>
      <Icon name={icon} />
      <span>{text}</span>
    </>
  );
  return (
    <>
      {href === undefined ? (
        <span {...look}>{body}</span>
      ) : (
        <a {...look} href={href}>
          {body}
        </a>
      )}
      {action !== undefined && <LinkButton action={action} className={styles.action} />}
    </>
  );
}
