// Pacing over a made-up transport whose answers the test gives one by one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GuardedFetch, GuardedRequest, GuardedResponse } from '../../../src/main/net/net.ts';
import { createPacedFetch, questionsAtOnce } from '../../../src/main/net/paced-fetch.ts';
import { longestRestMs, restAskedFor } from '../../../src/main/net/retry-after.ts';

interface Open {
  request: GuardedRequest;
  answer(status: number, headers?: Record<string, string>): void;
  fail(): void;
}

/** Lets everything run that waits for nothing but its turn. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
};

function rig() {
  let nowMs = 1_700_000_000_000;
  const open: Open[] = [];
  const order: string[] = [];
  const delays: { untilMs: number; done: () => void }[] = [];
  let questions = 0;
  let most = 0;
  const fetch: GuardedFetch = (request) => {
    const isQuestion = request.method === undefined || request.method === 'GET';
    order.push(request.url);
    if (isQuestion) most = Math.max(most, ++questions);
    const over = (): void => {
      if (isQuestion) questions -= 1;
    };
    return new Promise((resolve, reject) => {
      const answer: Open['answer'] = (status, headers = {}) => resolve(responseOf(status, headers, over));
      const fail = (): void => {
        over();
        reject(new Error('broken'));
      };
      request.signal?.addEventListener('abort', fail, { once: true });
      open.push({ request, answer, fail });
    });
  };
  const paced = createPacedFetch({
    fetch,
    random: () => 0.5,
    clock: {
      now: () => nowMs,
      delay: (delayMs, signal) =>
        new Promise((resolve) => {
          delays.push({ untilMs: nowMs + delayMs, done: resolve });
          signal?.addEventListener('abort', () => resolve(), { once: true });
        }),
    },
  });
  return {
    paced,
    open,
    order,
    most: () => most,
    async pass(byMs: number) {
      nowMs += byMs;
      for (const one of delays.filter(({ untilMs }) => untilMs <= nowMs)) {
        delays.splice(delays.indexOf(one), 1);
        one.done();
      }
      await settle();
    },
    jump: (byMs: number) => {
      nowMs += byMs;
    },
  };
}

function responseOf(status: number, headers: Record<string, string>, over: () => void): GuardedResponse {
  async function* body(): AsyncGenerator<Uint8Array, void> {
    yield Buffer.from('{}');
    over();
  }
  const bytes = body();
  const drain = async (): Promise<void> => {
    for await (const _piece of bytes);
  };
  return { status, headers, url: 'https://api.example/', sizeBytes: 2, body: bytes, drain };
}

const get = (url: string, signal?: AbortSignal): GuardedRequest => ({
  url,
  timeoutMs: 30_000,
  maxBytes: 100,
  ...(signal === undefined ? {} : { signal }),
});

type Step = { do: 'ask' | 'answer' | 'fail' | 'abort' | 'pass'; which: number };
const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('ask', 'ask', 'answer', 'fail', 'abort', 'pass'),
  which: fc.nat(50),
});

describe('asking a provider', () => {
  it('never asks more than two things at once, in order, and loses none, whatever is called off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const world = rig();
        const asked: { url: string; controller: AbortController; ended: boolean }[] = [];
        for (const { do: act, which } of steps) {
          const waiting = world.open[0];
          if (act === 'ask') {
            const one = { url: `q${asked.length}`, controller: new AbortController(), ended: false };
            asked.push(one);
            world.paced
              .fetch(get(one.url, one.controller.signal))
              .then((answer) => answer.drain())
              .catch(() => null)
              .finally(() => {
                one.ended = true;
              });
          } else if (act === 'answer' && waiting !== undefined) world.open.shift()?.answer(200);
          else if (act === 'fail' && waiting !== undefined) world.open.shift()?.fail();
          else if (act === 'abort') asked[which % Math.max(1, asked.length)]?.controller.abort();
          else if (act === 'pass') await world.pass(100);
          await settle();
          expect(world.most()).toBeLessThanOrEqual(questionsAtOnce);
        }
        for (let round = 0; round < asked.length + 2; round++) {
          for (const one of world.open.splice(0)) one.answer(200);
          await settle();
          await world.pass(200);
        }
        expect(world.most()).toBeLessThanOrEqual(questionsAtOnce);
        expect(asked.filter(({ ended }) => !ended)).toEqual([]);
        const numbers = world.order.map((url) => Number(url.slice(1)));
        // Two places with a pause of their own each: neighbours may swap, nobody is overtaken by more.
        for (const [index, number] of numbers.entries()) {
          const overtakers = numbers.slice(0, index).filter((earlier) => earlier > number);
          expect(overtakers.length).toBeLessThan(questionsAtOnce);
        }
        const gone = asked.filter(({ controller }) => controller.signal.aborted).length;
        expect(new Set(numbers).size).toBe(numbers.length);
        expect(numbers.length).toBeGreaterThanOrEqual(asked.length - gone);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps a place until the answer is read, and frees it when a waiting question is called off', async () => {
    const world = rig();
    const answers = [world.paced.fetch(get('a')), world.paced.fetch(get('b'))];
    const controller = new AbortController();
    const given = world.paced.fetch(get('c', controller.signal)).catch((error: unknown) => error);
    const last = world.paced.fetch(get('d'));
    await settle();
    for (const one of world.open.splice(0)) one.answer(200);
    await world.pass(200);
    expect(world.order).toEqual(['a', 'b']);
    controller.abort();
    expect(await given).toMatchObject({ code: 'network_failed' });
    await (await answers[0])?.drain();
    await world.pass(200);
    expect(world.order).toEqual(['a', 'b', 'd']);
    world.open[0]?.answer(200);
    expect((await last).status).toBe(200);
    expect(world.paced.requests()).toBe(3);
  });

  it('never holds up what acts, and counts it', async () => {
    const world = rig();
    void world.paced.fetch(get('a'));
    void world.paced.fetch(get('b'));
    void world.paced.fetch(get('c'));
    void world.paced.fetch({ ...get('dial'), method: 'POST' });
    await settle();
    expect(world.order.toSorted()).toEqual(['a', 'b', 'dial']);
    expect(world.paced.requests()).toBe(3);
  });

  it('waits out a short rest of the whole provider', async () => {
    const world = rig();
    const first = world.paced.fetch(get('a'));
    await settle();
    world.open[0]?.answer(503, { 'retry-after': '4' });
    await (await first).drain();
    const second = world.paced.fetch(get('b'));
    await world.pass(3_900);
    expect(world.order).toEqual(['a']);
    await world.pass(200);
    expect(world.order).toEqual(['a', 'b']);
    world.open[1]?.answer(200);
    expect((await second).status).toBe(200);
  });

  it('tells everybody in line at once when the rest is long', async () => {
    const world = rig();
    const asked = ['a', 'b', 'c', 'd'].map((url) =>
      world.paced.fetch(get(url)).catch((error: unknown) => error),
    );
    await settle();
    world.open[0]?.answer(429, { 'retry-after': '90' });
    const refused = { code: 'provider_rate_limited', retryable: true, retryAfterMs: 90_000 };
    expect(await asked[2]).toMatchObject(refused);
    expect(await asked[3]).toMatchObject(refused);
    await world.pass(30_000);
    await expect(world.paced.fetch(get('e'))).rejects.toMatchObject({ retryAfterMs: 60_000 });
    expect(world.paced.requests()).toBe(2);
    // A clock that is set back by a day does not make the rest a day longer.
    world.jump(-86_400_000);
    const first = await asked[0];

    if (typeof first !== 'object' || first === null || !('drain' in first)) throw new Error('no answer');
    await (first as GuardedResponse).drain();
    void world.paced.fetch(get('f'));
    await settle();
    expect(world.order).toContain('f');
  });
});

describe('what an answer asks for', () => {
  const asked = (status: number, retryAfter?: string, date?: string): number | null =>
    restAskedFor(
      {
        status,
        headers: {
          ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
          ...(date === undefined ? {} : { date }),
        },
      },
      Date.UTC(2026, 10, 27, 2, 0, 0),
    );

  it('is seconds or a date, which is read against the date of the answer', () => {
    expect(asked(429, '7')).toBe(7_000);
    expect(asked(503, 'Fri, 27 Nov 2026 02:00:30 GMT')).toBe(30_000);
    expect(asked(503, 'Fri, 27 Nov 2026 02:00:30 GMT', 'Fri, 27 Nov 2026 02:00:20 GMT')).toBe(10_000);
    expect(asked(503, 'Fri, 27 Nov 2026 01:00:30 GMT')).toBe(0);
  });

  it('is never more than an hour, and nothing where nothing is said', () => {
    expect(asked(429, '999999')).toBe(longestRestMs);
    expect(asked(429, 'Fri, 27 Nov 2099 02:00:00 GMT')).toBe(longestRestMs);
    expect(asked(503)).toBeNull();
    expect(asked(503, 'soon')).toBeNull();
    expect(asked(429)).toBe(1_000);
    expect(asked(200, '7')).toBeNull();
  });
});
