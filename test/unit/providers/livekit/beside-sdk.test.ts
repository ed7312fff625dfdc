// LiveKit publishes no description of its API: its own SDK is the judge. The same call is made by the SDK and by us,
// to the same server, and what arrived is compared: path, body, and what the token allows.
import { RoomServiceClient, SipClient } from 'livekit-server-sdk';
import { describe, expect, it } from 'vitest';
import type { DialOrder } from '../../../../src/main/providers/provider.ts';
import { callId, keys } from './livekit-fixtures.ts';
import { startScripted } from './scripted-server.ts';
import { anOrder } from '../../../standins/samples.ts';

const { signal } = new AbortController();
const order: DialOrder = anOrder('livekit', callId, { from: '+14155550101' });

type World = Awaited<ReturnType<typeof startScripted>>;

/** What a token allows, beside who issued it and how long it holds. */
function grantsOf(authorization: string | undefined): unknown {
  const [, payload = ''] = (authorization ?? '').split('.');
  const {
    iss,
    exp: _exp,
    nbf: _nbf,
    iat: _iat,
    ...grants
  } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  expect(iss).toBe(keys.apiKey);
  // The SDK adds a grant for video that grants nothing.
  return Object.fromEntries(Object.entries(grants).filter(([, grant]) => JSON.stringify(grant) !== '{}'));
}

/** Protobuf leaves out what is false; said aloud it means the same. */
function withoutDefaults(body: unknown): unknown {
  return Object.fromEntries(Object.entries(body ?? {}).filter(([, value]) => value !== false));
}

async function compare(
  answer: unknown,
  ours: (world: World) => Promise<unknown>,
  theirs: (url: string) => Promise<unknown>,
): Promise<void> {
  const world = await startScripted({ body: answer });
  await ours(world);
  await theirs((world.own['LIVEKIT_URL'] ?? '').replace(/^ws/, 'http').replace(/\/$/, ''));
  const [mine, sdks, ...more] = world.asked;
  expect(more).toEqual([]);
  expect(mine?.path).toBe(sdks?.path);
  expect(withoutDefaults(mine?.body)).toEqual(sdks?.body);
  expect(mine?.headers['content-type']).toMatch(/^application\/json/);
  expect(sdks?.headers['content-type']).toMatch(/^application\/json/);
  expect(grantsOf(mine?.headers.authorization)).toEqual(grantsOf(sdks?.headers.authorization));
}

describe('what the SDK sends for the same call', () => {
  it('is what we send to dial', () =>
    compare(
      { participantId: 'PA_1', participantIdentity: 'x', roomName: callId, sipCallId: 'SCL_abCD1234efGH' },
      ({ provider }) => provider.api.dial?.(order, signal) ?? Promise.reject(new Error('no dial')),
      (url) =>
        new SipClient(url, keys.apiKey, keys.apiSecret).createSipParticipant(
          'ST_9fKq2mVn4xYz',
          order.to,
          callId,
          {
            fromNumber: '+14155550101',
            participantIdentity: order.attemptKey,
            participantAttributes: { 'tapedeck.callId': callId },
            headers: { 'X-Tapedeck-Call-Id': callId },
            includeHeaders: 1,
            waitUntilAnswered: false,
          },
        ),
    ));

  it('is what we send to ask who is in a room', () =>
    compare(
      { participants: [] },
      ({ provider }) => provider.api.findDial?.(order, signal) ?? Promise.reject(new Error('no findDial')),
      (url) => new RoomServiceClient(url, keys.apiKey, keys.apiSecret).listParticipants(callId),
    ));

  it('is what we send to check the keys', () =>
    compare(
      { rooms: [] },
      ({ provider }) => provider.api.check?.(signal) ?? Promise.reject(new Error('no check')),
      (url) => new RoomServiceClient(url, keys.apiKey, keys.apiSecret).listRooms(),
    ));
});
