// The journal: deliveries and events go in, and the calls they belong to are found, made or joined.
import { hash } from 'node:crypto';
import type { DeliverySource } from '../../preload/contract/activity.ts';
import { survivingCallId } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import { type DomainEvent, placedEventKey } from '../domain/provider-event.ts';
import type { ChangeLog } from './changes.ts';
import type { Database, SqlValue } from './database.ts';
import { identitiesOf, type Identity, identityText } from './identity.ts';
import type { MergeCalls } from './merge-calls.ts';
import type { Projection } from './projection.ts';
import type { NewDelivery, RecordedDelivery } from './store.ts';

export interface JournalDeps {
  clock: Clock;
  /** A new id that sorts by time. */
  newId: (prefix: string, nowMs: number) => string;
  recordingIdOf: (providerId: string, providerRecordingId: string) => string;
  projection: Projection;
  mergeCalls: MergeCalls;
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
  const { clock, newId, projection, mergeCalls, recordingIdOf } = deps;
  const insertDelivery = db.prepare(
    `INSERT INTO deliveries (deliveryId, providerId, dedupeKey, receivedAtMs, source, verification, outcome, label,
       method, path, callId, sizeBytes, bodySha256, headers, body, cut, firstEventSeq)
     SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT ifnull(max(seq), 0) + 1 FROM events)
     -- An earlier version may not have understood it.
     WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE callId = '' AND providerId = ? AND dedupeKey = ?)
     ON CONFLICT (callId, providerId, dedupeKey) DO NOTHING`,
  );
  const countRepeat = db.prepare<SqlValue[], { deliveryId: string; callId: string | null }>(
    `UPDATE deliveries SET repeats = repeats + 1, lastRepeatAtMs = ?
     WHERE callId IN ('', ?) AND providerId = ? AND dedupeKey = ? RETURNING deliveryId, nullif(callId, '') AS callId`,
  );
  const insertEvent = db.prepare(
    `INSERT INTO events (eventKey, kind, callId, providerId, occurredAtMs, sequence, keys, data, deliverySeq, source,
       recordedAtMs, mintedCallId)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (callId, eventKey) DO NOTHING`,
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
    'SELECT deliveryId, callId FROM deliveries WHERE callId = ? AND providerId = ? AND dedupeKey = ?',
  );
  const insertKey = db.prepare('INSERT INTO callKeys (providerId, kind, value, callId) VALUES (?, ?, ?, ?)');

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
      mergeCalls.merge(loser, callId, log);
      touched.delete(loser);
    }
    // What was known to be all events of the surviving call no longer is.
    if (losers.length > 0) touched.set(callId, null);
  };

  const store = (
    event: DomainEvent,
    callId: string,
    seq: SqlValue,
    source: string,
    mintedCallId: string | null,
  ): boolean =>
    insertEvent.run(
      event.eventKey,
      event.kind,
      callId,
      event.providerId,
      event.occurredAtMs,
      event.sequence,
      JSON.stringify(event.keys),
      JSON.stringify(event.data),
      seq,
      source,
      clock.now(),
      mintedCallId,
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
      if (!store(event, callId, deliverySeq, source, isNew ? callId : null)) return;
      const known = touched.get(callId);
      if (known === undefined) touched.set(callId, isNew ? [event] : null);
      else known?.push(event);
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
      const { cut } = delivery;
      const first = delivery.events[0];
      const resolution = first === undefined ? null : resolve(first, new Map());
      const scope = resolution?.callId ?? '';
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
        scope,
        cut?.sizeBytes ?? delivery.body.byteLength,
        cut?.bodySha256 ?? hash('sha256', delivery.body, 'hex'),
        JSON.stringify(delivery.headers.map(({ name, value }) => [name, value])),
        delivery.body,
        cut === undefined ? null : JSON.stringify(cut),
        delivery.providerId,
        delivery.dedupeKey,
      );
      if (inserted.changes === 0 && delivery.source !== 'webhook') {
        // What we asked for and found unchanged is no news: nothing is written.
        const original = selectOriginal.get(scope, delivery.providerId, delivery.dedupeKey);
        if (original !== undefined) return { ...original, repeat: true, isNewCall: false };
      }
      if (inserted.changes === 0) {
        const { receivedAtMs, providerId, dedupeKey } = delivery;
        const original = countRepeat.get(receivedAtMs, scope, providerId, dedupeKey);
        if (original === undefined) throw new Error('a repeat without its original');
        log.note('delivery', original.deliveryId);
        return { ...original, repeat: true, isNewCall: false };
      }
      const seq = Number(inserted.lastInsertRowid);
      log.note('delivery', delivery.deliveryId);
      const callId =
        resolution === null ? null : file(delivery.events, resolution, seq, delivery.source, log);
      return {
        deliveryId: delivery.deliveryId,
        callId,
        repeat: false,
        isNewCall: resolution?.isNew ?? false,
      };
    },
    addEvents(events, source, log) {
      const first = events[0];
      if (first === undefined) return null;
      return file(events, resolve(first, new Map()), null, source, log);
    },
  };
}
