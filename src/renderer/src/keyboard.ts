// Binds the registry's keys to the store. Keys of the list are the grid's own (components/grid-keys.ts).
import { tinykeys } from 'tinykeys';
import { type Command, type CommandId, commands } from './commands.ts';
import type { AppState, AppStore } from './state/store.ts';

const nearMs = 5_000;
const farMs = 30_000;

/** @returns a function that unbinds them */
export function bindCommands(store: AppStore, target: Window): () => void {
  const run = actions(() => store.getState());
  const bound = commands.flatMap((command) => {
    const action = run[command.id];
    return action === undefined ? [] : command.keys.map((key) => ({ command, key, action }));
  });
  return tinykeys(
    target,
    Object.fromEntries(
      bound.map(({ command, key, action }) => [
        key,
        (event: KeyboardEvent) => {
          if (!isMeant(command, event)) return;
          event.preventDefault();
          action();
        },
      ]),
    ),
    { ignore: () => false },
  );
}

/** Single letters never fire in text fields, Space never on what it would press. */
function isMeant(command: Command, event: KeyboardEvent): boolean {
  const { target } = event;
  if (event.defaultPrevented || event.isComposing || !(target instanceof Element)) return false;
  // An open dialog or menu has the keyboard to itself.
  if (target.closest('[role="dialog"], [role="menu"]') !== null) return false;
  if (command.where === 'always') return true;
  if (target.closest('input, textarea, select, [contenteditable]') !== null) return false;
  return command.id !== 'play' || target.closest('button, a, [role="radio"]') === null;
}

function actions(get: () => AppState): Partial<Record<CommandId, () => void>> {
  return {
    search: focusSearch,
    'search-one-key': focusSearch,
    'go-live': () => get().go({ ...get().route, view: 'live', callId: null, atSeconds: null }),
    'go-calls': () => get().go({ ...get().route, view: 'calls', callId: null, atSeconds: null }),
    'go-checks': () => get().go({ ...get().route, view: 'polling', callId: null, atSeconds: null }),
    'go-queue': () => get().go({ ...get().route, view: 'queue', callId: null, atSeconds: null }),
    help: () => get().setHelpOpen(true),
    close: () => closeOne(get()),
    play: () => void playOrPause(get()),
    back: () => get().seekBy(-nearMs),
    forward: () => get().seekBy(nearMs),
    'back-far': () => get().seekBy(-farMs),
    'forward-far': () => get().seekBy(farMs),
    slower: () => get().stepRate(-1),
    faster: () => get().stepRate(1),
    side: () => get().nextSide(),
    'call-previous': () => playNeighbour(get(), -1),
    'call-next': () => playNeighbour(get(), 1),
  };
}

function focusSearch(): void {
  const field = document.getElementById('search');
  if (!(field instanceof HTMLInputElement)) return;
  field.focus();
  field.select();
}

/** Detail first, then the search, then the filter. Popovers close themselves before this is asked. */
function closeOne({ route, go, search, setSearch }: AppState): void {
  if (route.callId !== null) {
    go({ ...route, callId: null, atSeconds: null });
    document.getElementById('call-grid')?.focus();
  } else if (search !== '') setSearch('');
  else if (route.show !== 'today') go({ ...route, show: 'today' });
}

async function playOrPause(state: AppState): Promise<void> {
  if (state.loaded !== null) {
    await state.togglePlay();
    return;
  }
  const call = state.callsById.get(state.route.callId ?? '');
  if (call?.recordingStatus !== 'stored' || call.mainRecordingId === null) return;
  const { callId, providerId, mainRecordingId } = call;
  await state.load({ recordingId: mainRecordingId, callId, providerId }, { play: true });
}

/** The nearest call above or below that can be played; nothing happens at the ends. */
function playNeighbour(state: AppState, step: 1 | -1): void {
  const ids = state.lists[state.listKey]?.ids ?? [];
  const from = ids.indexOf(state.loaded?.callId ?? state.route.callId ?? '');
  for (let index = from + step; index >= 0 && index < ids.length; index += step) {
    const call = state.callsById.get(ids[index] ?? '');
    if (call?.recordingStatus !== 'stored' || call.mainRecordingId === null) continue;
    const { callId, providerId, mainRecordingId } = call;
    void state.load({ recordingId: mainRecordingId, callId, providerId }, { play: true });
    if (state.route.view === 'calls') state.go({ ...state.route, callId, atSeconds: null }, 'replace');
    return;
  }
}
