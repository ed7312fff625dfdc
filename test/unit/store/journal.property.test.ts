// Order must not matter: whatever the order, the repeats and the way in which two calls turn out to be one, the same
// facts give the same rows, up to the names that we made up, and a rebuild agrees.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DomainEvent } from '../../../src/main/domain/provider-event.ts';
import type { Store } from '../../../src/main/store/store.ts';
import { callEvent, delivery, openStore, recordingEvent, startMs, storedEvent } from './samples.ts';

/** All rows, with minted ids replaced by what identifies the call to the outside. */
async function rowsOf(store: Store): Promise<unknown> {
  const { items } = await store.listCalls({}, 200, null);
  const calls = await Promise.all(items.map(({ callId }) => store.getCall(callId)));
  return calls
    .map((found) => {
      if (found === null) throw new Error('a listed call that cannot be read');
      const { keys } = found;
      const name = keys.map(({ kind, value }) => `${kind}=${value}`).join(' ');
      const rename = <Row extends { callId: string }>(row: Row): Row => ({ ...row, callId: name });
      const events = found.events.map(({ event }) => event).filter(({ kind }) => kind !== 'call.minted');
      return {
        call: rename(found.call),
        recordings: found.recordings.map(rename),
        keys,
        events: events.map(({ eventKey }) => eventKey).sort(),
      };
    })
    .sort((a, b) => (a.call.callId < b.call.callId ? -1 : 1));
}

type Step = { events: DomainEvent[]; own: boolean };

async function play(steps: readonly Step[], together: boolean): Promise<Store> {
  const { store } = await openStore();
  const write = (step: Step): Promise<unknown> =>
    step.own ? store.appendEvents(step.events) : store.recordDelivery(delivery(step.events));
  if (together) await Promise.all(steps.map(write));
  else for (const step of steps) await write(step);
  return store;
}

const at = fc.integer({ min: 0, max: 1 }).map((step) => startMs + step);
const leg = fc.constantFrom('CA1', 'CA2', 'CA3');
const recordingName = fc.constantFrom('RE1', 'RE2', 'RE3');
const event: fc.Arbitrary<DomainEvent> = fc.oneof(
  fc
    .tuple(leg, fc.constantFrom('ringing' as const, 'completed' as const, 'busy' as const), at)
    .map(([name, status, atMs]) => callEvent(name, 'call.ended', { status, from: name }, atMs)),
  // Two legs that meet late: from here on they are one call.
  fc
    .tuple(fc.constantFrom(['CA1', 'CA2'], ['CA2', 'CA3'], ['CA3', 'CA4']), at)
    .map(([names, atMs]) => callEvent(names, 'call.answered', { status: 'in_progress' }, atMs)),
  fc
    .tuple(
      leg,
      recordingName,
      fc.constantFrom('recording.started' as const, 'recording.available' as const),
      at,
    )
    .map(([name, recording, kind, atMs]) => recordingEvent(name, recording, kind, {}, atMs)),
  // Knows its call by the recording alone, and may come before anything else does.
  fc.tuple(recordingName, at).map(([recording, atMs]) => storedEvent(recording, atMs)),
);
const step: fc.Arbitrary<Step> = fc.record({
  events: fc.array(event, { minLength: 1, maxLength: 3 }),
  own: fc.boolean(),
});
const steps = fc
  .array(step, { minLength: 2, maxLength: 7 })
  // The same key is the same fact: what came first under a key is what it says.
  .map((all) => {
    const byKey = new Map<string, DomainEvent>();
    return all.map(({ events, own }) => ({
      own,
      events: events.map((given) => {
        const eventKey = `${given.eventKey}:${given.keys.map(({ value }) => value).join('+')}`;
        const known = byKey.get(eventKey) ?? { ...given, eventKey };
        byKey.set(eventKey, known);
        return known;
      }),
    }));
  });

it('gives the same calls in every order, with repeats, one by one or in one commit', async () => {
  await fc.assert(
    fc.asyncProperty(
      steps.chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length }),
          fc.array(fc.constantFrom(...all), { maxLength: 3 }),
          fc.boolean(),
        ),
      ),
      async ([all, shuffled, repeated, together]) => {
        const one = await play(all, false);
        const other = await play([...repeated, ...shuffled, ...repeated], together);
        expect(await rowsOf(other)).toEqual(await rowsOf(one));
        for (const store of [one, other]) {
          expect((await store.rebuild(false)).differences).toBe(0);
          await store.close();
        }
      },
    ),
    { numRuns: 60 },
  );
});

it('resolves the id of every delivery to the call that has its facts', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const store = await play([], false);
      for (const { events } of all) {
        const { callId } = await store.recordDelivery(delivery(events));
        const found = await store.getCall(callId ?? '');
        expect(found?.events.map(({ event: stored }) => stored.eventKey)).toContain(events[0]?.eventKey);
      }
      const { items } = await store.listDeliveries({}, 200, null);
      for (const { callId } of items) {
        // After later merges a delivery points straight at the call that is left.
        expect((await store.getCallRow(callId ?? ''))?.callId).toBe(callId);
      }
      await store.close();
    }),
    { numRuns: 40 },
  );
});
