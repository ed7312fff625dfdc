// The one way into the handlers, whatever carried the request (IPC, HTTP, a test): checks the name, the input and
// the output against the contract and turns every failure into a closed code and one plain sentence.
import type { z } from 'zod';
import {
  type Dispatch,
  type Handlers,
  type Output,
  type ParsedInput,
  type ProcedureName,
  procedures,
  type Reply,
} from '../../preload/contract/api.ts';
import type { ErrorCode } from '../../preload/contract/errors.ts';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../log.ts';

/** The same table with each entry's types tied to its name, so that one generic function can serve them all. */
type Table = {
  [N in ProcedureName]: { input: z.ZodType<ParsedInput<N>>; output: z.ZodType<Output<N>> };
};
const table: Table = procedures;

/** What a caller reads when the fault is ours. The cause is in the log and nowhere else. */
export const internalMessage = 'Something went wrong inside Tapedeck. The details are in its log.';

function isProcedureName(name: string): name is ProcedureName {
  // Own entries only: `constructor` and `__proto__` are names of every object.
  return Object.hasOwn(procedures, name);
}

function failure(code: ErrorCode, message: string): Reply<never> {
  return { ok: false, error: { code, message } };
}

/** One sentence about the first thing that is wrong, naming the field. Never repeats what was sent. */
function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'The input is not valid.';
  if (issue.code === 'unrecognized_keys') return describeUnknown(issue);
  const what = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  const field = issue.path.map(String).join('.');
  return field === '' ? `The input is not valid: ${what}.` : `The field ${field} is not valid: ${what}.`;
}

/** Named where it can be the name of a field; anything else may be what was meant to stay unsaid. */
function describeUnknown({ keys, path }: { keys: string[]; path: PropertyKey[] }): string {
  const [name = ''] = keys;
  if (!/^[a-z][a-z0-9]{0,39}$/i.test(name)) return 'The input has a field that is not known here.';
  return `There is no field ${[...path.map(String), name].join('.')} here.`;
}

/**
 * @param handlers one per procedure
 * @returns never rejects; errors come back as `{ok: false, error: {code, message}}` without a stack
 */
export function createDispatch(handlers: Handlers, log: Log): Dispatch {
  async function run<N extends ProcedureName>(name: N, input: unknown): Promise<Reply<Output<N>>> {
    const parsed = table[name].input.safeParse(input === undefined ? {} : input);
    if (!parsed.success) return failure('bad_input', describeIssue(parsed.error));
    const output = table[name].output.safeParse(await handlers[name](parsed.data));
    if (output.success) return { ok: true, data: output.data };
    // A handler that drifted from the contract must not pass its shape on to clients that trust the contract.
    log.error('a handler answered outside the contract', { kind: name, reason: describeIssue(output.error) });
    return failure('internal', internalMessage);
  }

  return async (name, input) => {
    if (!isProcedureName(name)) return failure('unknown_procedure', 'There is no such procedure.');
    try {
      return await run(name, input);
    } catch (error) {
      if (error instanceof AppError && error.code !== 'internal') return failure(error.code, error.message);
      log.error('a handler failed', { kind: name, stack: error instanceof Error ? error.stack : undefined });
      return failure('internal', internalMessage);
    }
  };
}
