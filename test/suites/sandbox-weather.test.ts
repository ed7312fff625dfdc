// Every switch for trouble, on every stand-in that has it, over real HTTP.
import { createServer } from 'node:http';
import { SipClient } from 'livekit-server-sdk';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClock } from '../../src/main/clock.ts';
import { createTown, type Town } from '../../src/main/sandbox/town.ts';

const to = '+14155550177';
const names = ['twilio', 'telnyx', 'elevenLabs', 'liveKit'] as const;
type Name = (typeof names)[number];

const paths: Record<Name, string> = {
  twilio: '/webhooks/twilio',
  telnyx: '/api/webhooks/telnyx',
  elevenLabs: '/webhooks/elevenlabs',
  liveKit: '/webhooks/livekit',
};

async function start() {
  const clock = createClock(400);
  const heard: { path: string; body: string; signedAtMs: number }[] = [];
  const receiver = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (text: string) => (body += text));
    req.on('end', () => {
      heard.push({ path: req.url ?? '', body, signedAtMs: signedAtMs(req.headers) });
      res.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const town = createTown({ clock, seed: 5 });
  await town.start();
  town.connect({ webhookBaseUrl: `http://127.0.0.1:${port}` });
  town.trunks.liveKitEndsAt = 'twilio';
  Object.assign(town.liveKit.switches, { talkMs: 4_000, outcome: 'answered' });
  onTestFinished(async () => {
    await town.stop();
    const closed = new Promise((resolve) => receiver.close(resolve));
    receiver.closeAllConnections();
    await closed;
  });
  return { town, clock, hear: (name: Name) => heard.filter(({ path }) => path.startsWith(paths[name])) };
}

function signedAtMs(headers: NodeJS.Dict<string | string[]>): number {
  const [, seconds] = /^t=(\d+)/.exec(String(headers['elevenlabs-signature'])) ?? [];
  const [, claims = ''] = String(headers['authorization']).split('.');
  const nbf = /"nbf":(\d+)/.exec(Buffer.from(claims, 'base64url').toString())?.[1];
  return Number(headers['telnyx-timestamp'] ?? seconds ?? nbf) * 1000;
}

/** One request for the dial of a call, as the product makes it. */
const dials: Record<Name, (town: Town) => Promise<Response>> = {
  twilio: ({ settings }) =>
    fetch(`${settings['TWILIO_API_BASE_URL']}${accountOf(settings)}/Calls.json`, {
      method: 'POST',
      headers: { authorization: basicOf(settings) },
      body: new URLSearchParams({ To: to, From: '+14155550100', Twiml: '<Response/>' }),
    }),
  telnyx: ({ settings }) =>
    fetch(`${settings['TELNYX_BASE_URL']}/calls`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${settings['TELNYX_API_KEY']}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ connection_id: settings['TELNYX_CONNECTION_ID'], to, from: '+14155550100' }),
    }),
  elevenLabs: ({ settings }) =>
    fetch(`${settings['ELEVENLABS_BASE_URL']}/v1/convai/twilio/outbound-call`, {
      method: 'POST',
      headers: { 'xi-api-key': settings['ELEVENLABS_API_KEY'] ?? '', 'content-type': 'application/json' },
      body: JSON.stringify({
        agent_id: settings['ELEVENLABS_AGENT_ID'],
        agent_phone_number_id: settings['ELEVENLABS_PHONE_NUMBER_ID'],
        to_number: to,
      }),
    }),
  // LiveKit's own client makes the token; what it throws is made a response again.
  async liveKit({ settings }) {
    const { LIVEKIT_URL: url = '', LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret } = settings;
    const client = new SipClient(url, key, secret);
    await client.createSipParticipant(settings['LIVEKIT_SIP_TRUNK_ID'] ?? '', to, `room-${to}`);
    return new Response();
  },
};

const accountOf = (settings: Town['settings']): string =>
  `/2010-04-01/Accounts/${settings['TWILIO_ACCOUNT_SID']}`;
const basicOf = (settings: Town['settings']): string =>
  `Basic ${Buffer.from(`${settings['TWILIO_ACCOUNT_SID']}:${settings['TWILIO_AUTH_TOKEN']}`).toString('base64')}`;

/** A call that is told of by webhooks. */
async function ring(town: Town, name: Name): Promise<void> {
  if (name === 'twilio') await town.place({ direction: 'inbound', outcome: 'answered', talkMs: 4_000 });
  else if (name === 'telnyx')
    town.telnyx.place([{ direction: 'inbound', outcome: 'answered', talkMs: 4_000 }]);
  else if (name === 'elevenLabs') town.elevenLabs.place('twilio', { to, outcome: 'answered', talkMs: 4_000 });
  else await dials.liveKit(town);
  await town.idle();
}

const ringsOf = ({ twilio, telnyx }: Town): number => twilio.world.calls.size + telnyx.world.calls.size;

describe.each(names)('%s', (name) => {
  it('drops webhooks, has an outage, sends twice, and is itself again', async () => {
    const { town, hear } = await start();
    const { switches } = town[name];
    switches.dropWebhooks = 1;
    await ring(town, name);
    switches.dropWebhooks = 0;
    switches.webhookOutage = true;
    await ring(town, name);
    expect(hear(name)).toEqual([]);
    switches.webhookOutage = false;
    switches.duplicateWebhooks = 1;
    await ring(town, name);
    const bodies = hear(name).map(({ body }) => body);
    expect(new Set(bodies).size).toBe(bodies.length / 2);
    switches.duplicateWebhooks = 0;
    await ring(town, name);
    expect(hear(name).length).toBe(1.5 * bodies.length);
  });

  it('limits requests with Retry-After, fails them, and loses the answer to a dial that happened', async () => {
    const { town } = await start();
    const { switches } = town[name];
    const statusOf = (): Promise<string> =>
      dials[name](town).then(
        ({ status, headers }) => `${status} ${headers.get('retry-after') ?? ''}`.trim(),
        (error: { status?: number; statusCode?: number }) => `${error.status ?? 'no answer'}`,
      );
    switches.rateLimit = 1;
    expect(await statusOf()).toMatch(name === 'liveKit' ? /^429$/ : /^429 [12]$/);
    switches.rateLimit = 0;
    switches.failRequests = 1;
    expect(await statusOf()).toBe('503');
    expect(ringsOf(town)).toBe(0);
    switches.failRequests = 0;
    switches.loseDialAnswers = 1;
    expect(await statusOf()).toBe('no answer');
    expect(ringsOf(town)).toBeGreaterThan(0);
  });
});

it.each(['telnyx', 'elevenLabs', 'liveKit'] as const)('%s signs by a wrong clock', async (name) => {
  const { town, hear, clock } = await start();
  town[name].switches.clockSkewMs = -7 * 86_400_000;
  await ring(town, name);
  const offMs = hear(name).map(({ signedAtMs: atMs }) => clock.now() - atMs);
  expect(offMs.length).toBeGreaterThan(0);
  for (const one of offMs) expect(one).toBeGreaterThan(6 * 86_400_000);
});

describe.each(['twilio', 'telnyx', 'elevenLabs'] as const)('the sound at %s', (name) => {
  async function record() {
    const { town, clock } = await start();
    const { settings } = town;
    const ask = async (): Promise<Response> => {
      if (name === 'elevenLabs') {
        const [conversation] = town.elevenLabs.conversations();
        const path = `/v1/convai/conversations/${conversation?.conversationId}/audio`;
        return fetch(settings['ELEVENLABS_BASE_URL'] + path, {
          headers: { 'xi-api-key': settings['ELEVENLABS_API_KEY'] ?? '' },
        });
      }
      if (name === 'twilio') {
        const [recording] = town.twilio.world.recordings.values();
        const path = `${accountOf(settings)}/Recordings/${recording?.sid}.wav`;
        return fetch(settings['TWILIO_API_BASE_URL'] + path, {
          headers: { authorization: basicOf(settings) },
        });
      }
      const [recording] = town.telnyx.world.recordings.values();
      const told = await fetch(`${settings['TELNYX_BASE_URL']}/recordings/${recording?.id}`, {
        headers: { authorization: `Bearer ${settings['TELNYX_API_KEY']}` },
      });
      const { data } = (await told.json()) as { data: { download_urls: { wav: string } } };
      return fetch(data.download_urls.wav);
    };
    return { town, clock, ask, switches: town[name].switches };
  }
  const typeOf = async (answer: Response): Promise<string> => {
    const bytes = await answer.arrayBuffer().then(
      ({ byteLength }) => byteLength,
      () => 0,
    );
    return `${answer.status} ${answer.headers.get('content-type')?.split('/')[0]}${bytes === 0 ? ', broken off' : ''}`;
  };

  it('is an error page, breaks off, and is whole in the end', async () => {
    const { town, ask, switches } = await record();
    await ring(town, name);
    switches.mediaTrouble = 'error_page';
    expect(await typeOf(await ask())).toBe('200 text');
    Object.assign(switches, { mediaTrouble: 'truncated', mediaTroubleTimes: 2 });
    expect(await typeOf(await ask())).toBe('200 audio, broken off');
    expect(await typeOf(await ask())).toBe('200 audio');
    if (name !== 'telnyx') return;
    Object.assign(town.telnyx.switches, { mediaTrouble: 'expired', mediaTroubleTimes: 9 });
    expect(await typeOf(await ask())).toBe('403 application');
  });

  it('is not there at first, and then it is', async () => {
    const { town, clock, ask, switches } = await record();
    switches.mediaLateMs = 400_000;
    await ring(town, name);
    expect((await ask()).status).toBe(404);
    await clock.delay(400_000);
    expect((await ask()).status).toBe(200);
  });
});

describe.each(['twilio', 'telnyx'] as const)('calls at %s', (name) => {
  async function happen(switches: Partial<Town['twilio']['switches'] & Town['telnyx']['switches']>) {
    const { town } = await start();
    Object.assign(town[name].switches, switches);
    if (name === 'twilio') await town.place({ direction: 'inbound', count: 3 });
    else town.telnyx.place(Array.from({ length: 3 }, () => ({ direction: 'inbound' as const })));
    await town.idle();
    return town;
  }
  const talkMs = { least: 4_000, most: 6_000 };

  it('are not answered', async () => {
    const { twilio, telnyx } = await happen({ unanswered: 1 });
    const states = [...twilio.world.calls.values()].map(({ state }) => state);
    for (const state of states) expect(['busy', 'no-answer']).toContain(state);
    for (const { answeredAtMs } of telnyx.world.calls.values()) expect(answeredAtMs).toBeNull();
    expect(twilio.world.recordings.size).toBe(0);
  });

  it('are over at once, or as long as is wished', async () => {
    for (const [switches, least, most] of [
      [{ tooShort: 1 }, 300, 900],
      [{ talkMs }, 4_000, 6_000],
    ] as const) {
      const { twilio, telnyx } = await happen(switches);
      const durations = [...twilio.world.recordings.values(), ...telnyx.world.recordings.values()];
      expect(durations).toHaveLength(3);
      for (const { durationMs } of durations) {
        expect(durationMs).toBeGreaterThanOrEqual(least);
        expect(durationMs).toBeLessThanOrEqual(most);
      }
    }
  });

  it('are recorded in silence: said to be absent at Twilio, sound of nothing at Telnyx', async () => {
    const { twilio, telnyx } = await happen({ silent: 1, talkMs });
    const told = [...twilio.world.recordings.values()].map(({ state, errorCode }) => [state, errorCode]);
    expect(told).toEqual(told.map(() => ['absent', 16_102]));
    for (const recording of telnyx.world.recordings.values()) {
      const sound = Buffer.concat([...telnyx.soundOf(recording).chunks]);
      expect(sound.subarray(44).every((byte) => byte === 0)).toBe(true);
    }
  });
});

it('Twilio ignores the filters of a list', async () => {
  const { town } = await start();
  await town.place({ direction: 'inbound', outcome: 'answered', talkMs: 4_000, count: 2 });
  await town.idle();
  const { settings } = town;
  const [call] = town.twilio.world.calls.values();
  const list = async (): Promise<number> => {
    const path = `${accountOf(settings)}/Recordings.json?CallSid=${call?.sid}`;
    const answer = await fetch(settings['TWILIO_API_BASE_URL'] + path, {
      headers: { authorization: basicOf(settings) },
    });
    return ((await answer.json()) as { recordings: unknown[] }).recordings.length;
  };
  expect(await list()).toBe(1);
  town.twilio.switches.ignoreFilters = true;
  expect(await list()).toBe(2);
});

it('ElevenLabs has as many conversations with large audio as is wished', async () => {
  const { town, hear } = await start();
  Object.assign(town.elevenLabs.switches, { audioBytes: 3_000_000, largeAudio: 0 });
  await ring(town, 'elevenLabs');
  const largest = (): number => Math.max(...hear('elevenLabs').map(({ body }) => body.length));
  expect(largest()).toBeLessThan(3_000_000);
  town.elevenLabs.switches.largeAudio = 1;
  await ring(town, 'elevenLabs');
  expect(largest()).toBeGreaterThan(4_000_000);
});
