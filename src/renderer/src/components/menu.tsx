// A small menu of choices or actions, on Base UI's keyboard and focus handling.
import { Menu as BaseMenu } from '@base-ui/react/menu';
import type { ReactElement } from 'react';
import { Icon } from './icons.tsx';
import styles from './menu.module.css';

export interface MenuItem {
  label: string;
  /** Given for a choice among several; left out for an action. */
  checked?: boolean;
  onSelect: () => void;
}

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  label: string;
  items: readonly MenuItem[];
  side?: 'top' | 'bottom';
}

export function Menu({ trigger, label, items, side = 'bottom' }: MenuProps) {
  const isChoice = items.some(({ checked }) => checked !== undefined);
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner className={styles.positioner} side={side} align="start" sideOffset={4}>
          <BaseMenu.Popup className={styles.popup} aria-label={label}>
            {isChoice ? (
              <BaseMenu.RadioGroup value={items.find(({ checked }) => checked)?.label ?? null}>
                {items.map((item) => (
                  <BaseMenu.RadioItem
                    key={item.label}
                    className={styles.item}
                    value={item.label}
                    closeOnClick
                    onClick={item.onSelect}
                  >
                    <span className={styles.mark}>
                      <BaseMenu.RadioItemIndicator>
                        <Icon name="check" />
                      </BaseMenu.RadioItemIndicator>
                    </span>
                    {item.label}
                  </BaseMenu.RadioItem>
                ))}
              </BaseMenu.RadioGroup>
            ) : (
              items.map((item) => (
                <BaseMenu.Item key={item.label} className={styles.item} onClick={item.onSelect}>
                  {item.label}
                </BaseMenu.Item>
              ))
            )}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}
