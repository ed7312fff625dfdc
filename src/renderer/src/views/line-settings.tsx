// The clinic's own lines: their names in lists, and which are recorded as soon as they are answered.
import { type FormEvent, useState } from 'react';
import type { SettingsView } from '../../../preload/contract/system.ts';
import { Button } from '../components/button.tsx';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { CheckField, TextField } from '../components/field.tsx';
import { useApp } from '../state/use-app.tsx';
import { checkLine, type LineErrors } from './line-form.ts';
import styles from './services.module.css';
import { useSettingChange } from './use-setting-change.ts';

type Line = SettingsView['lines'][number];

const noLines: readonly Line[] = [];

export function LineSettings() {
  const lines = useApp((state) => state.settings?.lines ?? noLines);
  const { change, error, isBusy } = useSettingChange();
  return (
    <section className={styles.service} aria-label="Lines">
      <h3 className={styles.name}>Lines</h3>
      <p className={styles.summary}>
        {lines.length === 0
          ? 'Name your own numbers, and lists will say which line a call was on.'
          : 'Your own numbers, with the names that lists show.'}
      </p>
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line.number}>
            <div className={styles.number}>
              <strong>{line.label}</strong>
              <span className={styles.hint}>{line.number}</span>
            </div>
            <CheckField
              id={`line-record-${line.number}`}
              label="Record calls on this line"
              checked={line.record === true}
              onChange={(record) =>
                void change({
                  lines: lines.map((other) => (other.number === line.number ? { ...other, record } : other)),
                })
              }
            />
            <ConfirmButton
              label="Remove"
              spokenLabel={`Remove ${line.label}`}
              question="Forget this name?"
              yes="Remove"
              no="Keep"
              onConfirm={async () => {
                await change({ lines: lines.filter(({ number }) => number !== line.number) });
              }}
            />
          </li>
        ))}
      </ul>
      <AddLine lines={lines} isBusy={isBusy} onAdd={(line) => change({ lines: [...lines, line] })} />
      {error !== null && (
        <p className={styles.problem} role="alert">
          {error}
        </p>
      )}
    </section>
  );
}

interface AddLineProps {
  lines: readonly Line[];
  isBusy: boolean;
  onAdd: (line: Line) => Promise<boolean>;
}

function AddLine({ lines, isBusy, onAdd }: AddLineProps) {
  const [number, setNumber] = useState('');
  const [label, setLabel] = useState('');
  const [errors, setErrors] = useState<LineErrors>({});
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const checked = checkLine({ number, label }, lines);
    setErrors(checked.errors);
    if (checked.line === null) {
      document.getElementById(checked.errors.number === undefined ? 'line-label' : 'line-number')?.focus();
      return;
    }
    if (!(await onAdd(checked.line))) return;
    setNumber('');
    setLabel('');
    document.getElementById('line-number')?.focus();
  };
  return (
    <form className={styles.addLine} noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        id="line-number"
        label="Number"
        type="tel"
        autoComplete="off"
        placeholder="+14155550100"
        error={errors.number ?? null}
        value={number}
        onChange={({ target }) => setNumber(target.value)}
      />
      <TextField
        id="line-label"
        label="Name"
        autoComplete="off"
        maxLength={60}
        placeholder="Front desk"
        error={errors.label ?? null}
        value={label}
        onChange={({ target }) => setLabel(target.value)}
      />
      <Button type="submit" disabled={isBusy}>
        Add line
      </Button>
    </form>
  );
}
