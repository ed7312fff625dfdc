// What the product asks of ElevenLabs, against the stand-in and through the real guarded fetch.
import { describe, expect, test } from 'vitest';
import { ourCallKey } from '../../../../src/main/domain/provider-event.ts';
import type { CallKey } from '../../../../src/preload/contract/calls.ts';
import { startElevenLabs } from '../../sandbox/elevenlabs-world.ts';

const { signal } = new AbortController();
const keyOf = (value: string): CallKey => ({ providerId: 'elevenlabs', kind: 'conversation_id', value });

describe('dialling', () => {
  test.each(['twilio', 'sip'] as const)(
    'over %s gives every id there is, our own included',
    async (network) => {
      const { providerWith, orderFor, standIn, ...world } = await startElevenLabs();
      const order = orderFor(network);
      const answer = await providerWith(network).api.dial?.(order, signal);
      if (answer?.outcome !== 'placed') throw new Error('not placed');
      const [conversation] = standIn.conversations();
      const { phone, conversationId = '', userId, dynamicVariables } = conversation ?? {};
      expect(answer.fact.events[0]?.keys).toEqual([
        ourCallKey(order.callId),
        keyOf(conversationId),
        ...(network === 'twilio'
          ? [{ providerId: 'twilio', kind: 'call_sid', value: phone?.callSid }]
          : ['elevenlabs', 'telnyx'].map((providerId) => ({
              providerId,
              kind: 'sip_call_id',
              value: phone?.callId,
            }))),
      ]);
      expect({ userId, dynamicVariables }).toEqual({
        userId: order.callId,
        dynamicVariables: { chat_id: order.callId },
      });
      // Tapedeck records at Twilio itself.
      expect(world[network].orders).toMatchObject([{ to: order.to, record: false }]);
    },
  );

  test('is refused before anything leaves when something is missing or no number', async () => {
    const { providerWith, orderFor, seen } = await startElevenLabs();
    const { api } = providerWith('twilio');
    for (const to of ['112', '+', '+1415', '0044 20 7946 0155', '+1415555014a', 'sip:x@y']) {
      expect(await api.dial?.(orderFor('twilio', { to }), signal)).toMatchObject({ code: 'bad_number' });
    }
    const noAgent = providerWith('twilio', { ELEVENLABS_AGENT_ID: '' });
    expect(await noAgent.api.dial?.(orderFor('twilio'), signal)).toMatchObject({ code: 'not_set_up' });
    const noKey = providerWith('twilio', { ELEVENLABS_API_KEY: '' });
    expect(await noKey.api.dial?.(orderFor('twilio'), signal)).toMatchObject({ code: 'secret_missing' });
    expect(seen).toEqual([]);
  });

  test.each([
    [{ refusesDials: true }, { outcome: 'refused', code: 'dial_refused' }],
    [{ failsWith: 401 }, { outcome: 'refused', code: 'provider_unauthorized' }],
    [{ failsWith: 422 }, { outcome: 'refused', code: 'dial_refused' }],
    [{ failsWith: 429 }, { outcome: 'not_processed', retryAfterMs: 1_000 }],
    [{ failsWith: 408 }, { outcome: 'unknown' }],
    [{ failsWith: 500 }, { outcome: 'unknown' }],
    [{ failsWith: 503 }, { outcome: 'unknown' }],
    [{ losesAnswers: true }, { outcome: 'unknown', code: 'network_failed' }],
  ])('with %j is %j, after one request', async (switches, expected) => {
    const { providerWith, orderFor, standIn, seen } = await startElevenLabs();
    Object.assign(standIn.switches, switches);
    expect(await providerWith('twilio').api.dial?.(orderFor('twilio'), signal)).toMatchObject(expected);
    expect(seen).toHaveLength(1);
  });

  test('that was turned away is no call in their books, and the same order makes one later', async () => {
    const { providerWith, orderFor, standIn } = await startElevenLabs();
    const { api } = providerWith('twilio');
    const order = orderFor('twilio');
    Object.assign(standIn.switches, { failsWith: 429 });
    expect(await api.dial?.(order, signal)).toMatchObject({ outcome: 'not_processed' });
    expect(standIn.conversations()).toEqual([]);
    Object.assign(standIn.switches, { failsWith: null });
    expect(await api.dial?.(order, signal)).toMatchObject({ outcome: 'placed' });
    expect(standIn.conversations().map(({ userId }) => userId)).toEqual([order.callId]);
  });

  test.each([false, true])(
    'with a lost answer is found by our callId, once it is listed (filters ignored: %s)',
    async (ignoresFilters) => {
      const { providerWith, orderFor, standIn, clock } = await startElevenLabs({ scale: 100 });
      const { api } = providerWith('twilio');
      standIn.place('twilio', { to: '+442079460155' });
      Object.assign(standIn.switches, { losesAnswers: true, listedLateMs: 60_000, ignoresFilters });
      const order = orderFor('twilio');
      await api.dial?.(order, signal);
      standIn.place('twilio', { to: order.to });
      expect(await api.findDial?.(order, signal)).toBeNull();
      await clock.delay(61_000);
      const fact = await api.findDial?.(order, signal);
      const conversation = standIn.conversations().find(({ userId }) => userId === order.callId);
      expect(fact?.events[0]?.keys).toEqual(
        expect.arrayContaining([ourCallKey(order.callId), keyOf(conversation?.conversationId ?? '')]),
      );
      expect(await api.findDial?.(orderFor('twilio'), signal)).toBeNull();
    },
  );
});

describe('asking', () => {
  test('follows a call from initiated to its transcript and audio', async () => {
    const { providerWith, standIn } = await startElevenLabs();
    const { api, media } = providerWith('twilio');
    const { conversationId } = standIn.place('twilio', { to: '+442079460155', talkMs: 30_000 });
    const early = await api.lookUpCall?.([keyOf(conversationId)], signal);
    expect(early).toMatchObject({
      isFinal: false,
      facts: [{ events: [{ kind: 'call.started', data: { status: 'queued', to: '+442079460155' } }] }],
    });
    await standIn.idle();
    const late = await api.findRecordings?.([keyOf(conversationId)], signal);
    expect(late?.isFinal).toBe(true);
    const kinds = late?.facts.flatMap(({ events }) => events.map(({ kind }) => kind));
    expect(kinds).toEqual(['call.ended', 'transcript.attached', 'recording.available']);
    // Asked again, it is the same fact.
    const again = await api.findRecordings?.([keyOf(conversationId)], signal);
    expect(again).toEqual(late);
    expect(typeof media).toBe('function');
  });

  test('names "no audio by policy" as final', async () => {
    const { providerWith, standIn } = await startElevenLabs();
    standIn.switches.noAudio = true;
    const { conversationId } = standIn.place('twilio', { to: '+442079460155', talkMs: 5_000 });
    await standIn.idle();
    const found = await providerWith('twilio').api.findRecordings?.([keyOf(conversationId)], signal);
    expect(found?.isFinal).toBe(true);
    expect(found?.facts[0]?.events.at(-1)).toMatchObject({
      kind: 'recording.absent',
      data: { providerRecordingId: conversationId, reason: 'no_audio_by_policy' },
    });
  });

  test('of a call that never was, or of other providers, finds nothing', async () => {
    const { providerWith, seen } = await startElevenLabs();
    const { api } = providerWith('twilio');
    expect(await api.lookUpCall?.([keyOf('conv_000000000000')], signal)).toEqual({
      facts: [],
      isFinal: false,
    });
    expect(seen).toHaveLength(1);
    const others = [{ providerId: 'twilio', kind: 'call_sid', value: 'CA1' }, keyOf('../../user')];
    expect(await api.lookUpCall?.(others, signal)).toEqual({ facts: [], isFinal: true });
    expect(seen).toHaveLength(1);
  });

  test.each([false, true])(
    'lists the calls of a window, page by page (filters ignored: %s)',
    async (ignoresFilters) => {
      const { providerWith, standIn, clock } = await startElevenLabs({ scale: 2_000 });
      const { api } = providerWith('twilio');
      standIn.switches.ignoresFilters = ignoresFilters;
      for (let i = 0; i < 130; i++) standIn.place('twilio', { to: '+442079460155', outcome: 'busy' });
      await clock.delay(60_000);
      const fromMs = clock.now();
      const wanted = Array.from({ length: 3 }, () => standIn.place('twilio', { to: '+442079460155' }));
      const toMs = clock.now();
      await clock.delay(60_000);
      standIn.place('twilio', { to: '+442079460155' });
      const listed: string[] = [];
      let page: string | null = null;
      let pages = 0;
      do {
        const answer: Awaited<ReturnType<NonNullable<typeof api.listCalls>>> | undefined =
          await api.listCalls?.({ fromMs, toMs, page }, signal);
        listed.push(
          ...(answer?.facts ?? []).flatMap(({ events }) => events.map((event) => event.keys[0]?.value ?? '')),
        );
        page = answer?.nextPage ?? null;
        pages += 1;
      } while (page !== null && pages < 9);
      expect(listed.sort()).toEqual(wanted.map(({ conversationId }) => conversationId).sort());
      expect(pages).toBeLessThanOrEqual(2);
    },
  );

  test.each([
    [401, 'provider_unauthorized'],
    [403, 'provider_unauthorized'],
    [429, 'provider_rate_limited'],
    [422, 'provider_refused'],
    [500, 'provider_unavailable'],
  ])('answered %i fails with %s', async (failsWith, code) => {
    const { providerWith, standIn } = await startElevenLabs();
    standIn.switches.failsWith = failsWith;
    const { api } = providerWith('twilio');
    const failure = { code, ...(failsWith === 429 ? { retryAfterMs: 1_000, retryable: true } : {}) };
    await expect(api.lookUpCall?.([keyOf('conv_000000000000')], signal)).rejects.toMatchObject(failure);
    const window = { fromMs: 0, toMs: 1, page: null };
    await expect(api.listCalls?.(window, signal)).rejects.toMatchObject(failure);
  });

  test('checks the settings and says what is wrong with them', async () => {
    const { providerWith, standIn } = await startElevenLabs();
    const good = await providerWith('twilio').api.check?.(signal);
    expect(good).toMatchObject({ ok: true, findings: { length: 3 } });
    const wrongKey = await providerWith('twilio', { ELEVENLABS_API_KEY: 'wrong' }).api.check?.(signal);
    expect(wrongKey).toEqual({
      ok: false,
      findings: [{ ok: false, text: 'ElevenLabs does not accept the API key.' }],
    });
    const wrongNumber = await providerWith('twilio', {
      ELEVENLABS_PHONE_NUMBER_ID: 'phnum_other',
    }).api.check?.(signal);
    expect(wrongNumber?.ok).toBe(false);
    const noSecret = await providerWith('twilio', { ELEVENLABS_WEBHOOK_SECRET: '' }).api.check?.(signal);
    expect(noSecret?.findings.at(-1)).toMatchObject({
      ok: false,
      text: expect.stringContaining('webhook secret'),
    });
    standIn.switches.failsWith = 500;
    await expect(providerWith('twilio').api.check?.(signal)).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
  });
});
