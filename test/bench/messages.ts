// What the processes of the ingest benchmark say to each other, and how the first one waits for an answer.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';

export const publicUrl = 'https://tapedeck.example.com';
export const path = '/webhooks/twilio-recording';
export const authToken = 'a-twilio-token-that-only-tests-use';

export const listening = z.object({ port: z.number() });
export const prepared = z.object({ prepared: z.number() });
export const loaded = z.object({
  acknowledged: z.number(),
  refused: z.number(),
  elapsedMs: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
});
export const counted = z.object({ deliveries: z.number(), jobs: z.number() });

export const order = z.discriminatedUnion('do', [
  z.object({ do: z.literal('prepare'), count: z.number() }),
  z.object({ do: z.literal('load'), port: z.number(), connections: z.number(), seconds: z.number() }),
  z.object({ do: z.literal('count') }),
  z.object({ do: z.literal('stop') }),
]);
export type Order = z.infer<typeof order>;

export interface Helper {
  /** Waits for the next message of this shape. */
  hear<T>(shape: z.ZodType<T>): Promise<T>;
  ask<T>(what: Order, shape: z.ZodType<T>): Promise<T>;
  stop(): Promise<void>;
}

/** Starts a process of the benchmark. @param file beside this one */
export function start(file: string, args: string[] = []): Helper {
  const child: ChildProcess = fork(new URL(file, import.meta.url), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const hear = async <T>(shape: z.ZodType<T>): Promise<T> => {
    // Whichever comes first takes the other's listener away with it.
    const heard = new AbortController();
    const { signal } = heard;
    try {
      const gone = once(child, 'exit', { signal }).then(() =>
        Promise.reject(new Error(`${file} ended too early`)),
      );
      const [message] = await Promise.race([once(child, 'message', { signal }), gone]);
      return shape.parse(message);
    } finally {
      heard.abort();
    }
  };
  return {
    hear,
    ask(what, shape) {
      const answer = hear(shape);
      child.send(what);
      return answer;
    },
    async stop() {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.send({ do: 'stop' } satisfies Order);
      await gone;
    },
  };
}

/** Runs what the first process orders. */
export function obey(run: (what: Order) => Promise<unknown>): void {
  process.on('message', (message) => {
    void run(order.parse(message)).then((answer) => {
      if (answer !== undefined) process.send?.(answer);
    });
  });
  // The first process is gone: nobody waits for a result any more.
  process.on('disconnect', () => process.exit(0));
}
