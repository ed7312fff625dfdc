// Something to be copied: shown, short or whole, with a button beside it.
import { IconButton } from '../components/button.tsx';
import { useApp } from '../state/use-app.tsx';
import styles from './copy-value.module.css';

interface CopyValueProps {
  value: string;
  /** What it is, in the button's name: "Copy address https://…". */
  name: string;
  /** `ends`: `CA3f…9b21`; `block`: on lines of its own. */
  form?: 'ends' | 'whole' | 'block';
}

export function CopyValue({ value, name, form = 'ends' }: CopyValueProps) {
  const announce = useApp((state) => state.announce);
  const button = (
    <span className={styles.copy}>
      <IconButton
        label={form === 'block' ? `Copy ${name}` : `Copy ${name} ${value}`}
        icon="copy"
        onClick={() => {
          const said = `${name.charAt(0).toUpperCase()}${name.slice(1)} copied`;
          void navigator.clipboard?.writeText(value).then(() => announce(said));
        }}
      />
    </span>
  );
  if (form === 'block') {
    return (
      <div className={styles.block}>
        <pre tabIndex={0} aria-label={name}>
          {value}
        </pre>
        {button}
      </div>
    );
  }
  return (
    <span className={styles.value}>
      <span className="mono" title={value}>
        {form === 'ends' ? shortened(value) : value}
      </span>
      {button}
    </span>
  );
}

/** `CA3f…9b21`: long ids are told apart by their ends; the whole is in the tooltip and on the clipboard. */
function shortened(value: string): string {
  return value.length > 14 ? `${value.slice(0, 4)}…${value.slice(-4)}` : value;
}
