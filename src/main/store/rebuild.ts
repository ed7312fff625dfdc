// Folds the whole journal again beside the live rows and compares them, one by one; mends what differs when asked.
import { isDeepStrictEqual } from 'node:util';
import { foldCall } from '../domain/call.ts';
import type { ChangeLog } from './changes.ts';
import type { Database, SqlValue } from './database.ts';
import { type EventGroup, groupEvents, type GroupedJournal } from './group-events.ts';
import { identityText } from './identity.ts';
import type { Projection } from './projection.ts';
import {
  eventColumns,
  type StoredCall,
  type StoredEventRow,
  type StoredRecording,
  toCall,
  toEvents,
  toRecording,
} from './rows.ts';

export interface Comparison {
  events: number;
  calls: number;
  recordings: number;
  /** Rows that are wrong, missing or too many. */
  differences: number;
}

/** Where differences are mended; must be inside a transaction of the connection that writes. */
export interface Mend {
  projection: Projection;
  log: ChangeLog;
}

/**
 * Compares calls, recordings, ids and merged ids with what the journal says, on one snapshot.
 * @param mend null only counts
 */
export function compareWithJournal(
  db: Database,
  recordingIdOf: (providerId: string, providerRecordingId: string) => string,
  mend: Mend | null = null,
): Comparison {
  const compare = db.transaction((): Comparison => {
    const journal = groupEvents(db);
    const rows = compareRows(db, recordingIdOf, journal.groups, mend);
    const differences = rows.differences + compareKeys(db, journal, mend) + compareAliases(db, journal, mend);
    return { events: journal.events, calls: journal.groups.length, recordings: rows.recordings, differences };
  });
  return compare.deferred();
}

function compareRows(
  db: Database,
  recordingIdOf: (providerId: string, providerRecordingId: string) => string,
  groups: readonly EventGroup[],
  mend: Mend | null,
): { recordings: number; differences: number } {
  const selectEvent = db.prepare<SqlValue[], StoredEventRow>(
    `SELECT ${eventColumns} FROM events WHERE seq = ?`,
  );
  const selectCall = db.prepare<SqlValue[], StoredCall>('SELECT * FROM calls WHERE callId = ?');
  const selectRecording = db.prepare<SqlValue[], StoredRecording>(
    'SELECT * FROM recordings WHERE recordingId = ?',
  );
  const extraCalls = idsOf(db, 'SELECT callId FROM calls');
  const extraRecordings = idsOf(db, 'SELECT recordingId FROM recordings');
  const moveEvent = mend && db.prepare('UPDATE events SET callId = ? WHERE seq = ?');
  let differences = 0;
  let recordingCount = 0;
  for (const { callId, seqs, strays } of groups) {
    const events = seqs.map((seq) => selectEvent.get(seq)).filter((row) => row !== undefined);
    const { call, recordings } = foldCall(callId, events.flatMap(toEvents), recordingIdOf);
    differences += strays.length;
    for (const seq of strays) moveEvent?.run(callId, seq);
    extraCalls.delete(callId);
    const live = selectCall.get(callId);
    if (live === undefined || !isDeepStrictEqual(toCall(live), call)) {
      differences += 1;
      mend?.projection.writeCall(call);
      mend?.log.note('call', callId);
    }
    for (const recording of recordings) {
      recordingCount += 1;
      extraRecordings.delete(recording.recordingId);
      const stored = selectRecording.get(recording.recordingId);
      if (stored !== undefined && isDeepStrictEqual(toRecording(stored), recording)) continue;
      differences += 1;
      mend?.projection.writeRecording(recording);
      mend?.log.note('recording', recording.recordingId);
    }
  }
  if (mend !== null) {
    removeAll(db, 'DELETE FROM calls WHERE callId = ?', extraCalls);
    removeAll(db, 'DELETE FROM recordings WHERE recordingId = ?', extraRecordings);
    // Jobs are found through the call of their recording, which may have become another one.
    db.exec(`UPDATE OR IGNORE jobs SET callId = recordings.callId FROM recordings
      WHERE recordings.recordingId = jobs.dedupe AND recordings.callId <> jobs.callId`);
  }
  return {
    recordings: recordingCount,
    differences: differences + extraCalls.size + extraRecordings.size,
  };
}

function compareKeys(db: Database, { keys }: GroupedJournal, mend: Mend | null): number {
  interface Row {
    providerId: string;
    kind: string;
    value: string;
    callId: string;
  }
  const live = db.prepare<[], Row>('SELECT providerId, kind, value, callId FROM callKeys').all();
  const wrong = live.filter((row) => keys.get(identityText(row))?.callId !== row.callId);
  const present = new Set(live.map(identityText));
  const missing = [...keys].filter(([text]) => !present.has(text)).map(([, entry]) => entry);
  if (mend !== null) {
    const remove = db.prepare('DELETE FROM callKeys WHERE providerId = ? AND kind = ? AND value = ?');
    const insert = db.prepare('INSERT INTO callKeys (providerId, kind, value, callId) VALUES (?, ?, ?, ?)');
    for (const { providerId, kind, value } of wrong) remove.run(providerId, kind, value);
    const again = wrong.map((row) => keys.get(identityText(row))).filter((entry) => entry !== undefined);
    for (const { key, callId } of [...again, ...missing]) {
      insert.run(key.providerId, key.kind, key.value, callId);
    }
  }
  return wrong.length + missing.length;
}

function compareAliases(db: Database, { groups }: GroupedJournal, mend: Mend | null): number {
  const expected = new Map(
    groups.flatMap(({ callId, aliases }) => aliases.map((alias) => [alias, callId] as const)),
  );
  const live = new Map(
    db
      .prepare<[], { callId: string; intoCallId: string }>('SELECT callId, intoCallId FROM callAliases')
      .all()
      .map(({ callId, intoCallId }) => [callId, intoCallId]),
  );
  const extra = new Set([...live.keys()].filter((alias) => !expected.has(alias)));
  const wrong = [...expected].filter(([alias, callId]) => live.get(alias) !== callId);
  if (mend !== null) {
    removeAll(db, 'DELETE FROM callAliases WHERE callId = ?', extra);
    const write = db.prepare(
      `INSERT INTO callAliases (callId, intoCallId) VALUES (?, ?)
       ON CONFLICT (callId) DO UPDATE SET intoCallId = excluded.intoCallId`,
    );
    for (const [alias, callId] of wrong) write.run(alias, callId);
  }
  return extra.size + wrong.length;
}

function idsOf(db: Database, sql: string): Set<string> {
  return new Set(db.prepare<[], string>(sql).pluck().all());
}

function removeAll(db: Database, sql: string, ids: ReadonlySet<string>): void {
  const remove = db.prepare(sql);
  for (const id of ids) remove.run(id);
}
