// What a phone service's settings lack: each by name, where to find it, and what waits for it.
import type { ProviderView } from '../../../preload/contract/system.ts';
import styles from './services.module.css';

/** Nothing when nothing is lacking. */
export function Lacking({ provider, hasTitle = false }: { provider: ProviderView; hasTitle?: boolean }) {
  if (provider.lacking.length === 0) return null;
  return (
    <div>
      {hasTitle && <h3 className={styles.name}>{provider.name}</h3>}
      <dl className={styles.lacking}>
        {provider.lacking.map(({ name, label, where, ways }) => (
          <div key={name}>
            <dt>
              {label} <span className="mono">{name}</span>
            </dt>
            <dd>
              {where}
              {ways.length > 0 && ` Needed to place calls with ${ways.join(' or ')}.`}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
