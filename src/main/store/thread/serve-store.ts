// The thread's end: runs the calls as they come on a real store and sends the answers of one commit together.
import type { MessagePort } from 'node:worker_threads';
import type { Changes, Store } from '../store.ts';
import { unpackDeliveries } from './pack-deliveries.ts';
import {
  type StoreAnswer,
  type StoreCall,
  type StoreMethod,
  type StoreReply,
  type StoreRequest,
  sendError,
} from './protocol.ts';

/**
 * Opens a store and answers for it until it is told to close.
 * @param open its errors are told to the other end, which then rejects its start with them
 */
export async function serveStore(port: MessagePort, open: () => Promise<Store>): Promise<void> {
  const send = (reply: StoreReply): void => port.postMessage(reply);
  let store: Store;
  try {
    store = await open();
  } catch (error) {
    send({ kind: 'not opened', error: sendError(error) });
    port.close();
    return;
  }

  let changes: Changes[] = [];
  let answers: StoreAnswer[] = [];
  let scheduled = false;
  let closed = false;
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    process.nextTick(flush);
  };
  const flush = (): void => {
    scheduled = false;
    send({ kind: 'done', changes, answers });
    changes = [];
    answers = [];
    // The thread ends by itself when nothing is left that it could hear: nothing is cut off half-way.
    if (closed) port.close();
  };
  const answer = (given: StoreAnswer, method: StoreMethod): void => {
    if (method === 'close') closed = true;
    answers.push(given);
    // Promises of one commit settle in microtasks, and a tick comes after the last of them.
    schedule();
  };
  store.onChange((change) => {
    changes.push(change);
    // Told inside the commit; its answers come first into the same message.
    queueMicrotask(schedule);
  });

  const run = ({ id, method, args }: StoreCall): void => {
    // The only caller is client.ts, whose `forward` ties each name to its arguments.
    const call = store[method] as (...given: unknown[]) => Promise<unknown>;
    call(...args).then(
      (value) => answer({ id, ok: true, value }, method),
      (error: unknown) => answer({ id, ok: false, error: sendError(error) }, method),
    );
  };
  port.on('message', (request: StoreRequest) => {
    for (const call of request) {
      if (!('text' in call)) run(call);
      else
        for (const { id, delivery } of unpackDeliveries(call))
          run({ id, method: 'recordDelivery', args: [delivery] });
    }
  });
  send({ kind: 'opened' });
}
