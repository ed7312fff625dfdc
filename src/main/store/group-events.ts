// Which events belong together, from the events alone: every id that two events share makes them one call, and so
// does a match that nobody has undone.
import { survivingCallId } from '../domain/call.ts';
import type { Database } from './database.ts';
import { createDisjointSets, type DisjointSets } from './disjoint-sets.ts';
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

interface GroupedRow {
  seq: number;
  callId: string;
  node: number;
  minted: string | null;
  placed: string | null;
}

interface Names {
  minted: Set<string>;
  placed: Set<string>;
  live: Set<string>;
  rows: { seq: number; callId: string }[];
}

/** Takes the rows of the journal, or of one call, in the order in which they were stored, then says what they make. */
export interface Grouping {
  add(row: StoredEventRow): void;
  /** @param undone keys of matches that are to count as undone beside those of which a row says so */
  finish(undone?: readonly string[]): GroupedJournal;
}

/** Reads the whole journal once. Holds ids and positions in memory, not the events. */
export function groupEvents(db: Database): GroupedJournal {
  const grouping = createGrouping();
  const select = db.prepare<[], StoredEventRow>(`SELECT ${eventColumns} FROM events ORDER BY seq`);
  for (const row of select.iterate()) grouping.add(row);
  return grouping.finish();
}

export function createGrouping(): Grouping {
  const sets = createDisjointSets();
  const keys = new Map<string, { key: Identity; node: number }>();
  const rows: GroupedRow[] = [];
  const matches: { eventKey: string; names: string[] }[] = [];
  const unmatched = new Set<string>();
  let events = 0;

  const nodeOf = (key: Identity): number => {
    const text = identityText(key);
    const known = keys.get(text);
    if (known !== undefined) return known.node;
    const node = sets.add();
    keys.set(text, { key, node });
    return node;
  };
  const joinMatches = (undone: ReadonlySet<string>): void => {
    for (const { eventKey, names } of matches) {
      if (undone.has(eventKey)) continue;
      const nodes = names.map((name) => keys.get(name)?.node).filter((node) => node !== undefined);
      if (nodes.length > 0) nodes.reduce(sets.join);
    }
  };

  return {
    add(row) {
      const told = toEvents(row);
      events += told.length;
      const identities = told.flatMap(identitiesOf);
      const match = told.find(({ kind }) => kind === 'call.matched');
      if (match !== undefined)
        matches.push({ eventKey: match.eventKey, names: identities.map(identityText) });
      // A match may be undone by what comes later. It lies with the call that it names first, joined or not.
      const node = (match === undefined ? identities : identities.slice(0, 1)).map(nodeOf).reduce(sets.join);
      let minted: string | null = null;
      let placed: string | null = null;
      for (const event of told) {
        if (event.kind === 'call.minted') minted = event.data.callId;
        if (event.kind === 'call.placed') placed = event.data.callId;
        if (event.kind === 'call.unmatched') unmatched.add(event.data.matchEventKey);
      }
      rows.push({ seq: row.seq, callId: row.callId, node, minted, placed });
    },
    finish(undone = []) {
      joinMatches(new Set([...unmatched, ...undone]));
      const callIdOf = new Map<number, string>();
      const groups = [...namesByRoot(rows, sets)].map(([root, names]) => {
        const group = toGroup(names);
        callIdOf.set(root, group.callId);
        return group;
      });
      const named = [...keys].filter(([, { key }]) => !key.isRecording);
      return {
        events,
        groups,
        keys: new Map(
          named.map(([text, { key, node }]) => [
            text,
            { key, callId: callIdOf.get(sets.rootOf(node)) ?? '' },
          ]),
        ),
      };
    },
  };
}

function namesByRoot(rows: readonly GroupedRow[], sets: DisjointSets): Map<number, Names> {
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
  return byRoot;
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
