import {
  bodyOf,
  callId,
  fixtureNames,
  noFetch,
  requestOf,
  settings,
  signedBySdk,
  valueOf,
} from '../unit/providers/livekit/livekit-fixtures.ts';
import { createLiveKit } from '../../src/main/providers/livekit/index.ts';
import { providerApiSuite } from './provider-api.suite.ts';
import { providerSuite } from './provider.suite.ts';
import { anOrder } from '../standins/samples.ts';

const requests = await Promise.all(fixtureNames.map((name) => requestOf(bodyOf(name))));
const authorization = await signedBySdk(Buffer.from('{}'));

providerSuite({
  name: 'livekit',
  create: () => createLiveKit({ setting: (name) => settings[name], fetch: noFetch }),
  createBare: () => createLiveKit({ setting: () => undefined, fetch: noFetch }),
  publicUrl: 'https://tapedeck.example.com',
  requests: () => requests,
  recording: null,
  carrying(ownId) {
    const value = valueOf('participant_joined.dialing');
    value.room.name = ownId;
    value.participant.attributes['tapedeck.callId'] = ownId;
    const path = '/webhooks/livekit';
    return { path, pathAndQuery: path, headers: { authorization }, body: Buffer.from(JSON.stringify(value)) };
  },
});

providerApiSuite({
  name: 'livekit',
  createAt: (baseUrl, fetch) =>
    createLiveKit({ setting: (name) => (name === 'LIVEKIT_URL' ? baseUrl : settings[name]), fetch }),
  order: anOrder('livekit', callId),
  keys: [{ providerId: 'tapedeck', kind: 'call_id', value: callId }],
  recording: null,
});
