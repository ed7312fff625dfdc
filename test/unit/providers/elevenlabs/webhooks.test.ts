import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { understandBody } from '../../../../src/main/providers/elevenlabs/webhooks.ts';
import { audioWebhook, conversationId } from '../../../elevenlabs.ts';
import { makeMp3 } from '../../../standins/mp3.ts';

const fixtures = new URL('../../../fixtures/elevenlabs/', import.meta.url);
const receivedAtMs = 1_772_532_000_000;

/** @param changes values by path below `data`, e.g. `metadata.phone_call.direction` */
function understood(name: string, changes: Record<string, unknown> = {}) {
  const json: unknown = JSON.parse(readFileSync(new URL(name, fixtures), 'utf8'));
  for (const [path, value] of Object.entries(changes)) {
    const names = ['data', ...path.split('.')];
    const last = names.pop() ?? '';
    const parent = names.reduce<unknown>((part, key) => Reflect.get(Object(part), key), json);
    Reflect.set(Object(parent), last, value);
  }
  return understandBody(Buffer.from(JSON.stringify(json)), receivedAtMs);
}

describe('post_call_transcription', () => {
  test('tells how the call went, what was said and when, and names it by every exact id', () => {
    const { outcome, label, events } = understood('post-call-transcription.json');
    expect({ outcome, label }).toEqual({ outcome: 'applied', label: 'post call transcription' });
    expect(events.map(({ kind }) => kind)).toEqual([
      'call.ended',
      'transcript.attached',
      'recording.available',
    ]);
    const [ended, transcript, available] = events;
    expect(ended).toMatchObject({
      occurredAtMs: 1_739_537_320_000,
      data: {
        status: 'completed',
        direction: 'outbound',
        from: '+14155550101',
        to: '+442079460155',
        startedAtMs: 1_739_537_297_000,
        answeredAtMs: 1_739_537_298_000,
        endedAtMs: 1_739_537_320_000,
        talkMs: 22_000,
      },
    });
    expect(transcript?.data).toEqual({
      providerTranscriptId: conversationId,
      lines: [
        { speaker: 'clinic', text: 'Hey there Jordan. How are you?', atMs: 0 },
        { speaker: 'caller', text: expect.stringContaining('fun fact'), atMs: 2_000 },
      ],
    });
    expect(available?.data).toMatchObject({ providerRecordingId: conversationId });
    for (const { keys } of events) {
      expect(keys).toEqual([
        { providerId: 'elevenlabs', kind: 'conversation_id', value: conversationId },
        { providerId: 'twilio', kind: 'call_sid', value: 'CA3f9a0c1d2e4b5a697887766554433221' },
        { providerId: 'tapedeck', kind: 'call_id', value: 'call_01k0abcdefghjkmnpqrstvwxyz' },
      ]);
    }
  });

  test('of an incoming call takes the numbers the other way round and never believes a callId', () => {
    const { events } = understood('post-call-transcription.json', {
      'metadata.phone_call.direction': 'inbound',
    });
    expect(events[0]?.data).toMatchObject({
      direction: 'inbound',
      from: '+442079460155',
      to: '+14155550101',
    });
    expect(events.flatMap(({ keys }) => keys).some(({ providerId }) => providerId === 'tapedeck')).toBe(
      false,
    );
  });

  test('with a callId that is not the order it came with is not believed', () => {
    const { events } = understood('post-call-transcription.json', {
      user_id: 'call_01k0abcdefghjkmnpqrstvwxy0',
    });
    expect(events.flatMap(({ keys }) => keys).some(({ providerId }) => providerId === 'tapedeck')).toBe(
      false,
    );
  });

  test('over SIP names the call by its SIP id', () => {
    const { events } = understood('post-call-transcription.json', {
      'metadata.phone_call': {
        type: 'sip_trunking',
        direction: 'outbound',
        call_id: 'd8e7f6a5-b4c3',
        call_sid: 'SCL_abc123',
      },
    });
    expect(events[0]?.keys).toContainEqual({
      providerId: 'elevenlabs',
      kind: 'sip_call_id',
      value: 'd8e7f6a5-b4c3',
    });
  });

  test('that says it has no audio does not settle that there is none', () => {
    const { events } = understood('post-call-transcription.json', { has_audio: false });
    expect(events.map(({ kind }) => kind)).toEqual(['call.ended', 'transcript.attached']);
  });

  test.each([
    ['metadata'],
    ['transcript'],
    ['status'],
    ['conversation_initiation_client_data'],
    ['has_audio'],
    ['user_id'],
  ])('is still understood when %s is missing, null or of another kind', (name) => {
    for (const value of [undefined, null, 7, 'x', [], [7, null], { a: [] }]) {
      const { outcome, events } = understood('post-call-transcription.json', { [name]: value });
      expect(outcome).toBe('applied');
      expect(events[0]?.keys[0]?.value).toBe(conversationId);
    }
  });
});

describe('call_initiation_failure', () => {
  test.each([
    ['busy', 'busy'],
    ['no-answer', 'no_answer'],
    ['unknown', 'failed'],
    ['a-new-one', 'failed'],
  ])('%s ends the call as %s, at Twilio and over SIP', (reason, status) => {
    for (const name of ['initiation-failure.twilio.json', 'initiation-failure.sip.json']) {
      const { events } = understood(name, { failure_reason: reason });
      expect(events).toMatchObject([
        {
          kind: 'call.ended',
          occurredAtMs: 1_759_931_652_000,
          data: { status, endedAtMs: 1_759_931_652_000 },
        },
      ]);
      expect(events[0]?.data).toHaveProperty('providerCode');
    }
  });

  test('names the call at Twilio by its CallSid, over SIP by the SIP id, and who called whom', () => {
    const [twilio] = understood('initiation-failure.twilio.json').events;
    expect(twilio?.keys[1]).toEqual({
      providerId: 'twilio',
      kind: 'call_sid',
      value: 'CA3f9a0c1d2e4b5a697887766554433221',
    });
    expect(twilio?.data).toMatchObject({ from: '+14155550101', to: '+442079460155', providerCode: '487' });
    const [sip] = understood('initiation-failure.sip.json').events;
    expect(sip?.keys[1]).toMatchObject({ providerId: 'elevenlabs', kind: 'sip_call_id' });
    expect(sip?.data).toMatchObject({ providerCode: '486' });
  });
});

describe('other bodies', () => {
  test('audio is a recording of its conversation and of nothing else', () => {
    const { events, label } = understandBody(audioWebhook(makeMp3()), receivedAtMs);
    expect(label).toBe('post call audio');
    expect(events).toMatchObject([
      {
        kind: 'recording.available',
        occurredAtMs: 1_739_537_325_000,
        keys: [{ providerId: 'elevenlabs', kind: 'conversation_id', value: conversationId }],
        data: { providerRecordingId: conversationId },
      },
    ]);
  });

  test('an unknown type of a conversation is kept and ignored, whatever it is called', () => {
    for (const type of ['post_call_poem', 'x'.repeat(99), '+14155550143']) {
      const body = JSON.stringify({ type, data: { conversation_id: conversationId } });
      const { outcome, events, label } = understandBody(Buffer.from(body), receivedAtMs);
      expect({ outcome, events }).toEqual({ outcome: 'ignored', events: [] });
      expect(label).not.toMatch(/\d/);
    }
  });

  test('without a conversation id that fits there is nothing to link', () => {
    for (const id of [null, '', '../../etc', 'a b', 7, 'c'.repeat(81)]) {
      const { outcome } = understood('post-call-transcription.json', { conversation_id: id });
      expect(outcome).toBe('not_understood');
    }
  });
});
