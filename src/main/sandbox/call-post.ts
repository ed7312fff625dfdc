// The callbacks of one call, in the order, number and disorder that was asked for.
import { createLetterbox } from './letterbox.ts';
import type { Outbox, Params } from './outbox.ts';
import { uuidOf } from './random.ts';
import type { CallbackTarget } from './world.ts';

type LetterboxDeps = Parameters<typeof createLetterbox>[0];

/**
 * Without disorder a call's callbacks leave one after another; different calls do not wait for each other.
 * @param deps.seed also of the tokens, which stay the same for a callback that is sent twice
 */
export function createCallPost(deps: { outbox: Outbox } & LetterboxDeps) {
  const box = createLetterbox(deps);
  let letters = 0;
  return {
    /** @param onTaken told when the other side has answered 2xx */
    post(target: CallbackTarget, params: Params, onTaken: () => void): void {
      const token = uuidOf(`${deps.seed}/${letters++}`);
      box.put(async () => {
        if (await deps.outbox.send(target, params, token)) onTaken();
      });
    },
    /** Resolves when everything was delivered or given up. To be called after the call's last callback. */
    flush: box.flush,
  };
}
