// Which events belong together, from the events alone: every id that two events share makes them one call.
import { survivingCallId } from '../domain/call.ts';
import type { Database } from './database.ts';
import { identitiesOf, type Identity, identityText } from './identity.ts';
import { eventColumns, type StoredEventRow, toEvents } from './rows.ts';

/** All events of one call. */
export interface EventGroup {
  callId: string;
  /** Ids that it was given before it was known to be one call. */
  aliases: string[];
  seqs: number[];
  /** Of these events, those that the live table counts to another call. */
  strays: number[];
}

export interface GroupedJournal {
  events: number;
  groups: EventGroup[];
  /** Every exact id that `callKeys` remembers, and the call that it names. */
  keys: Map<string, { key: Identity; callId: string }>;
}

interface Names {
  minted: Set<string>;
  placed: Set<string>;
  live: Set<string>;
  rows: { seq: number; callId: string }[];
}

/** Reads the whole journal once. Holds ids and positions in memory, not the events. */
export function groupEvents(db: Database): GroupedJournal {
  const sets = createSets();
  const keys = new Map<string, { key: Identity; node: number }>();
  const rows: { seq: number; callId: string; node: number; minted: string | null; placed: string | null }[] =
    [];
  const select = db.prepare<[], StoredEventRow>(`SELECT ${eventColumns} FROM events ORDER BY seq`);
  let events = 0;
  for (const row of select.iterate()) {
    const told = toEvents(row);
    events += told.length;
    const nodes = told.flatMap(identitiesOf).map((key) => {
      const text = identityText(key);
      const known = keys.get(text);
      if (known !== undefined) return known.node;
      const node = sets.add();
      keys.set(text, { key, node });
      return node;
    });
    const node = nodes.reduce((a, b) => sets.join(a, b));
    const minted = told.flatMap((event) => (event.kind === 'call.minted' ? [event.data.callId] : []));
    const placed = told.flatMap((event) => (event.kind === 'call.placed' ? [event.data.callId] : []));
    rows.push({ seq: row.seq, callId: row.callId, node, minted: minted[0] ?? null, placed: placed[0] ?? null });
  }

  const byRoot = new Map<number, Names>();
  for (const { seq, callId, node, minted, placed } of rows) {
    const root = sets.rootOf(node);
    let names = byRoot.get(root);
    if (names === undefined) {
      byRoot.set(root, (names = { minted: new Set(), placed: new Set(), live: new Set(), rows: [] }));
    }
    if (minted !== null) names.minted.add(minted);
    if (placed !== null) names.placed.add(placed);
    names.live.add(callId);
    names.rows.push({ seq, callId });
  }
  const callIdOf = new Map<number, string>();
  const groups = [...byRoot].map(([root, names]) => {
    const group = toGroup(names);
    callIdOf.set(root, group.callId);
    return group;
  });
  return {
    events,
    groups,
    keys: new Map(
      [...keys]
        .filter(([, { key }]) => !key.isRecording)
        .map(([text, { key, node }]) => [text, { key, callId: callIdOf.get(sets.rootOf(node)) ?? '' }]),
    ),
  };
}

function toGroup({ minted, placed, live, rows }: Names): EventGroup {
  // Every group has a minted id; where a damaged journal lost it, the live one is the best there is.
  const callIds = [...(minted.size > 0 ? minted : live)];
  const callId = survivingCallId(callIds, (id) => placed.has(id));
  return {
    callId,
    aliases: callIds.filter((id) => id !== callId),
    seqs: rows.map(({ seq }) => seq),
    strays: rows.filter((row) => row.callId !== callId).map(({ seq }) => seq),
  };
}

/** Disjoint sets of numbered nodes (union-find with path halving). */
function createSets(): { add(): number; rootOf(node: number): number; join(a: number, b: number): number } {
  const parents: number[] = [];
  const parentOf = (node: number): number => parents[node] ?? node;
  const rootOf = (node: number): number => {
    let at = node;
    while (parentOf(at) !== at) {
      parents[at] = parentOf(parentOf(at));
      at = parentOf(at);
    }
    return at;
  };
  return {
    rootOf,
    add: () => parents.push(parents.length) - 1,
    join(a, b) {
      const [rootA, rootB] = [rootOf(a), rootOf(b)];
      parents[rootB] = rootA;
      return rootA;
    },
  };
}
