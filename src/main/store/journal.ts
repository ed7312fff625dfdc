// The journal: deliveries and events go in, and the calls they belong to are found, made or joined.
import { hash } from 'node:crypto';
import type { DeliverySource } from '../../preload/contract/activity.ts';
import { survivingCallId } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import { type DomainEvent, placedEventKey } from '../domain/provider-event.ts';
import type { ChangeLog } from './changes.ts';
import type { Database, SqlValue } from './database.ts';
import { identitiesOf, type Identity, identityText, mintedEvent } from './identity.ts';
import type { Projection } from './projection.ts';
import type { NewDelivery, RecordedDelivery } from './store.ts';

export interface JournalDeps {
  clock: Clock;
  /** A new id that sorts by time. */
  newId: (prefix: string, nowMs: number) => string;
  recordingIdOf: (providerId: string, providerRecordingId: string) => string;
  projection: Projection;
}

export interface Journal {
  /** Jobs are not its business: the caller adds them unless it was a repeat. */
  addDelivery(delivery: NewDelivery, log: ChangeLog): RecordedDelivery;
  /** @returns the call of the first event, null when there was none */
  addEvents(events: readonly DomainEvent[], source: DeliverySource, log: ChangeLog): string | null;
}

/** What is known of an event's call before it is stored. */
interface Resolution {
  identities: Identity[];
  /** Call of each identity, null where none is known. */
  found: (string | null)[];
  /** The call it goes to: known, the surviving one of several, or newly named. */
  callId: string;
  isNew: boolean;
  /** Other calls that this event shows to be the same one. */
  losers: string[];
}

/** Calls that one step touches, with the events that it knows of them when it knows them all. */
type Touched = Map<string, DomainEvent[] | null>;

export function createJournal(db: Database, deps: JournalDeps): Journal {
  const { clock, newId, projection, recordingIdOf } = deps;
  const insertDelivery = db.prepare(
    `INSERT INTO deliveries (deliveryId, providerId, dedupeKey, receivedAtMs, source, verification, outcome, label,
       method, path, callId, sizeBytes, bodySha256)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (providerId, dedupeKey) DO NOTHING`,
  );
  const insertBody = db.prepare('INSERT INTO deliveryBodies (deliverySeq, headers, body) VALUES (?, ?, ?)');
  const countRepeat = db.prepare<SqlValue[], { deliveryId: string; callId: string | null }>(
    `UPDATE deliveries SET repeats = repeats + 1, lastRepeatAtMs = ? WHERE providerId = ? AND dedupeKey = ?
     RETURNING deliveryId, callId`,
  );
  const insertEvent = db.prepare(
    `INSERT INTO events (eventKey, kind, callId, providerId, occurredAtMs, sequence, keys, data, deliverySeq, source,
       recordedAtMs)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (callId, eventKey) DO NOTHING`,
  );
  const findRecording = db
    .prepare<SqlValue[], string>('SELECT callId FROM recordings WHERE recordingId = ?')
    .pluck();
  const findKey = db
    .prepare<SqlValue[], string>(
      'SELECT callId FROM callKeys WHERE providerId = ? AND kind = ? AND value = ?',
    )
    .pluck();
  const findPlaced = db.prepare('SELECT 1 FROM events WHERE callId = ? AND eventKey = ?').pluck();
  const selectOriginal = db.prepare<SqlValue[], { deliveryId: string; callId: string | null }>(
    'SELECT deliveryId, callId FROM deliveries WHERE providerId = ? AND dedupeKey = ?',
  );
  const insertKey = db.prepare('INSERT INTO callKeys (providerId, kind, value, callId) VALUES (?, ?, ?, ?)');
  const dropTwins = db.prepare(
    `DELETE FROM events WHERE callId = @loser AND eventKey IN (SELECT eventKey FROM events WHERE callId = @callId)`,
  );
  const moves = [
    db.prepare('UPDATE events SET callId = ? WHERE callId = ?'),
    db.prepare('UPDATE callKeys SET callId = ? WHERE callId = ?'),
    db.prepare('UPDATE deliveries SET callId = ? WHERE callId = ?'),
    db.prepare('UPDATE callAliases SET intoCallId = ? WHERE intoCallId = ?'),
    db.prepare('INSERT INTO callAliases (intoCallId, callId) VALUES (?, ?)'),
  ];
  const moveRecordings = db
    .prepare<SqlValue[], string>('UPDATE recordings SET callId = ? WHERE callId = ? RETURNING recordingId')
    .pluck();
  const deleteCall = db.prepare('DELETE FROM calls WHERE callId = ?');

  /** A placed call has its id before the journal hears of it. */
  const givenCallId = (event: DomainEvent): string =>
    event.kind === 'call.placed' ? event.data.callId : newId('call', clock.now());
  const isPlaced = (callId: string): boolean => findPlaced.get(callId, placedEventKey(callId)) !== undefined;

  const find = ({ providerId, kind, value, isRecording }: Identity): string | null =>
    (isRecording
      ? findRecording.get(recordingIdOf(providerId, value))
      : findKey.get(providerId, kind, value)) ?? null;

  const resolve = (event: DomainEvent, memo: Map<string, string>): Resolution => {
    const identities = identitiesOf(event);
    const found = identities.map((identity) =>
      memo.size === 0 ? find(identity) : (memo.get(identityText(identity)) ?? find(identity)),
    );
    const callIds = [...new Set(found.filter((callId) => callId !== null))];
    const isNew = callIds.length === 0;
    const callId = isNew ? givenCallId(event) : survivingCallId(callIds, isPlaced);
    return { identities, found, callId, isNew, losers: callIds.filter((id) => id !== callId) };
  };

  const merge = (callId: string, losers: readonly string[], touched: Touched, log: ChangeLog): void => {
    for (const loser of losers) {
      // The same fact under two calls: it can only be there when it came with other ids the second time.
      dropTwins.run({ callId, loser });
      for (const move of moves) move.run(callId, loser);
      // At once and not with the rows: the next event may know its call by one of these alone.
      for (const recordingId of moveRecordings.all(callId, loser)) log.note('recording', recordingId);
      deleteCall.run(loser);
      touched.delete(loser);
      log.noteMerge(loser, callId);
    }
    // What was known to be all events of the surviving call no longer is.
    if (losers.length > 0) touched.set(callId, null);
  };

  const store = (event: DomainEvent, callId: string, keys: string, seq: SqlValue, source: string): boolean =>
    insertEvent.run(
      event.eventKey,
      event.kind,
      callId,
      event.providerId,
      event.occurredAtMs,
      event.sequence,
      keys,
      JSON.stringify(event.data),
      seq,
      source,
      clock.now(),
    ).changes === 1;

  /** Stores events and the rows that follow. @returns the call of the first event */
  const file = (
    events: readonly DomainEvent[],
    first: Resolution,
    deliverySeq: SqlValue,
    source: DeliverySource,
    log: ChangeLog,
  ): string => {
    const touched: Touched = new Map();
    // What this step has learned of keys, so that the next event with the same ones need not ask again.
    const memo = new Map<string, string>();
    let firstCallId = first.callId;
    events.forEach((event, index) => {
      const { callId, identities, found, isNew, losers } = index === 0 ? first : resolve(event, memo);
      if (!store(event, callId, JSON.stringify(event.keys), deliverySeq, source)) return;
      if (isNew) {
        const minted = mintedEvent(callId, event, identities);
        store(minted, callId, JSON.stringify(minted.keys), deliverySeq, source);
        touched.set(callId, [event]);
      } else {
        const known = touched.get(callId);
        if (known === undefined) touched.set(callId, null);
        else known?.push(event);
      }
      merge(callId, losers, touched, log);
      for (const [text, known] of memo) if (losers.includes(known)) memo.set(text, callId);
      if (losers.includes(firstCallId)) firstCallId = callId;
      identities.forEach((identity, at) => {
        const { providerId, kind, value, isRecording } = identity;
        if (found[at] === null && !isRecording) insertKey.run(providerId, kind, value, callId);
        if (events.length > 1) memo.set(identityText(identity), callId);
      });
    });
    for (const [callId, known] of touched) projection.refresh(callId, known, log);
    return firstCallId;
  };

  return {
    addDelivery(delivery, log) {
      const first = delivery.events[0];
      const resolution = first === undefined ? null : resolve(first, new Map());
      const inserted = insertDelivery.run(
        delivery.deliveryId,
        delivery.providerId,
        delivery.dedupeKey,
        delivery.receivedAtMs,
        delivery.source,
        delivery.verification,
        delivery.outcome,
        delivery.label,
        delivery.method,
        delivery.path,
        resolution?.callId ?? null,
        delivery.body.byteLength,
        hash('sha256', delivery.body, 'hex'),
      );
      if (inserted.changes === 0 && delivery.source !== 'webhook') {
        // What we asked for and found unchanged is no news: nothing is written.
        const original = selectOriginal.get(delivery.providerId, delivery.dedupeKey);
        if (original !== undefined) return { ...original, repeat: true };
      }
      if (inserted.changes === 0) {
        const original = countRepeat.get(delivery.receivedAtMs, delivery.providerId, delivery.dedupeKey);
        if (original === undefined) throw new Error('a repeat without its original');
        log.note('delivery', original.deliveryId);
        return { ...original, repeat: true };
      }
      const seq = Number(inserted.lastInsertRowid);
      insertBody.run(
        seq,
        JSON.stringify(delivery.headers.map(({ name, value }) => [name, value])),
        delivery.body,
      );
      log.note('delivery', delivery.deliveryId);
      const callId =
        resolution === null ? null : file(delivery.events, resolution, seq, delivery.source, log);
      return { deliveryId: delivery.deliveryId, callId, repeat: false };
    },
    addEvents(events, source, log) {
      const first = events[0];
      if (first === undefined) return null;
      return file(events, resolve(first, new Map()), null, source, log);
    },
  };
}
