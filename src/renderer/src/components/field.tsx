// Fields of a form: the label above, a hint below, and what is wrong with it beside it.
import type { ComponentProps, ReactNode } from 'react';
import styles from './field.module.css';
import { Icon } from './icons.tsx';

interface Told {
  id: string;
  label: string;
  hint?: ReactNode;
  /** What is wrong, in a sentence; null while nothing is. */
  error?: string | null;
}

export function TextField({ label, hint, error = null, ...props }: Told & ComponentProps<'input'>) {
  return (
    <Around id={props.id} label={label} hint={hint} error={error}>
      <input className={styles.input} {...described(props.id, hint, error)} {...props} />
    </Around>
  );
}

export function SelectField({ label, hint, error = null, ...props }: Told & ComponentProps<'select'>) {
  return (
    <Around id={props.id} label={label} hint={hint} error={error}>
      <select className={styles.input} {...described(props.id, hint, error)} {...props} />
    </Around>
  );
}

interface CheckFieldProps {
  id: string;
  label: string;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function CheckField({ id, label, hint, checked, onChange }: CheckFieldProps) {
  return (
    <div className={styles.check}>
      <input
        id={id}
        type="checkbox"
        checked={checked}
        {...described(id, hint, null)}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface ChoiceFieldProps<T extends string> {
  name: string;
  label: string;
  value: T;
  choices: readonly { value: T; label: string; hint: string }[];
  onChange: (value: T) => void;
}

/** One of a few, all of them visible. */
export function ChoiceField<T extends string>({
  name,
  label,
  value,
  choices,
  onChange,
}: ChoiceFieldProps<T>) {
  return (
    <fieldset className={styles.choices}>
      <legend className={styles.label}>{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className={styles.choice}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          <span>
            {choice.label}
            <span className={styles.hint}>{choice.hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Around({ id, label, hint, error, children }: Told & { children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children}
      {error !== null && (
        <p id={`${id}-error`} className={styles.error}>
          <Icon name="alert" />
          {error}
        </p>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}

function described(id: string, hint: ReactNode, error: string | null): Record<string, string | boolean> {
  const ids = [error === null ? '' : `${id}-error`, hint === undefined ? '' : `${id}-hint`];
  const all = ids.filter((part) => part !== '').join(' ');
  return {
    ...(all === '' ? {} : { 'aria-describedby': all }),
    ...(error === null ? {} : { 'aria-invalid': true }),
  };
}
