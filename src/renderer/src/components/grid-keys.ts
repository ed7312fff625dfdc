// How keys move through the grid. Pure, so that every key can be tested without a screen.
import { commands, type CommandId } from '../commands.ts';

export type GridMove = 'next' | 'previous' | 'first' | 'last' | 'page-down' | 'page-up' | 'open';

const moves: Partial<Record<CommandId, GridMove>> = {
  'row-next': 'next',
  'row-previous': 'previous',
  'row-first': 'first',
  'row-last': 'last',
  'page-down': 'page-down',
  'page-up': 'page-up',
  'row-open': 'open',
};

const byKey = new Map(
  commands.flatMap(({ id, keys, where }) => {
    const move = where === 'list' ? moves[id] : undefined;
    return move === undefined ? [] : keys.map((key): [string, GridMove] => [key.toLowerCase(), move]);
  }),
);

/** @returns what a key press means in the grid, or null for keys that are not the grid's */
export function gridMove(press: {
  key: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}): GridMove | null {
  if (press.altKey || press.ctrlKey || press.metaKey) return null;
  return byKey.get(press.key.toLowerCase()) ?? null;
}

/**
 * The row that a move leads to.
 * @param index the active row among `count`, or -1 while there is none: then the first move lands on the first row
 * @param pageRows how many rows fit on the screen
 */
export function movedIndex(
  move: Exclude<GridMove, 'open'>,
  index: number,
  count: number,
  pageRows: number,
): number {
  if (count === 0) return -1;
  if (index < 0 && move !== 'last') return 0;
  const to = {
    next: index + 1,
    previous: index - 1,
    first: 0,
    last: count - 1,
    'page-down': index + Math.max(1, pageRows - 1),
    'page-up': index - Math.max(1, pageRows - 1),
  }[move];
  return Math.min(Math.max(0, to), count - 1);
}
