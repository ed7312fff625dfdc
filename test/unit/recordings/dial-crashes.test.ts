// A dial whose job took the process down too often: nothing runs any more, so the call itself has to say so.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { maxCrashes } from '../../../src/main/domain/job.ts';
import { aCall, createPlacing, type OpenStore, openStore } from './placing-rig.ts';

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
});
afterAll(() => open.close());

/** The process dies with the job again and again. */
async function crashRepeatedly(): Promise<void> {
  for (let crash = 0; crash < maxCrashes; crash++) {
    open.clock.nowMs += 60_000;
    await open.store.claimJobs(50);
    await open.store.recoverJobs();
  }
}

it('a call that was never dialled is not placed, and a person may have it dialled after all', async () => {
  const rig = createPlacing(open);
  const { callId } = await rig.placing.place(aCall);
  await crashRepeatedly();
  expect(await rig.row(callId)).toMatchObject({
    dialState: 'refused',
    dialCode: 'crashed_repeatedly',
    needsAttention: true,
  });
  expect(rig.requests).toEqual([]);
  await rig.placing.redial(callId);
  await rig.run('place-call');
  expect(await rig.row(callId)).toMatchObject({ dialState: 'dialed' });
  expect(rig.rung).toHaveLength(1);
});
