// Matches and their undoing against a model that knows nothing of tables: after every step the calls are the connected
// parts of what was told, by exact ids and standing matches, and a rebuild agrees.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type DomainEvent, isRecordingEvent } from '../../../src/main/domain/provider-event.ts';
import type { Store } from '../../../src/main/store/store.ts';
import { callEvent, delivery, openStore, recordingEvent, startMs, storedEvent } from './samples.ts';

const names = ['CA1', 'CA2', 'CA3', 'CA4'] as const;
type Name = (typeof names)[number];
type Step =
  | { do: 'tell'; event: DomainEvent; exact: Name[] }
  | { do: 'match'; one: Name; other: Name }
  /** Counted among the matches that stand, oldest first. */
  | { do: 'unmatch'; which: number };

const name = fc.constantFrom(...names);
const atMs = fc.integer({ min: 0, max: 2 }).map((step) => startMs + step);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(name, fc.constantFrom('ringing' as const, 'completed' as const), atMs).map(
    ([one, status, at]): Step => ({
      do: 'tell',
      event: callEvent(one, 'call.ended', { status, from: one }, at),
      exact: [one],
    }),
  ),
  fc.tuple(name, fc.constantFrom('recording.started' as const, 'recording.available' as const), atMs).map(
    ([one, kind, at]): Step => ({
      do: 'tell',
      event: recordingEvent(one, `RE-${one}`, kind, {}, at),
      exact: [one],
    }),
  ),
  // Knows its call by the recording alone.
  name.map((one): Step => ({ do: 'tell', event: storedEvent(`RE-${one}`), exact: [one] })),
  { weight: 3, arbitrary: fc.tuple(name, name).map(([one, other]): Step => ({ do: 'match', one, other })) },
  { weight: 3, arbitrary: fc.nat(3).map((which): Step => ({ do: 'unmatch', which })) },
);
const join: fc.Arbitrary<Step> = fc
  .constantFrom<[Name, Name][]>(['CA1', 'CA2'], ['CA2', 'CA3'], ['CA1', 'CA4'])
  .map((two) => ({ do: 'tell', event: callEvent(two, 'call.answered'), exact: two }));
const steps = fc
  .tuple(fc.array(step, { maxLength: 10 }), fc.option(join), fc.array(step, { maxLength: 6 }))
  .map(([before, joined, after]) => [...before, ...(joined === null ? [] : [joined]), ...after]);

/** The parts that names form under pairs, each sorted. */
function partsOf(pairs: readonly (readonly Name[])[]): Name[][] {
  const parts = names.map((one) => new Set([one]));
  for (const pair of pairs) {
    const touched = parts.filter((part) => pair.some((one) => part.has(one)));
    const [first, ...rest] = touched;
    for (const part of rest) {
      for (const one of part) first?.add(one);
      parts.splice(parts.indexOf(part), 1);
    }
  }
  return parts.map((part) => [...part].sort());
}

async function recordingOf(store: Store, event: DomainEvent): Promise<string | null> {
  const value = isRecordingEvent(event) ? event.data.providerRecordingId : '';
  return store.findCallId({ providerId: 'twilio', kind: 'recording', value });
}

/** The calls that a match names, by its own keys. */
async function namesOf(store: Store, callId: string, matchEventKey: string): Promise<Name[]> {
  const found = await store.getCall(callId);
  const event = found?.events.find(({ event: { eventKey } }) => eventKey === matchEventKey)?.event;
  return names.filter((one) => event?.keys.some(({ value }) => value === one));
}

/** Every call and its recordings as they are now. */
async function rowsOf(store: Store): Promise<unknown> {
  const { items } = await store.listCalls({}, 50, null);
  const found = await Promise.all(items.map(({ callId }) => store.getCall(callId)));
  return found.map((one) => ({ call: one?.call, recordings: one?.recordings, keys: one?.keys }));
}

it('holds after any history of facts, matches and undone matches the calls that the facts and standing matches make', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray([...names], { minLength: 2 }), steps, async (told, all) => {
      const { store } = await openStore();
      const exact: Name[][] = [];
      for (const one of told) await store.recordDelivery(delivery([callEvent(one, 'call.started')]));
      let standing: { key: string; pair: Name[] }[] = [];
      const idOf = (one: Name): Promise<string | null> =>
        store.findCallId({ providerId: 'twilio', kind: 'call_sid', value: one });
      for (const given of all) {
        if (given.do === 'tell') {
          // A stored file is always one of a recording that is known.
          if (given.event.keys.length === 0 && (await recordingOf(store, given.event)) === null) continue;
          await store.recordDelivery(delivery([given.event]));
          exact.push(given.exact);
        }
        if (given.do === 'match') {
          const [one, other] = [await idOf(given.one), await idOf(given.other)];
          if (one === null || other === null || one === other) continue;
          const before = await rowsOf(store);
          const probe = await store.matchCalls(one, other, 'person');
          expect(await store.unmatchCalls(probe.callId, probe.matchEventKey)).toEqual([one, other].sort());
          expect(await rowsOf(store)).toEqual(before);
          const { matchEventKey } = await store.matchCalls(one, other, 'person');
          const pair = await namesOf(store, one, matchEventKey);
          // Where a call has parts already, the match names one of them.
          const partsNow = partsOf([...exact, ...standing.map((match) => match.pair)]);
          expect(partsNow.filter((part) => pair.some((each) => part.includes(each)))).toEqual(
            partsNow.filter((part) => part.includes(given.one) || part.includes(given.other)),
          );
          standing.push({ key: matchEventKey, pair });
        }
        if (given.do === 'unmatch') {
          const chosen = standing[given.which];
          if (chosen === undefined) continue;
          const callId = (await idOf(chosen.pair[0] ?? 'CA1')) ?? '';
          await store.unmatchCalls(callId, chosen.key);
          standing = standing.filter((one) => one !== chosen);
        }
        expect((await store.rebuild(false)).differences, JSON.stringify(given)).toBe(0);
      }
      const ids = new Map(await Promise.all(names.map(async (one) => [one, await idOf(one)] as const)));
      const parts = partsOf([...exact, ...standing.map(({ pair }) => pair)]);
      for (const part of parts) {
        const heard = part.filter((one) => ids.get(one) !== null);
        expect(new Set(heard.map((one) => ids.get(one))).size).toBeLessThanOrEqual(1);
      }
      const expected = parts.filter((part) => part.some((one) => ids.get(one) !== null));
      expect((await store.listCalls({}, 50, null)).items).toHaveLength(expected.length);
      await store.close();
    }),
    { numRuns: 60 },
  );
});
