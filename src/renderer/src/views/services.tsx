// Setting up: the web link; each phone service with what is missing, its check, its addresses and numbers; lines; matching.
import { useEffect } from 'react';
import { Loading } from '../components/pane-state.tsx';
import { useApp } from '../state/use-app.tsx';
import { LineSettings } from './line-settings.tsx';
import { MatchingSetting } from './matching-setting.tsx';
import { ServiceSection } from './service-section.tsx';
import styles from './services.module.css';
import { WebLinkSection } from './web-link-section.tsx';

export function Services() {
  const providers = useApp((state) => state.status?.providers);
  const loadSettings = useApp((state) => state.loadSettings);
  const hasSettings = useApp((state) => state.settings !== null);
  useEffect(() => void loadSettings(), [loadSettings]);
  return (
    <section className={styles.services} aria-label="Phone services">
      <h2 className={styles.title}>Phone services</h2>
      <div className={styles.body}>
        {providers === undefined && <Loading rows={8} slowText="Still reading the settings." />}
        <WebLinkSection />
        {providers?.map((provider) => (
          <ServiceSection key={provider.providerId} provider={provider} />
        ))}
        {hasSettings && (
          <>
            <LineSettings />
            <MatchingSetting />
          </>
        )}
      </div>
    </section>
  );
}
