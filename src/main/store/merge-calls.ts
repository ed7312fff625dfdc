// Two calls that turn out to be one: everything of the one goes to the other, and its id becomes an alias.
import type { ChangeLog } from './changes.ts';
import type { Database, SqlValue } from './database.ts';
import { identitiesOf } from './identity.ts';
import { eventColumns, type StoredEventRow, toEvents, twinKey } from './rows.ts';

export interface MergeCalls {
  /** Gives all that `loser` has to `callId`, but for its row, which goes. */
  merge(loser: string, callId: string, log: ChangeLog): void;
}

export function createMergeCalls(
  db: Database,
  recordingIdOf: (providerId: string, providerRecordingId: string) => string,
): MergeCalls {
  const selectEvents = db.prepare<SqlValue[], StoredEventRow>(
    `SELECT ${eventColumns} FROM events WHERE callId = ? ORDER BY seq`,
  );
  const hasEvent = db.prepare<SqlValue[], number>('SELECT 1 FROM events WHERE callId = ? AND eventKey = ?');
  const renameEvent = db.prepare('UPDATE events SET eventKey = ? WHERE seq = ?');
  const moveKey = db.prepare(
    'UPDATE callKeys SET callId = ? WHERE providerId = ? AND kind = ? AND value = ? AND callId = ?',
  );
  const moveRecording = db.prepare('UPDATE recordings SET callId = ? WHERE recordingId = ? AND callId = ?');
  const renameTwins = db.prepare(
    `UPDATE deliveries SET dedupeKey = dedupeKey || ':' || seq WHERE callId = @loser AND EXISTS (
       SELECT 1 FROM deliveries AS twin WHERE twin.callId = @callId AND twin.providerId = deliveries.providerId
         AND twin.dedupeKey = deliveries.dedupeKey)`,
  );
  const moves = [
    db.prepare('UPDATE events SET callId = ? WHERE callId = ?'),
    db.prepare('UPDATE deliveries SET callId = ? WHERE callId = ?'),
    db.prepare('UPDATE jobs SET callId = ? WHERE callId = ?'),
    db.prepare('UPDATE callAliases SET intoCallId = ? WHERE intoCallId = ?'),
    db.prepare('INSERT INTO callAliases (intoCallId, callId) VALUES (?, ?)'),
  ];
  const deleteCall = db.prepare('DELETE FROM calls WHERE callId = ?');

  return {
    merge(loser, callId, log) {
      const recordingIds = new Set<string>();
      for (const row of selectEvents.all(loser)) {
        for (const event of toEvents(row)) {
          for (const { providerId, kind, value, isRecording } of identitiesOf(event)) {
            if (isRecording) recordingIds.add(recordingIdOf(providerId, value));
            else moveKey.run(callId, providerId, kind, value, loser);
          }
        }
        // Told once from here on. The row stays: its ids are the call's, and a match may be undone.
        if (hasEvent.get(callId, row.eventKey) !== undefined) renameEvent.run(twinKey(row), row.seq);
      }
      // At once and not with the rows: the next event may know its call by one of these alone.
      for (const recordingId of recordingIds) {
        if (moveRecording.run(callId, recordingId, loser).changes === 1) log.note('recording', recordingId);
      }
      // Both stay on record; the next repeat is counted to the other one.
      renameTwins.run({ loser, callId });
      for (const move of moves) move.run(callId, loser);
      deleteCall.run(loser);
      log.noteMerge(loser, callId);
    },
  };
}
