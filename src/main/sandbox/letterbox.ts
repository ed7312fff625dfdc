// The webhooks of one call (or room, or conversation) on their way out: in order, or in the disorder that the weather
// makes of them. Whatever service they come from, trouble means the same.
import type { SandboxClock } from './clock.ts';
import { createRandom } from './random.ts';
import { fateOfWebhook, type WebhookWeather } from './weather.ts';

/** Disorder that one call was asked to have, whatever the weather. */
export interface Disorder {
  /** Each webhook goes out twice, the same both times. */
  duplicate: boolean;
  /** All webhooks of the call are held back until its last one and then sent in random order. */
  shuffle: boolean;
}

export const noDisorder: Disorder = { duplicate: false, shuffle: false };

export interface Letterbox {
  /** Without trouble what is put in leaves one after another; different boxes do not wait for each other. */
  put(send: () => Promise<unknown>): void;
  /** Resolves when everything was delivered or given up. To be called after the last one. */
  flush(): Promise<void>;
}

/**
 * @param deps.seed decides what becomes of the n-th webhook
 * @param deps.signal ends waits, and what waited is not sent
 */
export function createLetterbox(deps: {
  seed: string;
  weather: WebhookWeather;
  clock: SandboxClock;
  signal: AbortSignal;
  disorder?: Disorder | undefined;
}): Letterbox {
  const { weather, clock, signal, disorder = noDisorder } = deps;
  const random = createRandom(`${deps.seed}/post`);
  const isShuffled = random.chance(weather.shuffleWebhooks) || disorder.shuffle;
  const held: (() => Promise<void>)[] = [];
  let last: Promise<unknown> = Promise.resolve();
  return {
    put(send) {
      const { isDropped, copies, waitMs } = fateOfWebhook(random, weather);
      if (isDropped) return;
      const length = disorder.duplicate ? 2 : copies;
      const go = async (): Promise<void> => {
        if (waitMs > 0) await clock.delay(waitMs, signal);
        if (signal.aborted || weather.webhookOutage) return;
        await Promise.all(Array.from({ length }, send));
      };
      if (isShuffled) held.push(go);
      else last = waitMs > 0 ? Promise.all([last, go()]) : last.then(go);
    },
    async flush() {
      for (const go of random.shuffled(held.splice(0))) await go();
      await last;
    },
  };
}
