// The one registry of shortcuts: the key handler, the cheat sheet and tooltips read it, a test refuses duplicates.

export type CommandId =
  | 'search'
  | 'search-one-key'
  | 'go-live'
  | 'go-calls'
  | 'go-queue'
  | 'go-checks'
  | 'help'
  | 'close'
  | 'row-next'
  | 'row-previous'
  | 'row-first'
  | 'row-last'
  | 'page-down'
  | 'page-up'
  | 'row-open'
  | 'play'
  | 'back'
  | 'forward'
  | 'back-far'
  | 'forward-far'
  | 'slower'
  | 'faster'
  | 'side'
  | 'call-previous'
  | 'call-next';

export type CommandGroup = 'Everywhere' | 'Lists' | 'Playing';

export interface Command {
  id: CommandId;
  label: string;
  group: CommandGroup;
  /** In tinykeys' syntax; `$mod` is Ctrl, or Cmd on a Mac. */
  keys: readonly string[];
  /** As people read it. */
  shown: readonly string[];
  /** `list`: only while the list has the focus. `all`: anywhere but in text fields. `always`: in fields, too. */
  where: 'list' | 'all' | 'always';
}

export const commands: readonly Command[] = [
  command('search', 'Search calls', 'Everywhere', 'always', ['$mod+k', '$mod+f'], ['Ctrl K', 'Ctrl F']),
  command('search-one-key', 'Search, with one key', 'Everywhere', 'all', ['/'], ['/']),
  command('go-live', 'Live', 'Everywhere', 'all', ['g l'], ['G then L']),
  command('go-calls', 'Call log', 'Everywhere', 'all', ['g c'], ['G then C']),
  command('go-queue', 'To call', 'Everywhere', 'all', ['g q'], ['G then Q']),
  command('go-checks', 'Checks', 'Everywhere', 'all', ['g p'], ['G then P']),
  command('help', 'Shortcuts', 'Everywhere', 'all', ['[Shift]+?', 'F1'], ['?', 'F1']),
  command('close', 'Close, then clear the filter', 'Everywhere', 'always', ['Escape'], ['Esc']),
  command('row-next', 'Next call', 'Lists', 'list', ['ArrowDown', 'j'], ['Down', 'J']),
  command('row-previous', 'Previous call', 'Lists', 'list', ['ArrowUp', 'k'], ['Up', 'K']),
  command('row-first', 'First call', 'Lists', 'list', ['Home'], ['Home']),
  command('row-last', 'Last call', 'Lists', 'list', ['End'], ['End']),
  command('page-down', 'A page down', 'Lists', 'list', ['PageDown'], ['PgDn']),
  command('page-up', 'A page up', 'Lists', 'list', ['PageUp'], ['PgUp']),
  command('row-open', 'Open; again: go to the details', 'Lists', 'list', ['Enter'], ['Enter']),
  command('play', 'Play or pause', 'Playing', 'all', ['Space'], ['Space']),
  command('back', 'Back 5 seconds', 'Playing', 'all', ['BracketLeft'], ['[']),
  command('forward', 'Forward 5 seconds', 'Playing', 'all', ['BracketRight'], [']']),
  command('back-far', 'Back 30 seconds', 'Playing', 'all', ['Shift+BracketLeft'], ['Shift [']),
  command('forward-far', 'Forward 30 seconds', 'Playing', 'all', ['Shift+BracketRight'], ['Shift ]']),
  command('slower', 'Slower', 'Playing', 'all', ['-'], ['-']),
  command('faster', 'Faster', 'Playing', 'all', ['='], ['=']),
  command('side', 'Both, Clinic, Caller', 'Playing', 'all', ['v'], ['V']),
  command('call-previous', 'Play the call above', 'Playing', 'all', ['Alt+ArrowUp'], ['Alt Up']),
  command('call-next', 'Play the call below', 'Playing', 'all', ['Alt+ArrowDown'], ['Alt Down']),
];

/** The keys of a command as people read them, for tooltips. */
export function shownKeys(id: CommandId): string {
  return commands.find((command) => command.id === id)?.shown[0] ?? '';
}

function command(
  id: CommandId,
  label: string,
  group: CommandGroup,
  where: Command['where'],
  keys: readonly string[],
  shown: readonly string[],
): Command {
  return { id, label, group, where, keys, shown };
}
