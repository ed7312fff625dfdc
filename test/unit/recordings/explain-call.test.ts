import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCheckCall } from '../../../src/main/recordings/check-call.ts';
import { createExplainCall, noticeSetting } from '../../../src/main/recordings/explain-call.ts';
import { newId } from '../../../src/main/ids.ts';
import type { Provider } from '../../../src/main/providers/provider.ts';
import { callEvent, type OpenStore, openStore, recordingEvent } from '../api/store-parts.ts';

const minute = 60_000;
let open: OpenStore;
beforeEach(async () => {
  open = await openStore();
});
afterEach(() => open.close());

const twilio = {
  providerId: 'twilio',
  missing: () => [],
  api: { findRecordings: async () => ({ facts: [], isFinal: true }) },
} as unknown as Provider;

function explainer(providers: readonly Provider[] = [twilio]) {
  const { store, clock } = open;
  const explain = createExplainCall({
    store,
    clock,
    providers,
    notYetMs: 10 * minute,
    lineRecords: (number) => (number === '+14155550100' ? false : null),
  });
  return async (callId: string) => {
    const found = await store.getCall(callId);
    if (found === null) throw new Error('no such call');
    return explain(found);
  };
}

/** A call that has ended just now. */
async function endedCall(sid: string): Promise<string> {
  const nowMs = open.clock.now();
  return open.deliver([
    callEvent(sid, 'call.started', nowMs - 3 * minute, { to: '+14155550100', status: 'ringing' }),
    callEvent(sid, 'call.answered', nowMs - 2 * minute, {
      status: 'in_progress',
      answeredAtMs: nowMs - 2 * minute,
    }),
    callEvent(sid, 'call.ended', nowMs, { status: 'completed', endedAtMs: nowMs }),
  ]);
}

const findJob = (sid: string) => ({
  kind: 'find-recordings' as const,
  dedupe: `twilio call_sid ${sid}`,
  payload: { callKey: { providerId: 'twilio', kind: 'call_sid', value: sid } },
  providerId: 'twilio',
  runAtMs: open.clock.now() + 2 * minute,
});

describe('explaining a call', () => {
  it('says when Tapedeck looks again, from the job that names the call by a key of its provider', async () => {
    const callId = await endedCall('CA1');
    await open.store.appendEvents([], 'job', [findJob('CA1')]);
    expect(await explainer()(callId)).toMatchObject({
      cause: 'nothing_yet',
      nextLookAtMs: open.clock.now() + 2 * minute,
      isFinal: false,
    });
  });

  it('says that recording is off on the line, once a check has found nothing', async () => {
    const callId = await endedCall('CA2');
    open.clock.advance(20 * minute);
    const runId = newId('run', open.clock.now());
    await open.store.putCheckRun({
      runId,
      kind: 'poll',
      trigger: 'interval',
      state: 'done',
      fromMs: 0,
      toMs: 1,
      startedAtMs: open.clock.now() - minute,
      finishedAtMs: null,
      providers: [],
      lookedAt: 1,
      processed: 0,
      waiting: 0,
      notRecorded: 1,
      problems: 0,
      resume: null,
    });
    await open.store.addCheckOutcomes(runId, [
      { chatId: 'c', callSid: 'CA2', status: 'no_recordings', callId, providerId: 'twilio' },
    ]);
    const verdict = await explainer()(callId);
    expect(verdict).toMatchObject({ cause: 'recording_off', action: 'turn_on_recording', isFinal: true });
    expect(verdict?.evidence).toContainEqual({
      kind: 'check',
      id: runId,
      atMs: open.clock.now() - minute,
      code: 'no_recordings',
    });
  });

  it('says since when a provider has not accepted the account', async () => {
    const callId = await endedCall('CA3');
    const pause = await open.store.pauseProvider('twilio', 'provider_unauthorized');
    expect(await explainer()(callId)).toMatchObject({
      cause: 'wrong_password',
      sinceMs: pause.sinceMs,
      action: 'reconnect_provider',
    });
  });

  it('looks back at refused requests, outages and switched-off callbacks of that time', async () => {
    const nowMs = open.clock.now();
    const callId = await endedCall('CA4');
    const data = { providerRecordingId: 'RE4', durationMs: 1_000 };
    await open.deliver([recordingEvent('CA4', 'recording.available', nowMs, data)], {
      source: 'sweep',
      verification: 'own',
    });
    const [recording] = (await open.store.getCall(callId))?.recordings ?? [];
    await open.store.appendEvents([
      {
        eventKey: 'stored-4',
        providerId: 'twilio',
        occurredAtMs: nowMs + 1_000,
        sequence: 0,
        keys: [],
        kind: 'recording.stored',
        data: {
          providerRecordingId: recording?.providerRecordingId ?? '',
          durationMs: 1_000,
          channels: 1,
          sizeBytes: 1,
          sha256: 'ab',
          contentType: 'audio/wav',
          fileName: 'a.wav',
          flags: [],
        },
      },
    ]);
    open.clock.advance(30 * minute);
    const cause = async () => (await explainer()(callId))?.cause;
    expect(await cause()).toBe('callback_never_sent');
    await open.store.putSetting(noticeSetting('twilio'), { sinceMs: nowMs - 60 * minute });
    expect(await cause()).toBe('webhook_disabled');
    await open.store.putOutage({
      outageId: 'out_1',
      kind: 'web_link',
      fromMs: nowMs - minute,
      toMs: null,
      code: null,
    });
    expect(await cause()).toBe('web_link_down_then');
    await open.store.recordRefusal({
      refusalId: 'ref_1',
      atMs: nowMs,
      providerId: 'twilio',
      path: '/webhooks/twilio-recording',
      reason: 'stale_address',
      httpStatus: 403,
      sizeBytes: 1,
      headerNames: [],
      bodySha256: null,
      body: null,
    });
    expect(await cause()).toBe('stale_address');
  });

  it('does not pretend to know about a call that nobody can be asked for', async () => {
    const callId = await endedCall('CA5');
    open.clock.advance(60 * minute);
    expect(await explainer([])(callId)).toMatchObject({ cause: 'not_enough_evidence', isFinal: false });
  });
});

describe('checking a call now', () => {
  const checker = (providers: readonly Provider[] = [twilio]) =>
    createCheckCall({ store: open.store, providers, clock: open.clock, newId });

  it('runs at once what waits, and asks no second time beside it', async () => {
    const callId = await endedCall('CA6');
    await open.store.appendEvents([], 'job', [findJob('CA6')]);
    expect(await checker()(callId)).toBe(1);
    const claimed = await open.store.claimJobs(10);
    expect(claimed.map(({ dedupe }) => dedupe)).toEqual(['twilio call_sid CA6']);
  });

  it('opens again what gave up, and looks once more where nobody looks', async () => {
    const given = await endedCall('CA7');
    await open.store.appendEvents([], 'job', [{ ...findJob('CA7'), runAtMs: 0 }]);
    const [job] = await open.store.claimJobs(1);
    if (job === undefined) throw new Error('no job');
    const { jobId, lease } = job;
    await open.store.settleJob({ jobId, lease, events: [], jobs: [], result: 'dead', errorCode: 'gave_up' });
    expect(await checker()(given)).toBe(1);
    expect(await open.store.getJob(jobId)).toMatchObject({ state: 'ready', generation: 1 });
    const forgotten = await endedCall('CA8');
    expect(await checker()(forgotten)).toBe(1);
    const due = await open.store.claimJobs(10);
    expect(due.map(({ payload }) => payload.callId)).toContain(forgotten);
  });

  it('says so when there is nobody to ask', async () => {
    await expect(checker()('call_none')).rejects.toMatchObject({ code: 'not_found' });
    await expect(checker([])(await endedCall('CA9'))).rejects.toMatchObject({ code: 'not_eligible' });
  });
});
