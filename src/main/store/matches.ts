// What a person, or a rule that the user switched on, says of two calls being one: journaled like every other fact,
// and taken back by one more.
import { AppError } from '../domain/errors.ts';
import type { Clock } from '../domain/clock.ts';
import type { CallKey, DomainEvent } from '../domain/provider-event.ts';
import type { CallRow } from '../domain/call.ts';
import type { ChangeLog } from './changes.ts';
import type { Database, SqlValue } from './database.ts';
import type { Journal } from './journal.ts';
import { eventColumns, type StoredEventRow, toEvents } from './rows.ts';
import { keyOf, type SplitCalls } from './split-calls.ts';

export interface Matches {
  /** Errors: not_found, conflict (the same call already). */
  match(
    callId: string,
    withCallId: string,
    by: 'person' | 'auto_unique',
    log: ChangeLog,
  ): { callId: string; matchEventKey: string };
  /** @returns the calls that there are now. Errors: not_found, conflict (already undone). */
  unmatch(callId: string, matchEventKey: string, log: ChangeLog): string[];
}

export interface MatchesDeps {
  clock: Clock;
  newId: (prefix: string, nowMs: number) => string;
  journal: Journal;
  splitCalls: SplitCalls;
  /** Resolves merged ids. */
  getRow: (callId: string) => CallRow | null;
}

export function createMatches(db: Database, deps: MatchesDeps): Matches {
  const { clock, newId, journal, splitCalls, getRow } = deps;
  // Where our id was given to the call: of all its parts the one that keeps it.
  const selectNaming = db.prepare<Record<string, SqlValue>, StoredEventRow>(
    `SELECT ${eventColumns} FROM events WHERE callId = @callId ORDER BY mintedCallId = @callId DESC, seq LIMIT 1`,
  );
  const selectMatching = db.prepare<SqlValue[], StoredEventRow>(
    `SELECT ${eventColumns} FROM events WHERE callId = ? AND kind IN ('call.matched', 'call.unmatched')`,
  );

  const existing = (callId: string): CallRow => {
    const row = getRow(callId);
    if (row === null) throw new AppError('not_found', 'There is no such call.');
    return row;
  };
  const ownEvent = (eventKey: string, keys: CallKey[]) => ({
    eventKey,
    providerId: 'tapedeck',
    occurredAtMs: clock.now(),
    sequence: 0,
    keys,
  });

  return {
    match(callId, withCallId, by, log) {
      const ids = [existing(callId).callId, existing(withCallId).callId];
      if (ids[0] === ids[1]) throw new AppError('conflict', 'These two are the same call already.');
      const matchEventKey = `match:${newId('mat', clock.now())}`;
      const keys = ids.map((id) => keyOf(selectNaming.all({ callId: id })));
      const event: DomainEvent = { ...ownEvent(matchEventKey, keys), kind: 'call.matched', data: { by } };
      const survivor = journal.addEvents([event], by === 'person' ? 'user' : 'job', log);
      if (survivor === null) throw new TypeError('a match without a call');
      return { callId: survivor, matchEventKey };
    },
    unmatch(callId, matchEventKey, log) {
      const call = existing(callId);
      const said = selectMatching.all(call.callId).flatMap(toEvents);
      const isUndone = said.some(
        (event) => event.kind === 'call.unmatched' && event.data.matchEventKey === matchEventKey,
      );
      if (isUndone) throw new AppError('conflict', 'This match was undone before.');
      if (!said.some(({ kind, eventKey }) => kind === 'call.matched' && eventKey === matchEventKey)) {
        throw new AppError('not_found', 'There is no such match of this call.');
      }
      const parts = splitCalls.split(call.callId, matchEventKey, log);
      for (const { key } of parts) {
        const event: DomainEvent = {
          ...ownEvent(`un${matchEventKey}`, [key]),
          kind: 'call.unmatched',
          data: { matchEventKey },
        };
        journal.addEvents([event], 'user', log);
      }
      return parts.map((part) => part.callId).sort();
    },
  };
}
