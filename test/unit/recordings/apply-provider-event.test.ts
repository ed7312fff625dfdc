import { expect, test } from 'vitest';
import { AppError } from '../../../src/main/domain/errors.ts';
import { followUps } from '../../../src/main/domain/follow-up.ts';
import type { DomainEvent } from '../../../src/main/domain/provider-event.ts';
import { newId, recordingIdOf } from '../../../src/main/ids.ts';
import type { Provider } from '../../../src/main/providers/provider.ts';
import { createTwilio } from '../../../src/main/providers/twilio/index.ts';
import {
  createApplyProviderEvent,
  type InboundFact,
} from '../../../src/main/recordings/apply-provider-event.ts';
import type { NewDelivery } from '../../../src/main/store/store.ts';

const recordingSid = 'RE9dd4e461268c8034f5c8564e155c67a6';
const path = '/webhooks/twilio-recording';
const twilio = createTwilio({
  setting: () => undefined,
  fetch: () => Promise.reject(new Error('nobody is to be asked')),
});

const followUp = (events: readonly DomainEvent[]) =>
  followUps({ rules: () => null, recordingIdOf }, events, 1_770_000_000_500);

function fact(body: string): InboundFact {
  return {
    source: 'webhook',
    verification: 'verified',
    method: 'POST',
    path,
    pathAndQuery: `${path}?clinic=7`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': 'abc=',
      'i-twilio-idempotency-token': 'token-1',
      cookie: 'session=1',
      authorization: 'Basic eDp5',
      'x-forwarded-for': '203.0.113.7',
    },
    body: Buffer.from(body),
    receivedAtMs: 1_770_000_000_000,
  };
}

async function applied(provider: Provider, given: InboundFact): Promise<NewDelivery> {
  const deliveries: NewDelivery[] = [];
  const apply = createApplyProviderEvent({
    store: {
      async recordDelivery(delivery) {
        deliveries.push(delivery);
        return { deliveryId: delivery.deliveryId, callId: null, repeat: false, isNewCall: false };
      },
    },
    newId,
    followUp,
  });
  await apply(provider, given);
  const [delivery] = deliveries;
  if (delivery === undefined) throw new Error('nothing was recorded');
  return delivery;
}

const available = `CallSid=CA7d793037a0760186574b0282f2f435e7&RecordingSid=${recordingSid}&RecordingStatus=completed`;

test('journals the raw body, how it came and what it means', async () => {
  const delivery = await applied(twilio, fact(available));
  expect(delivery).toMatchObject({
    providerId: 'twilio',
    receivedAtMs: 1_770_000_000_000,
    source: 'webhook',
    verification: 'verified',
    outcome: 'applied',
    label: 'recording completed',
    method: 'POST',
    path: `${path}?clinic=7`,
  });
  expect(Buffer.from(delivery.body).toString()).toBe(available);
  expect(delivery.deliveryId).toMatch(/^dlv_/);
  expect(delivery.events.map(({ kind }) => kind)).toEqual(['recording.available']);
});

test('stores only headers that a replay needs', async () => {
  const { headers } = await applied(twilio, fact(available));
  expect(headers).toEqual([
    { name: 'content-type', value: 'application/x-www-form-urlencoded' },
    { name: 'user-agent', value: 'TwilioProxy/1.1' },
    { name: 'x-twilio-signature', value: 'abc=' },
    { name: 'i-twilio-idempotency-token', value: 'token-1' },
  ]);
});

test('an available recording causes one fetch, named by our own id', async () => {
  const { jobs } = await applied(twilio, fact(available));
  const recordingId = recordingIdOf('twilio', recordingSid);
  expect(jobs).toMatchObject([
    { kind: 'fetch-recording', dedupe: recordingId, payload: { recordingId }, providerId: 'twilio' },
  ]);
  expect(JSON.stringify(jobs)).not.toContain(recordingSid);
});

test('no other status causes a job', async () => {
  for (const status of ['in-progress', 'processing', 'absent', 'deleted', 'failed', 'new-thing']) {
    const { jobs } = await applied(twilio, fact(available.replace('completed', status)));
    expect(jobs).toEqual([]);
  }
});

test('what is not understood is journaled too', async () => {
  const delivery = await applied(twilio, fact('CallSid=nonsense'));
  expect(delivery).toMatchObject({ outcome: 'not_understood', events: [], jobs: [] });
});

test('fails when the store fails, so that the provider is not told a lie', async () => {
  const apply = createApplyProviderEvent({
    store: { recordDelivery: () => Promise.reject(new AppError('disk_full', 'No space is left.')) },
    newId,
    followUp,
  });
  await expect(apply(twilio, fact(available))).rejects.toMatchObject({ code: 'disk_full' });
});
