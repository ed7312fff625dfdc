// The callbacks of one call, in the order, number and disorder that was asked for.
import type { Outbox, Params } from './outbox.ts';
import { type Random, uuidOf } from './random.ts';
import type { CallbackTarget } from './world.ts';

export interface Disorder {
  /** Each callback goes out twice, with the same token. */
  duplicate: boolean;
  /** All callbacks of the call are held back until its last one and then sent in random order. */
  shuffle: boolean;
}

interface Letter {
  target: CallbackTarget;
  params: Params;
  token: string;
}

/**
 * Without disorder a call's callbacks leave one after another; different calls do not wait for each other.
 * @param seed of the tokens
 */
export function createCallPost(deps: { outbox: Outbox; random: Random; seed: string; disorder: Disorder }) {
  const held: Letter[] = [];
  let letters = 0;
  let last: Promise<unknown> = Promise.resolve();
  const send = (letter: Letter): Promise<boolean> =>
    deps.outbox.send(letter.target, letter.params, letter.token);

  return {
    post(target: CallbackTarget, params: Params): void {
      const letter = { target, params, token: uuidOf(`${deps.seed}/${letters++}`) };
      const copies = deps.disorder.duplicate ? [letter, letter] : [letter];
      if (deps.disorder.shuffle) held.push(...copies);
      else last = last.then(() => Promise.all(copies.map(send)));
    },
    /** Resolves when everything was delivered or given up. To be called after the call's last callback. */
    async flush(): Promise<void> {
      for (const letter of deps.random.shuffled(held.splice(0))) await send(letter);
      await last;
    },
  };
}
