// Calls that are to be placed, and calls that an unmatched one may belong to.
import type { CallRow } from '../domain/call.ts';
import type { CallKey } from '../domain/provider-event.ts';
import type { Database, SqlValue } from './database.ts';
import { recordingKind } from './identity.ts';
import { type StoredCall, toCall } from './rows.ts';

export interface Queue {
  /** The call that an exact id names; null when no call of ours has it. */
  findCallId(key: CallKey): string | null;
  list(): CallRow[];
  candidates(callId: string, limit: number): CallRow[];
}

/** How far the beginnings of two tellings of one call may lie apart: clocks differ, and a phone rings for a while. */
const aroundMs = 10 * 60_000;

export function createQueue(db: Database): Queue {
  const selectKey = db
    .prepare<SqlValue[], string>(
      'SELECT callId FROM callKeys WHERE providerId = ? AND kind = ? AND value = ?',
    )
    .pluck();
  const selectRecording = db
    .prepare<SqlValue[], string>(
      'SELECT callId FROM recordings WHERE providerId = ? AND providerRecordingId = ?',
    )
    .pluck();
  // The condition is that of the index callsToPlace, word for word, so that it is used.
  const selectQueue = db.prepare<[], StoredCall>(
    `SELECT * FROM calls WHERE kind IS NOT NULL
      AND (dialState IN ('waiting', 'dialing', 'unknown')
           OR (dialState = 'dialed' AND status IN ('queued', 'ringing', 'in_progress', 'unknown')))
      AND kind = 'priority-queue' ORDER BY priority DESC, startedAtMs, callId`,
  );
  const selectCall = db.prepare<SqlValue[], StoredCall>('SELECT * FROM calls WHERE callId = ?');
  const selectCandidates = db.prepare<Record<string, SqlValue>, StoredCall>(
    `SELECT * FROM calls
     WHERE startedAtMs BETWEEN @fromMs AND @toMs AND ifnull(endedAtMs, startedAtMs) >= @beginMs - ${aroundMs}
       AND callId <> @callId AND unmatched = 0
     ORDER BY ("from" IN (@from, @to) OR "to" IN (@from, @to)) DESC, abs(startedAtMs - @beginMs), callId
     LIMIT @limit`,
  );
  const longestCallMs = 12 * 3_600_000;

  return {
    findCallId: ({ providerId, kind, value }) =>
      (kind === recordingKind ? selectRecording.get(providerId, value) : undefined) ??
      selectKey.get(providerId, kind, value) ??
      null,
    list: () => selectQueue.all().map(toCall),
    candidates(callId, limit) {
      const call = selectCall.get(callId);
      if (call === undefined) return [];
      const endMs = call.endedAtMs ?? call.startedAtMs + (call.durationMs ?? 0);
      return selectCandidates
        .all({
          callId,
          from: call.from,
          to: call.to,
          beginMs: call.startedAtMs,
          fromMs: call.startedAtMs - longestCallMs,
          toMs: endMs + aroundMs,
          limit,
        })
        .map(toCall);
    },
  };
}
