// An ngrok SDK that can be told what to do: every status, error and silence of the real one, which needs ngrok's own
// protocol and cannot be reached here.
import type { NgrokSdk } from '../../src/main/tunnel/ngrok.ts';

type ForwardOptions = Parameters<NgrokSdk['forward']>[0];

export type FakeAnswer = string | null | Error | Promise<string>;

export interface FakeNgrok {
  sdk: NgrokSdk;
  /** What was asked of it, in order. */
  asked: ForwardOptions[];
  /** Sessions that are open. */
  open: () => number;
  /** The next sessions get these addresses, at once or later, or fail with these errors; then the last one again. */
  answers: FakeAnswer[];
  /** Says this to the newest session, as the SDK does out of the blue. */
  say(status: 'connected' | 'closed'): void;
  /** Says this to the first session, which may be long gone. */
  sayToFirst(status: 'connected' | 'closed'): void;
}

/** The error that the SDK throws for a refusal. */
export function ngrokError(number: number): Error {
  return Object.assign(new Error(`failed to start session\n\nerror_code: ERR_NGROK_${number}`), {
    code: 'GenericFailure',
    errorCode: `ERR_NGROK_${number}`,
  });
}

/** What it throws for everything that it does not name: offline, no token, a bad option. */
export const ngrokOffline = (): Error =>
  Object.assign(new Error('failed to connect session: failed to establish tcp connection'), {
    code: 'GenericFailure',
  });

export function createFakeNgrok(...answers: FakeAnswer[]): FakeNgrok {
  let openCount = 0;
  const asked: ForwardOptions[] = [];
  const fake: FakeNgrok = {
    asked,
    answers,
    open: () => openCount,
    sdk: {
      async forward(options) {
        asked.push(options);
        const answer = await (fake.answers.length > 1 ? fake.answers.shift() : fake.answers[0]);
        if (answer instanceof Error) throw answer;
        openCount += 1;
        let isOpen = true;
        return {
          url: () => answer ?? null,
          async close() {
            if (isOpen) openCount -= 1;
            isOpen = false;
          },
        };
      },
    },
    say: (status) => asked.at(-1)?.onStatusChange(status),
    sayToFirst: (status) => asked[0]?.onStatusChange(status),
  };
  return fake;
}
