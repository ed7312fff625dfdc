// The keyboard sheet, from the same registry that the keys come from.
import { Dialog } from '@base-ui/react/dialog';
import { type CommandGroup, commands } from '../commands.ts';
import { IconButton } from '../components/button.tsx';
import { useApp } from '../state/use-app.tsx';
import styles from './help-sheet.module.css';

const groups: readonly CommandGroup[] = ['Everywhere', 'Lists', 'Playing'];

export function HelpSheet() {
  const isOpen = useApp((state) => state.helpOpen);
  const setOpen = useApp((state) => state.setHelpOpen);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.sheet}>
          <div className={styles.title}>
            <Dialog.Title render={<h2 />}>Shortcuts</Dialog.Title>
            <Dialog.Close render={<IconButton label="Close" icon="close" />} />
          </div>
          <div className={styles.groups}>
            {groups.map((group) => (
              <section key={group} className={styles.group}>
                <h3>{group}</h3>
                <ul>
                  {commands
                    .filter((command) => command.group === group)
                    .map((command) => (
                      <li key={command.id}>
                        {command.label}
                        <span className={styles.keys}>
                          {command.shown.map((keys) => (
                            <kbd key={keys}>{keys}</kbd>
                          ))}
                        </span>
                      </li>
                    ))}
                </ul>
              </section>
            ))}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
