// Whatever of a call came by callbacks and whatever was asked for, in whichever order: one call with all its legs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCall } from '../../../../src/main/domain/call.ts';
import type { DomainEvent } from '../../../../src/main/domain/provider-event.ts';
import { recordingIdOf } from '../../../../src/main/ids.ts';
import { callFact, recordingFact } from '../../../../src/main/providers/twilio/pulled.ts';
import { startWorld } from '../../sandbox/world.ts';
import { accountSid, keysOf, providerAt, signal } from './standin.ts';

const callId = 'call_01jz8q4c9xk7m2v5n3t6r8w0ab';
const sid = `CA${'1'.repeat(32)}`;
const recordingSid = `RE${'1'.repeat(32)}`;

async function transferredCall() {
  const { sandbox, baseUrl, clock, receiver } = await startWorld();
  const { provider } = providerAt(baseUrl, {}, clock.now);
  const { callSids } = await sandbox.place(
    { direction: 'inbound', talkMs: 30_000, seed: 7 },
    { putThrough: 'transfer' },
  );
  const pulled: DomainEvent[] = [];
  const take = async (): Promise<void> => {
    const keys = keysOf(...callSids);
    const looks = [
      await provider.api.lookUpCall?.(keys, signal),
      await provider.api.findRecordings?.(keys, signal),
    ];
    pulled.push(...looks.flatMap((look) => (look?.facts ?? []).flatMap(({ events }) => events)));
  };
  const idle = sandbox.idle();
  let isIdle = false;
  void idle.then(() => {
    isIdle = true;
  });
  while (!isIdle) await take();
  await take();
  const told = receiver.heard.flatMap(({ path, params }) => {
    const body = Buffer.from(new URLSearchParams(params).toString());
    return provider.understand({ path, body, receivedAtMs: clock.now() }).events;
  });
  return { sid: callSids[0] ?? '', told, pulled };
}

describe('callbacks and pulled facts', () => {
  it('fold to one call with both desks it was put through to, in any order and any part', async () => {
    const { sid: callSid, told, pulled } = await transferredCall();
    expect(told.length).toBeGreaterThan(10);
    const whole = foldCall(callId, [...told, ...pulled], recordingIdOf);
    expect(whole.legs.map(({ parentLegId }) => parentLegId)).toEqual([null, callSid, callSid]);
    expect(whole.recordings).toMatchObject([{ status: 'available', channels: 2, durationMs: 30_000 }]);
    const { call: byTold } = foldCall(callId, told, recordingIdOf);
    const { call: byPulled } = foldCall(callId, pulled, recordingIdOf);
    for (const call of [whole.call, byTold, byPulled]) {
      expect(call).toMatchObject({
        direction: 'inbound',
        status: 'completed',
        from: whole.call.from,
        to: whole.call.to,
        durationMs: 30_000,
        recordingStatus: 'available',
        endedAtMs: whole.call.endedAtMs,
      });
    }
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...told, ...pulled], { minLength: told.length + pulled.length }),
        fc.subarray(told),
        (shuffled, again) => {
          expect(foldCall(callId, [...shuffled, ...again], recordingIdOf)).toEqual(whole);
        },
      ),
      { numRuns: 50 },
    );
    // Any one event of a leg is enough to tie it to its call: they share a CallSid.
    for (const event of [...told, ...pulled]) {
      expect(event.keys.some(({ kind, value }) => kind === 'call_sid' && value === callSid)).toBe(true);
    }
  });
});

describe('a recording that was asked for', () => {
  const item = {
    sid: recordingSid,
    call_sid: sid,
    account_sid: accountSid,
    status: 'completed',
    channels: 2,
    duration: '11',
    error_code: null,
    encryption_details: null,
    date_created: 'Wed, 20 Apr 2022 23:45:25 +0000',
    start_time: 'Wed, 20 Apr 2022 23:45:25 +0000',
    uri: `/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid}.json`,
    media_url: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid}`,
  };

  it.each([
    ['https://api.twilio.com/x', 'recording.available'],
    ['https://api.dublin.ie1.twilio.com/x', 'recording.available'],
    ['http://127.0.0.1:4000/x', 'recording.available'],
    ['/2010-04-01/x', 'recording.available'],
    [null, 'recording.available'],
    ['https://clinic-recordings.s3.amazonaws.com/x', 'recording.external'],
    ['https://twilio.com.example/x', 'recording.external'],
    ['https://nottwilio.com/x', 'recording.external'],
  ])('with its media at %s is %s', (mediaUrl, kind) => {
    const [event] = recordingFact({ ...item, media_url: mediaUrl }, '127.0.0.1').events;
    expect(event?.kind).toBe(kind);
    const reason = kind === 'recording.external' ? 'external_storage' : undefined;
    expect(event?.data).toMatchObject({ durationMs: 11_000, channels: 2, ...(reason ? { reason } : {}) });
  });

  it('tells that it is encrypted', () => {
    const { events } = recordingFact({ ...item, encryption_details: { type: 'rsa-aes' } }, '');
    expect(events.map(({ kind }) => kind)).toEqual(['recording.available', 'call.told']);
    expect(new Set(events.map(({ eventKey }) => eventKey)).size).toBe(2);
  });

  it('is the same fact until something changes that matters', () => {
    const key = recordingFact(item, '').dedupeKey;
    expect(recordingFact({ ...item, price: '-0.0025', date_updated: 'x' }, '').dedupeKey).toBe(key);
    expect(recordingFact({ ...item, status: 'processing' }, '').dedupeKey).not.toBe(key);
    expect(recordingFact({ ...item, duration: '12' }, '').dedupeKey).not.toBe(key);
    const turned = Object.fromEntries(Object.entries(item).reverse());
    expect(recordingFact(turned, '').body).toEqual(recordingFact(item, '').body);
  });

  it.each([
    { sid: 'RE1' },
    { call_sid: null },
    { call_sid: `CF${'1'.repeat(32)}` },
    { account_sid: '../x' },
    { start_time: null, date_created: null },
  ])('is kept and not believed with %j', (odd) => {
    expect(recordingFact({ ...item, ...odd }, '')).toMatchObject({ outcome: 'not_understood', events: [] });
  });
});

describe('a call that was asked for', () => {
  const item = {
    sid,
    parent_call_sid: null,
    status: 'completed',
    direction: 'trunking-terminating',
    from: 'sip:bot@example.com',
    to: '+14155550143',
    date_created: 'Wed, 08 Oct 2025 13:53:50 +0000',
    start_time: 'Wed, 08 Oct 2025 13:54:01 +0000',
    end_time: 'Wed, 08 Oct 2025 13:55:01 +0000',
    duration: '60',
  };

  it('ended when it says, after the talk that it says', () => {
    const { call } = foldCall(callId, callFact(item).events, recordingIdOf);
    expect(call).toMatchObject({
      status: 'completed',
      direction: 'outbound',
      startedAtMs: Date.UTC(2025, 9, 8, 13, 53, 50),
      answeredAtMs: Date.UTC(2025, 9, 8, 13, 54, 1),
      endedAtMs: Date.UTC(2025, 9, 8, 13, 55, 1),
      durationMs: 60_000,
    });
  });

  it.each([
    ['busy', 'busy'],
    ['no-answer', 'no_answer'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
  ])('%s was no talk', (status, expected) => {
    const { call } = foldCall(callId, callFact({ ...item, status, duration: '0' }).events, recordingIdOf);
    expect(call).toMatchObject({ status: expected, durationMs: null, recordingStatus: 'not_expected' });
  });

  it('with a status that is not known is noted', () => {
    const [event] = callFact({ ...item, status: 'meditating' }).events;
    expect(event?.kind).toBe('call.noted');
  });

  it('never throws and never believes ids that do not fit', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(item)), fc.jsonValue()), (odd) => {
        const fact = callFact({ ...item, ...odd });
        if (odd['sid'] !== undefined && odd['sid'] !== sid) expect(fact.events).toEqual([]);
        for (const event of fact.events) expect(Number.isSafeInteger(event.occurredAtMs)).toBe(true);
        recordingFact({ ...item, ...odd }, '');
      }),
    );
  });
});
