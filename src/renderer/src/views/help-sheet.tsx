// The keyboard sheet, from the same registry that the keys come from.
import { type CommandGroup, commands } from '../commands.ts';
import { Dialog } from '../components/dialog.tsx';
import { useApp } from '../state/use-app.tsx';
import styles from './help-sheet.module.css';

const groups: readonly CommandGroup[] = ['Everywhere', 'Lists', 'Playing'];

export function HelpSheet() {
  const isOpen = useApp((state) => state.helpOpen);
  const setOpen = useApp((state) => state.setHelpOpen);
  return (
    <Dialog title="Shortcuts" isOpen={isOpen} onOpenChange={setOpen}>
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
    </Dialog>
  );
}
