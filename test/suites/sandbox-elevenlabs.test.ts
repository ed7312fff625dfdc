// The ElevenLabs stand-in, judged by ElevenLabs' own SDK: its strict parser must accept every answer, and its webhook
// check every signature.
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js';
import { describe, expect, it } from 'vitest';
import { createAudioScanner } from '../../src/main/domain/audio.ts';
import { apiKey, webhookSecret } from '../elevenlabs.ts';
import { agentId, startElevenLabs } from '../unit/sandbox/elevenlabs-world.ts';

const clientOf = (baseUrl: string, key = apiKey) =>
  new ElevenLabsClient({ apiKey: key, baseUrl, maxRetries: 0 }).conversationalAi;
const judge = new ElevenLabsClient({ apiKey: 'none' }).webhooks;

describe('the API', () => {
  it('places calls on Twilio and over SIP, and tells of them until they are done', async () => {
    const { baseUrl, standIn, twilio, sip } = await startElevenLabs();
    const client = clientOf(baseUrl);
    const order = {
      agentId,
      toNumber: '+442079460155',
      conversationInitiationClientData: { userId: 'u1', dynamicVariables: { chat_id: 'c1' } },
    };
    const { twilio: twilioNumber, sip: sipNumber } = standIn.phoneNumberIds;
    const onTwilio = await client.twilio.outboundCall({
      ...order,
      agentPhoneNumberId: twilioNumber ?? '',
      callRecordingEnabled: false,
    });
    expect(onTwilio).toMatchObject({ success: true, callSid: expect.stringMatching(/^CA[0-9a-f]{32}$/) });
    const overSip = await client.sipTrunk.outboundCall({ ...order, agentPhoneNumberId: sipNumber ?? '' });
    expect(overSip).toMatchObject({ success: true, sipCallId: expect.any(String) });
    expect(twilio.orders).toMatchObject([{ to: '+442079460155', record: false }]);
    expect(sip.orders).toMatchObject([{ sipCallId: overSip.sipCallId }]);

    const id = onTwilio.conversationId ?? '';
    const early = await client.conversations.get(id);
    expect(early).toMatchObject({ hasAudio: false, transcript: [] });
    expect(['initiated', 'in-progress']).toContain(early.status);
    await expect(client.conversations.audio.get(id)).rejects.toMatchObject({ statusCode: 404 });
    await standIn.idle();
    const done = await client.conversations.get(id);
    expect(done).toMatchObject({
      status: 'done',
      hasAudio: true,
      userId: 'u1',
      metadata: {
        callDurationSecs: expect.any(Number),
        phoneCall: { type: 'twilio', callSid: onTwilio.callSid },
      },
      conversationInitiationClientData: { dynamicVariables: { chat_id: 'c1' } },
    });
    expect(done.transcript.length).toBeGreaterThan(2);
    const scanner = createAudioScanner();
    for await (const piece of await client.conversations.audio.get(id)) scanner.feed(piece);
    const verdict = scanner.finish();
    expect(verdict).toMatchObject({ ok: true, audio: { extension: 'mp3', channels: 1 } });
    expect(await client.conversations.get(overSip.conversationId ?? '')).toMatchObject({
      metadata: { phoneCall: { type: 'sip_trunking', callId: overSip.sipCallId } },
    });
  });

  it('lists by time, user and variable, over several pages and without gaps while new calls come', async () => {
    const { baseUrl, standIn, clock } = await startElevenLabs();
    const client = clientOf(baseUrl);
    for (let i = 0; i < 12; i++) {
      standIn.place('twilio', { to: '+442079460155', outcome: 'busy' });
      await clock.delay(1_500);
    }
    await standIn.idle();
    const placed = standIn.conversations().map(({ conversationId }) => conversationId);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.conversations.list({
        pageSize: 5,
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...page.conversations.map(({ conversationId }) => conversationId));
      cursor = page.hasMore ? (page.nextCursor ?? undefined) : undefined;
      if (seen.length === 5) standIn.place('twilio', { to: '+442079460155' });
    } while (cursor !== undefined);
    expect(seen).toEqual(placed.reverse());
    const sixth = standIn.conversations()[5];
    const since = Math.floor((sixth?.createdAtMs ?? 0) / 1000);
    const after = await client.conversations.list({ callStartAfterUnix: since - 1, pageSize: 100 });
    expect(after.conversations).toHaveLength(8);
    const before = await client.conversations.list({ callStartBeforeUnix: since + 1, pageSize: 100 });
    expect(before.conversations).toHaveLength(6);
    expect((await client.conversations.list({ userId: 'nobody' })).conversations).toEqual([]);
    const byVariable = await client.conversations.list({ dynamicVariableParams: ['chat_id:eq:x'] });
    expect(byVariable.conversations).toEqual([]);
    // What it does not know it ignores, as real lists do.
    const reply = await fetch(`${baseUrl}/v1/convai/conversations?chat_id=x&page_size=100`, {
      headers: { 'xi-api-key': apiKey },
    });
    expect(await reply.json()).toMatchObject({ conversations: { length: 13 } });
  });

  it.each([
    [{}, 422],
    [{ agent_id: agentId }, 422],
    [{ agent_id: 'nobody', agent_phone_number_id: 'phnum_sandbox_twilio', to_number: '+442079460155' }, 404],
    [{ agent_id: agentId, agent_phone_number_id: 'nothing', to_number: '+442079460155' }, 404],
    [{ agent_id: agentId, agent_phone_number_id: 'phnum_sandbox_sip', to_number: '+442079460155' }, 400],
    [{ agent_id: agentId, agent_phone_number_id: 'phnum_sandbox_twilio', to_number: '12' }, 400],
  ])('refuses to dial %j with %i', async (body, status) => {
    const { baseUrl, standIn } = await startElevenLabs();
    const reply = await fetch(`${baseUrl}/v1/convai/twilio/outbound-call`, {
      method: 'POST',
      headers: { 'xi-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(reply.status).toBe(status);
    expect(await reply.json()).toHaveProperty('detail');
    expect(standIn.conversations()).toEqual([]);
  });

  it('lets nobody in without the key', async () => {
    const { baseUrl } = await startElevenLabs();
    await expect(clientOf(baseUrl, 'wrong').conversations.list()).rejects.toMatchObject({
      statusCode: 401,
      body: { detail: { status: 'invalid_api_key' } },
    });
  });

  it('is the same again for the same seed', async () => {
    const of = async (seed: number): Promise<string[]> => {
      const { standIn } = await startElevenLabs({ seed });
      for (let i = 0; i < 3; i++) standIn.place('sip', { to: '+442079460155' });
      return standIn.conversations().map(({ conversationId, phone }) => `${conversationId} ${phone.callId}`);
    };
    expect(await of(7)).toEqual(await of(7));
    expect(await of(7)).not.toEqual(await of(8));
  });
});

describe('the webhooks', () => {
  it('are accepted by the SDK: transcript, audio in chunks without a length, failures of both kinds', async () => {
    const { standIn, heard } = await startElevenLabs();
    const id = standIn.place('twilio', { to: '+442079460155', talkMs: 20_000 }).conversationId;
    standIn.place('twilio', { to: '+442079460155', outcome: 'busy' });
    standIn.place('sip', { to: '+442079460155', outcome: 'no_answer' });
    await standIn.idle();
    expect(heard).toHaveLength(4);
    const types: string[] = [];
    for (const { headers, body } of heard) {
      expect(headers['content-length']).toBeUndefined();
      const event = await judge.constructEvent(
        body.toString(),
        String(headers['elevenlabs-signature']),
        webhookSecret,
      );
      types.push(event.type);
      if (event.type !== 'post_call_audio') continue;
      expect(Object.keys(event.data).sort()).toEqual(['agent_id', 'conversation_id', 'full_audio']);
      expect(event.data).toMatchObject({ conversation_id: id });
    }
    expect(types.sort()).toEqual([
      'call_initiation_failure',
      'call_initiation_failure',
      'post_call_audio',
      'post_call_transcription',
    ]);
  });

  it('carry as much audio as is wanted, as long as the call', async () => {
    const { standIn, heard, baseUrl } = await startElevenLabs();
    Object.assign(standIn.switches, { audioBytes: 5_000_000, sendsTranscription: false });
    const { conversationId } = standIn.place('twilio', { to: '+442079460155', talkMs: 20_000 });
    await standIn.idle();
    const told = await clientOf(baseUrl).conversations.get(conversationId);
    const [audio] = heard;
    const json: unknown = JSON.parse(audio?.body.toString() ?? '');
    const { data } = json as { data: { full_audio: string } };
    const bytes = Buffer.from(data.full_audio, 'base64');
    expect(bytes.length).toBe(5_000_000);
    const scanner = createAudioScanner();
    scanner.feed(bytes);
    const verdict = scanner.finish();
    expect(verdict.ok && Math.round(verdict.audio.durationMs / 1000)).toBe(told.metadata.callDurationSecs);
  });

  it('are sent once, whatever the answer is', async () => {
    const { standIn, heard } = await startElevenLabs({ answer: 500 });
    standIn.place('twilio', { to: '+442079460155', outcome: 'busy' });
    await standIn.idle();
    expect(heard).toHaveLength(1);
  });

  it('tell of no audio where none is kept', async () => {
    const { standIn, heard, baseUrl } = await startElevenLabs();
    standIn.switches.noAudio = true;
    const { conversationId } = standIn.place('twilio', { to: '+442079460155', talkMs: 5_000 });
    await standIn.idle();
    expect(heard).toHaveLength(1);
    expect(await clientOf(baseUrl).conversations.get(conversationId)).toMatchObject({
      status: 'done',
      hasAudio: false,
    });
  });
});
