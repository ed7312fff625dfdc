import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLetterbox } from '../../../src/main/sandbox/letterbox.ts';
import {
  calmCalls,
  calmRequests,
  calmWebhooks,
  createFates,
  fateOfDownload,
  fateOfRequest,
  inWeather,
  type WebhookWeather,
} from '../../../src/main/sandbox/weather.ts';

describe('fates', () => {
  it('are the same for the same seed, whatever the order in which is asked', () => {
    const subjects = fc.array(fc.constantFrom('GET /a', 'GET /b', 'POST /a', 'dial +1'), { maxLength: 40 });
    fc.assert(
      fc.property(fc.string(), subjects, fc.nat(), (seed, asked, turn) => {
        const decide = (order: readonly string[]): string[] => {
          const fates = createFates(seed);
          return order.map((subject) => {
            const { random, times } = fates.next(subject);
            return `${subject} ${times} ${random.next()}`;
          });
        };
        const shift = asked.length === 0 ? 0 : turn % asked.length;
        const otherwise = [...asked.slice(shift), ...asked.slice(0, shift)];
        expect(decide(otherwise).sort()).toEqual(decide(asked).sort());
      }),
    );
  });

  it('of requests happen as often as the switches say', () => {
    const fates = createFates('often');
    const weather = { ...calmRequests, rateLimit: 0.2, failRequests: 0.3 };
    const told = Array.from({ length: 2_000 }, () => fateOfRequest(fates.next('GET /').random, weather));
    const share = (fate: string): number => told.filter((one) => one === fate).length / told.length;
    expect(share('limited')).toBeCloseTo(0.2, 1);
    expect(share('failed')).toBeCloseTo(0.3 * 0.8, 1);
  });

  it('of downloads are of every kind by turns, and end after so many times', () => {
    const fates = createFates('any');
    const weather = { mediaTrouble: 'any', mediaTroubleTimes: 40, mediaLateMs: 0 } as const;
    const kinds = ['error_page', 'truncated', 'expired'] as const;
    const told = Array.from({ length: 60 }, () => fateOfDownload(fates.next('RE1'), weather, kinds));
    expect(new Set(told.slice(0, 40))).toEqual(new Set([...kinds, null]));
    expect(new Set(told.slice(40))).toEqual(new Set([null]));
  });
});

describe('calls', () => {
  it('are changed only where the wish leaves something open, and each always in the same way', () => {
    const weather = { ...calmCalls, unanswered: 0.3, tooShort: 0.3, talkMs: { least: 5_000, most: 9_000 } };
    const outcomes = new Set<string>();
    for (let nth = 0; nth < 100; nth++) {
      const { outcome, talkMs } = inWeather<{ outcome?: 'busy'; talkMs?: number }>({}, weather, `${nth}`);
      outcomes.add(outcome ?? 'as planned');
      expect(talkMs).toBeGreaterThanOrEqual(5_000);
      expect(talkMs).toBeLessThanOrEqual(9_000);
      expect(inWeather({}, weather, `${nth}`)).toEqual({ ...(outcome ? { outcome } : {}), talkMs });
    }
    expect(outcomes).toEqual(new Set(['busy', 'no_answer', 'too_short', 'as planned']));
    const wish = { outcome: 'answered', talkMs: 1 } as const;
    expect(inWeather(wish, { ...weather, unanswered: 1 }, 'x')).toEqual(wish);
    expect(inWeather({}, calmCalls, 'x')).toEqual({});
  });
});

describe('the letterbox', () => {
  async function deliver(weather: Partial<WebhookWeather>, seed = '1') {
    const sent: number[] = [];
    const waits: number[] = [];
    const { signal } = new AbortController();
    const clock = {
      now: () => 0,
      async delay(delayMs: number) {
        waits.push(delayMs);
      },
    };
    const box = createLetterbox({ seed, weather: { ...calmWebhooks, ...weather }, clock, signal });
    for (let nth = 0; nth < 6; nth++) {
      box.put(async () => {
        sent.push(nth);
      });
    }
    await box.flush();
    return { sent, waits };
  }

  it('sends in order, twice, in another order, late or not at all', async () => {
    const inOrder = [0, 1, 2, 3, 4, 5];
    expect(await deliver({})).toEqual({ sent: inOrder, waits: [] });
    expect((await deliver({ duplicateWebhooks: 1 })).sent).toEqual(inOrder.flatMap((nth) => [nth, nth]));
    const { sent } = await deliver({ shuffleWebhooks: 1 });
    expect(sent).not.toEqual(inOrder);
    expect(new Set(sent)).toEqual(new Set(inOrder));
    const late = await deliver({ delayWebhooksMs: 20_000 });
    expect(late.waits).toHaveLength(6);
    expect(Math.max(...late.waits)).toBeGreaterThan(10_000);
    expect(Math.max(...late.waits)).toBeLessThanOrEqual(20_000);
    expect((await deliver({ dropWebhooks: 1 })).sent).toEqual([]);
    expect((await deliver({ webhookOutage: true })).sent).toEqual([]);
  });

  it('does the same for the same seed', async () => {
    const bad = {
      dropWebhooks: 0.3,
      duplicateWebhooks: 0.3,
      shuffleWebhooks: 0.5,
      delayWebhooksMs: 9,
    };
    for (const seed of ['a', 'b', 'c', 'd'])
      expect(await deliver(bad, seed)).toEqual(await deliver(bad, seed));
  });
});
