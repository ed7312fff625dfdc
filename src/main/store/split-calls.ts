// A match that is undone: the call is taken apart along its exact ids, and each part gets back the id that it had.
import type { CallKey } from '../domain/provider-event.ts';
import type { ChangeLog } from './changes.ts';
import type { Database, SqlValue } from './database.ts';
import { createGrouping, type EventGroup, type GroupedJournal } from './group-events.ts';
import { identitiesOf } from './identity.ts';
import type { Projection } from './projection.ts';
import { eventColumns, keyOfTwin, type StoredEventRow, toEvents } from './rows.ts';

export interface CallPart {
  callId: string;
  /** An exact id that this part has, whatever is matched or undone later. */
  key: CallKey;
}

export interface SplitCalls {
  /** @returns what the call is without the match: itself, and those that were a part of it */
  split(callId: string, matchEventKey: string, log: ChangeLog): CallPart[];
}

interface Row extends StoredEventRow {
  deliverySeq: number | null;
}

export function createSplitCalls(db: Database, projection: Projection): SplitCalls {
  const selectEvents = db.prepare<SqlValue[], Row>(
    `SELECT ${eventColumns}, deliverySeq FROM events WHERE callId = ? ORDER BY seq`,
  );
  const moveEvent = db.prepare('UPDATE events SET callId = ? WHERE seq = ?');
  const hasEvent = db.prepare('SELECT 1 FROM events WHERE callId = ? AND eventKey = ?');
  const renameEvent = db.prepare('UPDATE events SET eventKey = ? WHERE seq = ?');
  const moveDelivery = db.prepare('UPDATE deliveries SET callId = ? WHERE seq = ? AND callId = ?');
  const moveKey = db.prepare(
    'UPDATE callKeys SET callId = ? WHERE providerId = ? AND kind = ? AND value = ?',
  );
  const forgetAlias = db.prepare('DELETE FROM callAliases WHERE callId = ?');
  const moveAlias = db.prepare('UPDATE callAliases SET intoCallId = ? WHERE callId = ?');
  const moveJobs = db.prepare(
    `UPDATE jobs SET callId = recordings.callId FROM recordings
     WHERE jobs.callId = ? AND recordings.recordingId = jobs.dedupe AND recordings.callId <> jobs.callId`,
  );

  const moveEvents = (rows: readonly Row[], partOf: ReadonlyMap<number, string>): void => {
    for (const { seq, callId } of rows) {
      const part = partOf.get(seq) ?? callId;
      if (part !== callId) moveEvent.run(part, seq);
    }
    // A fact that was there twice is in two calls again, each its only telling.
    for (const row of rows) {
      const eventKey = keyOfTwin(row);
      if (eventKey === null || hasEvent.get(partOf.get(row.seq) ?? row.callId, eventKey) !== undefined)
        continue;
      renameEvent.run(eventKey, row.seq);
    }
  };

  /** A delivery lies with its first event. */
  const moveDeliveries = (
    callId: string,
    rows: readonly Row[],
    partOf: ReadonlyMap<number, string>,
  ): void => {
    const seen = new Set<number>();
    for (const { seq, deliverySeq } of rows) {
      if (deliverySeq === null || seen.has(deliverySeq)) continue;
      seen.add(deliverySeq);
      const part = partOf.get(seq) ?? callId;
      if (part !== callId) moveDelivery.run(part, deliverySeq, callId);
    }
  };

  const moveNames = (callId: string, { groups, keys }: GroupedJournal): void => {
    for (const { key, callId: part } of keys.values()) {
      if (part !== callId) moveKey.run(part, key.providerId, key.kind, key.value);
    }
    for (const group of groups) {
      if (group.callId === callId) continue;
      forgetAlias.run(group.callId);
      for (const alias of group.aliases) moveAlias.run(group.callId, alias);
    }
  };

  return {
    split(callId, matchEventKey, log) {
      const rows = selectEvents.all(callId);
      const grouping = createGrouping();
      for (const row of rows) grouping.add(row);
      const parts = grouping.finish([matchEventKey]);
      if (parts.groups.length > 1) {
        const partOf = new Map(parts.groups.flatMap((group) => group.seqs.map((seq) => [seq, group.callId])));
        moveEvents(rows, partOf);
        moveDeliveries(callId, rows, partOf);
        moveNames(callId, parts);
        for (const group of parts.groups) {
          projection.refresh(group.callId, null, log);
          log.note('call', group.callId);
        }
        moveJobs.run(callId);
      }
      return parts.groups.map((group) => ({ callId: group.callId, key: firstKey(group, rows) }));
    },
  };
}

function firstKey({ seqs }: EventGroup, rows: readonly Row[]): CallKey {
  const first = rows.find(({ seq }) => seq === seqs[0]);
  return keyOf(first === undefined ? [] : [first]);
}

/**
 * An exact id of a call by which it can be found for ever: its first event has none that came by a match.
 * @param rows of the call, in the order in which they were stored
 */
export function keyOf(rows: readonly StoredEventRow[]): CallKey {
  const [event] = rows.slice(0, 1).flatMap(toEvents);
  const [identity] = event === undefined ? [] : identitiesOf(event);
  if (identity === undefined) throw new TypeError('a call without events has no ids');
  const { providerId, kind, value } = identity;
  return { providerId, kind, value };
}
