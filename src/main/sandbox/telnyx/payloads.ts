// What Telnyx's webhooks say, field by field.
// https://developers.telnyx.com/api-reference/callbacks/call-initiated and its siblings
import { type TelnyxCall, type TelnyxRecording, toIso } from './world.ts';

export type Payload = Record<string, unknown>;

function common(call: TelnyxCall): Payload {
  return {
    call_control_id: call.controlId,
    call_leg_id: call.legId,
    call_session_id: call.sessionId,
    client_state: call.clientState,
    connection_id: call.connectionId,
  };
}

function parties(call: TelnyxCall): Payload {
  return { from: call.from, to: call.to, start_time: toIso(call.createdAtMs) };
}

/** Its custom headers are those that begin with X-. */
export function initiated(call: TelnyxCall): Payload {
  const custom = call.headers.filter(({ name }) => /^x-/i.test(name));
  return {
    ...common(call),
    ...parties(call),
    direction: call.direction,
    state: call.direction === 'incoming' ? 'parked' : 'bridging',
    calling_party_type: call.direction === 'incoming' ? 'pstn' : 'sip',
    ...(call.direction === 'incoming' ? { caller_id_name: call.from } : {}),
    connection_codecs: 'PCMA,PCMU',
    offered_codecs: 'PCMU,G729',
    ...(custom.length === 0 ? {} : { custom_headers: custom }),
  };
}

/** It has no direction, and its start_time is that of the call. */
export function answered(call: TelnyxCall): Payload {
  return {
    ...common(call),
    ...parties(call),
    calling_party_type: 'pstn',
    codec: 'PCMU',
    sampling_rate: 8000,
  };
}

export interface Ending {
  cause: string;
  source: 'caller' | 'callee' | 'unknown';
  sipCode: string;
}

export function hangup(call: TelnyxCall, { cause, source, sipCode }: Ending, atMs: number): Payload {
  const talked = call.answeredAtMs === null ? 0 : Math.round((atMs - call.answeredAtMs) / 20);
  return {
    ...common(call),
    ...parties(call),
    ...(talked === 0
      ? {}
      : {
          call_quality_stats: {
            inbound: { mos: '4.50', packet_count: String(talked), skip_packet_count: '2' },
            outbound: { packet_count: String(talked), skip_packet_count: '0' },
          },
        }),
    end_time: toIso(atMs),
    hangup_cause: cause,
    hangup_source: source,
    sip_hangup_cause: sipCode,
  };
}

/**
 * @param url a link of ten minutes, or into the customer's own storage
 * @param bare as the description has it: without recording_id and call_control_id
 */
export function recordingSaved(recording: TelnyxRecording, url: string, bare: boolean): Payload {
  const { call_control_id: control, ...ids } = common(recording.call);
  const startedAt = toIso(recording.startedAtMs);
  const endedAt = toIso(recording.endedAtMs ?? recording.startedAtMs);
  return {
    ...ids,
    ...(bare ? {} : { call_control_id: control, recording_id: recording.id, format: recording.format }),
    ...(bare ? {} : { start_time: startedAt, end_time: endedAt }),
    channels: recording.channels,
    recording_started_at: startedAt,
    recording_ended_at: endedAt,
    recording_urls: { [recording.format]: url },
    public_recording_urls: {},
  };
}

export function recordingError(recording: TelnyxRecording): Payload {
  return { ...common(recording.call), reason: 'Internal server error' };
}
