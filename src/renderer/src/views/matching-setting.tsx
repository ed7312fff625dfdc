import { CheckField } from '../components/field.tsx';
import { matchingWords } from '../placing-words.ts';
import { useApp } from '../state/use-app.tsx';
import styles from './services.module.css';
import { useSettingChange } from './use-setting-change.ts';

/** Whether a recording that names no call may join one by number and time. */
export function MatchingSetting() {
  const matching = useApp((state) => state.settings?.matching ?? 'exact');
  const { change, error } = useSettingChange();
  return (
    <section className={styles.service} aria-label="Matching">
      <h3 className={styles.name}>Matching</h3>
      <CheckField
        id="setting-matching"
        label="Match by number and time when only one call fits"
        hint={matchingWords[matching]}
        checked={matching === 'auto_unique'}
        onChange={(isOn) => void change({ matching: isOn ? 'auto_unique' : 'exact' })}
      />
      {error !== null && (
        <p className={styles.problem} role="alert">
          {error}
        </p>
      )}
    </section>
  );
}
