import { describe, expect, it } from 'vitest';
import { callId, changed, bodyOf, create, nowMs, path, understand } from './telnyx-fixtures.ts';

const legId = '5c0f7a10-d2aa-11f0-9b61-02420a0e0b11';
const recordingId = '7f3b7d02-51c4-4d6e-9a53-2f4f3c1a9e01';
const ids = [
  {
    providerId: 'telnyx',
    kind: 'call_control_id',
    value: 'v3:Qm9hcmRpbmctaG91c2Vfc2FtcGxlLWNvbnRyb2wtaWQtMDE',
  },
  { providerId: 'telnyx', kind: 'call_leg_id', value: legId },
  { providerId: 'telnyx', kind: 'call_session_id', value: '5c0f6e3a-d2aa-11f0-8f0c-02420a0e0b11' },
];
const ours = { providerId: 'tapedeck', kind: 'call_id', value: callId };
const startedAtMs = Date.parse('2026-03-02T03:30:00.076Z');

describe('calls', () => {
  it('begin, with the direction and the numbers as Telnyx wrote them', () => {
    const [event] = understand(bodyOf('call.initiated.outgoing')).events;
    expect(event).toMatchObject({
      kind: 'call.started',
      occurredAtMs: startedAtMs,
      keys: [...ids, ours],
      data: {
        leg: { legId, parentLegId: null },
        status: 'ringing',
        direction: 'outbound',
        from: '+14155550100',
        to: '+14155550143',
        startedAtMs,
      },
    });
    const incoming = understand(bodyOf('call.initiated.incoming')).events[0];
    expect(incoming).toMatchObject({ data: { direction: 'inbound', from: '+14155550143' } });
  });

  it('are answered when the event happened: start_time is the beginning of the call', () => {
    expect(understand(bodyOf('call.answered')).events).toMatchObject([
      {
        kind: 'call.answered',
        data: { status: 'in_progress', startedAtMs, answeredAtMs: Date.parse('2026-03-02T03:30:00.996Z') },
      },
    ]);
  });

  it('end when Telnyx says, without a talk time that nobody told', () => {
    const [event] = understand(bodyOf('call.hangup')).events;
    expect(event).toMatchObject({
      kind: 'call.ended',
      data: { status: 'completed', endedAtMs: Date.parse('2026-03-02T03:30:30.816Z') },
    });
    expect(event?.data).not.toHaveProperty('talkMs');
    expect(event?.data).not.toHaveProperty('providerCode');
  });

  it.each([
    ['normal_clearing', '200', 'completed'],
    ['normal_clearing', '', 'completed'],
    ['normal_clearing', '487', 'canceled'],
    ['time_limit', '', 'completed'],
    ['user_busy', '486', 'busy'],
    ['call_rejected', '603', 'busy'],
    ['call_rejected', '403', 'failed'],
    ['timeout', '487', 'no_answer'],
    ['no_answer', '480', 'no_answer'],
    ['originator_cancel', '487', 'canceled'],
    ['not_found', '404', 'failed'],
    ['unspecified', '503', 'failed'],
    // A cause that we do not know must not hide the recording of a call that was answered.
    ['a_new_cause', '200', 'completed'],
    ['a_new_cause', '', 'completed'],
  ])('that end by %s (SIP %j) are %s', (cause, response, status) => {
    const body = changed('call.hangup', ({ data }) => {
      data.payload['hangup_cause'] = cause;
      data.payload['sip_hangup_cause'] = response;
    });
    const [event] = understand(body).events;
    expect(event).toMatchObject({ kind: 'call.ended', data: { status } });
    const code = event !== undefined && 'providerCode' in event.data ? event.data.providerCode : undefined;
    expect(code).toBe(cause === 'normal_clearing' ? undefined : cause);
  });

  it('have one key per fact, however often and with whatever attempt it is sent', () => {
    const first = understand(bodyOf('call.hangup'));
    const again = understand(bodyOf('call.hangup.attempt-2'));
    expect(again.dedupeKey).toBe(first.dedupeKey);
    expect(again.events).toEqual(first.events);
  });
});

describe('our own id', () => {
  it('is never taken from a call that comes in, whatever its headers and client_state say', () => {
    const body = changed('call.initiated.incoming', ({ data }) => {
      data.payload['client_state'] = Buffer.from(callId).toString('base64');
      data.payload['custom_headers'] = [{ name: 'X-Tapedeck-Call-Id', value: callId }];
    });
    expect(understand(body).events[0]?.keys).toEqual(ids);
  });

  it('is taken from the header of a call through our trunk, and of two different ones from neither', () => {
    const withHeaders = (...values: unknown[]) =>
      understand(
        changed('call.initiated.outgoing', ({ data }) => {
          data.payload['client_state'] = null;
          data.payload['custom_headers'] = values.map((value) => ({ name: 'x-tapedeck-call-id', value }));
        }),
      ).events[0]?.keys;
    expect(withHeaders(callId)).toEqual([...ids, ours]);
    expect(withHeaders(callId, callId)).toEqual([...ids, ours]);
    expect(withHeaders(callId, `${callId.slice(0, -1)}c`)).toEqual(ids);
    expect(withHeaders('c_01')).toEqual(ids);
    expect(withHeaders(7)).toEqual(ids);
  });

  it('is not taken from a header where the direction is not told', () => {
    const body = changed('call.answered', ({ data }) => {
      data.payload['client_state'] = null;
      data.payload['custom_headers'] = [{ name: 'X-Tapedeck-Call-Id', value: callId }];
    });
    expect(understand(body).events[0]?.keys).toEqual(ids);
  });
});

describe('recordings', () => {
  it('are there once saved; a pause makes ended minus started no duration', () => {
    const [event] = understand(bodyOf('call.recording.saved')).events;
    expect(event).toMatchObject({
      kind: 'recording.available',
      keys: [...ids, ours, { kind: 'recording_id', value: recordingId }],
      data: {
        providerRecordingId: recordingId,
        channels: 2,
        startedAtMs: Date.parse('2026-03-02T03:30:01.148Z'),
      },
    });
    expect(event?.data).not.toHaveProperty('durationMs');
  });

  it('are told of without an id, too', () => {
    expect(understand(bodyOf('call.recording.saved.bare')).events).toMatchObject([
      { kind: 'call.told', keys: [ids[1], ids[2], ours], data: { what: 'recording_saved' } },
    ]);
  });

  it.each(['s3://clinic/a.wav', 'gs://clinic/a.wav', 'https://clinic.blob.core.windows.net/calls/a.wav'])(
    'are external in %s',
    (url) => {
      const into = (name: string) =>
        understand(
          changed(name, ({ data }) => {
            data.payload['recording_urls'] = { wav: url };
          }),
        ).events;
      expect(into('call.recording.saved')).toMatchObject([
        { kind: 'recording.external', data: { reason: 'external_storage' } },
      ]);
      expect(into('call.recording.saved.bare')).toMatchObject([{ data: { code: 'external_storage' } }]);
    },
  );

  it('that went wrong say why', () => {
    expect(understand(bodyOf('call.recording.error')).events).toMatchObject([
      { kind: 'call.told', data: { what: 'recording_error', code: 'internal_server_error' } },
    ]);
    const odd = changed('call.recording.error', ({ data }) => {
      data.payload['reason'] = 'the disk of +14155550143 is full';
      data.payload['recording_id'] = recordingId;
    });
    expect(understand(odd).events).toMatchObject([
      { kind: 'recording.noted', data: { reason: 'provider_failed', providerCode: 'reason_not_known' } },
    ]);
  });
});

describe('other bodies', () => {
  it('of events that say nothing of calls are understood and kept', () => {
    for (const type of ['call.dtmf.received', 'call.playback.started', 'message.received']) {
      const body = changed('call.answered', ({ data }) => {
        data.event_type = type;
      });
      expect(understand(body)).toMatchObject({ outcome: 'ignored', label: type, events: [] });
    }
    const bridged = changed('call.answered', ({ data }) => {
      data.event_type = 'call.bridged';
    });
    expect(understand(bridged)).toMatchObject({ outcome: 'applied', events: [{ kind: 'call.told' }] });
  });

  it.each([
    ['API version 1', '{"event_type":"recording_saved","payload":{"call_leg_id":"x"}}'],
    ['no object', '[1]'],
    ['no JSON', 'call.hangup'],
    ['nothing', ''],
    ['data that is text', '{"data":"call.hangup"}'],
  ])('are not understood: %s', (_what, text) => {
    expect(understand(Buffer.from(text))).toMatchObject({ outcome: 'not_understood', events: [] });
  });

  it.each([
    ['call_control_id', '../../recordings'],
    ['call_leg_id', '5c0f7a10'],
    ['call_session_id', 7],
    ['call_session_id', "' or 1=1"],
  ])('are not understood when %s is %j', (name, value) => {
    const body = changed('call.hangup', ({ data }) => {
      data.payload[name] = value;
    });
    expect(understand(body)).toMatchObject({ outcome: 'not_understood', events: [] });
    const saved = changed('call.recording.saved', ({ data }) => {
      data.payload['recording_id'] = String(value);
    });
    expect(understand(saved).outcome).toBe('not_understood');
  });

  it('without an id of their own are told apart by what they say', () => {
    const without = (to: string) =>
      understand(
        changed('call.hangup', ({ data }) => {
          delete data.id;
          data.payload['to'] = to;
        }),
      ).dedupeKey;
    expect(without('+14155550143')).toBe(without('+14155550143'));
    expect(without('+14155550143')).not.toBe(without('+14155550144'));
  });

  it('without a moment of their own are as old as their arrival', () => {
    const body = changed('call.answered', ({ data }) => {
      delete data.occurred_at;
    });
    const { events } = create().understand({ path, body, receivedAtMs: nowMs - 5 });
    expect(events).toMatchObject([{ occurredAtMs: nowMs - 5 }]);
  });
});
