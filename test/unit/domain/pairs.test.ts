// The pairs of services that one call goes through: whatever order their facts come in, and however many are lost, a
// call stays one call with its own recordings. Two calls at a time, of the same two numbers and the same moments, so
// that nothing but exact ids can tell them apart. Rows are made by the real store.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delivery, openStore } from '../store/samples.ts';
import { callIdOf, type Fact, pairs, placed, to } from './pair-facts.ts';

/** @param facts of calls that have been placed: nothing is asked of a provider before that is stored */
async function outcomeOf(via: string, facts: readonly Fact[]) {
  const { store } = await openStore();
  for (const n of [0, 1]) await store.appendEvents(placed(n, via).events);
  for (const { providerId, events } of facts) await store.recordDelivery(delivery(events, { providerId }));
  const { items } = await store.listCalls({}, 50, null);
  const calls = await Promise.all(items.map(({ callId }) => store.getCall(callId)));
  await store.close();
  return calls
    .flatMap((found) => (found === null ? [] : [found]))
    .map(({ call, recordings }) => ({
      callId: call.callId,
      status: call.status,
      direction: call.direction,
      to: call.to,
      unmatched: call.unmatched,
      recordings: recordings
        .map((row) => `${row.providerId} ${row.providerRecordingId}`)
        .sort((a, b) => (a < b ? -1 : 1)),
    }))
    .sort((a, b) => (a.callId < b.callId ? -1 : 1));
}

describe.each(Object.entries(pairs))('%s', (_name, pair) => {
  const expected = [0, 1].map((n) => ({
    callId: callIdOf(n),
    status: 'completed',
    direction: 'outbound',
    to,
    unmatched: false,
    recordings: pair.recordings(n),
  }));

  it('is one call with its own recordings, in whatever order the facts of two calls at a time arrive', async () => {
    const all = [...(await pair.facts(0)), ...(await pair.facts(1))];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(all, { minLength: all.length }), async (facts) => {
        expect(await outcomeOf(pair.via, facts)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  it("never gives a call what is the other's, whichever facts are lost", async () => {
    const all = [...(await pair.facts(0)), ...(await pair.facts(1))];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(all, { minLength: 1 }), async (facts) => {
        for (const { callId, recordings } of await outcomeOf(pair.via, facts)) {
          const own = [0, 1].find((n) => callIdOf(n) === callId);
          // What is known by a provider's id only is still of one call: never of both.
          const owners = [0, 1].filter((n) => recordings.some((id) => pair.recordings(n).includes(id)));
          expect(owners.length).toBeLessThanOrEqual(1);
          if (own !== undefined) expect(pair.recordings(own)).toEqual(expect.arrayContaining(recordings));
        }
      }),
      { numRuns: 15 },
    );
  });
});
