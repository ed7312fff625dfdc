import { describe, expect, it } from 'vitest';
import { commands, shownKeys } from '../../../src/renderer/src/commands.ts';
import { gridMove, movedIndex } from '../../../src/renderer/src/components/grid-keys.ts';

const press = (key: string, change = {}) => ({
  key,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...change,
});

describe('shortcuts', () => {
  it('gives no key to two commands', () => {
    const keys = commands.flatMap((command) => command.keys.map((key) => key.toLowerCase()));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it('names every command once and shows its keys', () => {
    expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
    expect(new Set(commands.map(({ label }) => label)).size).toBe(commands.length);
    for (const command of commands) expect(command.shown.length).toBe(command.keys.length);
    expect(shownKeys('play')).toBe('Space');
  });
});

describe('grid keys', () => {
  it.each([
    ['ArrowDown', 'next'],
    ['j', 'next'],
    ['J', 'next'],
    ['k', 'previous'],
    ['ArrowUp', 'previous'],
    ['Home', 'first'],
    ['End', 'last'],
    ['PageDown', 'page-down'],
    ['PageUp', 'page-up'],
    ['Enter', 'open'],
  ])('takes %s as %s', (key, move) => expect(gridMove(press(key))).toBe(move));

  it('leaves other keys and keys with modifiers alone', () => {
    expect(gridMove(press('x'))).toBeNull();
    expect(gridMove(press('ArrowDown', { altKey: true }))).toBeNull();
    expect(gridMove(press('k', { ctrlKey: true }))).toBeNull();
  });

  it('moves by one, by a page and to the ends, and stops there', () => {
    expect(movedIndex('next', 3, 10, 5)).toBe(4);
    expect(movedIndex('next', 9, 10, 5)).toBe(9);
    expect(movedIndex('previous', 0, 10, 5)).toBe(0);
    expect(movedIndex('page-down', 2, 10, 5)).toBe(6);
    expect(movedIndex('page-up', 2, 10, 5)).toBe(0);
    expect(movedIndex('last', -1, 10, 5)).toBe(9);
    expect(movedIndex('first', 7, 10, 5)).toBe(0);
  });

  it('begins at the first row, and nowhere in an empty list', () => {
    expect(movedIndex('next', -1, 10, 5)).toBe(0);
    expect(movedIndex('last', -1, 0, 5)).toBe(-1);
  });
});
