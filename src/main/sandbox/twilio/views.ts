// Calls and recordings as the 2010 API shows them: durations and prices are strings, dates RFC 2822, gaps null.
import { toRfc2822, toSeconds } from '../callback-params.ts';
import { sidOf } from '../random.ts';
import type { SimCall, SimRecording } from '../world.ts';

type Json = Record<string, unknown>;

export function accountPath(accountSid: string): string {
  return `/2010-04-01/Accounts/${accountSid}`;
}

function dateOrNull(atMs: number | null): string | null {
  return atMs === null ? null : toRfc2822(atMs);
}

function formatted(number: string): string {
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return us === null ? number : `(${us[1]}) ${us[2]}-${us[3]}`;
}

/** https://www.twilio.com/docs/voice/api/call-resource#call-properties */
export function callView(accountSid: string, call: SimCall): Json {
  const uri = `${accountPath(accountSid)}/Calls/${call.sid}`;
  const ended = call.endedAtMs !== null;
  const talkMs = call.state === 'completed' ? (call.endedAtMs ?? 0) - (call.startedAtMs ?? 0) : 0;
  const line = call.direction === 'inbound' ? call.to : call.from;
  return {
    sid: call.sid,
    date_created: toRfc2822(call.createdAtMs),
    date_updated: toRfc2822(call.updatedAtMs),
    parent_call_sid: call.parentCallSid,
    account_sid: accountSid,
    to: call.to,
    to_formatted: formatted(call.to),
    from: call.from,
    from_formatted: formatted(call.from),
    phone_number_sid: sidOf('PN', line),
    status: call.state,
    start_time: dateOrNull(call.startedAtMs),
    end_time: dateOrNull(call.endedAtMs),
    duration: ended ? String(toSeconds(talkMs)) : null,
    price: ended ? (-0.014 * Math.ceil(talkMs / 60_000)).toFixed(5) : null,
    price_unit: 'USD',
    direction: call.direction,
    answered_by: null,
    api_version: '2010-04-01',
    forwarded_from: null,
    group_sid: null,
    caller_name: null,
    queue_time: '0',
    trunk_sid: null,
    uri: `${uri}.json`,
    subresource_uris: { recordings: `${uri}/Recordings.json` },
  };
}

function commonView(accountSid: string, recording: SimRecording): Json {
  const done = recording.state === 'completed' || recording.state === 'deleted';
  const seconds = recording.state === 'absent' ? 0 : done ? toSeconds(recording.durationMs ?? 0) : null;
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    call_sid: recording.call.sid,
    conference_sid: null,
    channels: recording.channels,
    date_created: toRfc2822(recording.createdAtMs),
    date_updated: toRfc2822(recording.updatedAtMs),
    start_time: toRfc2822(recording.startedAtMs),
    duration: seconds === null ? null : String(seconds),
    sid: recording.sid,
    source: recording.source,
    status: recording.state,
    error_code: recording.errorCode,
    encryption_details: null,
  };
}

/** As listed and fetched under the account. https://www.twilio.com/docs/voice/api/recording */
export function recordingView(accountSid: string, recording: SimRecording): Json {
  const uri = `${accountPath(accountSid)}/Recordings/${recording.sid}`;
  const paid = recording.state === 'completed';
  return {
    ...commonView(accountSid, recording),
    price: paid ? (-0.0025 * Math.ceil((recording.durationMs ?? 0) / 60_000)).toFixed(5) : null,
    price_unit: 'USD',
    uri: `${uri}.json`,
    subresource_uris: {
      add_on_results: `${uri}/AddOnResults.json`,
      transcriptions: `${uri}/Transcriptions.json`,
    },
    // Twilio's own host, as in the real thing: whoever follows it instead of building the address notices.
    media_url: `https://api.twilio.com${uri}`,
  };
}

/** As shown under its call, where it has a track and no media_url. */
export function callRecordingView(accountSid: string, recording: SimRecording): Json {
  return {
    ...commonView(accountSid, recording),
    price: null,
    price_unit: null,
    uri: `${accountPath(accountSid)}/Calls/${recording.call.sid}/Recordings/${recording.sid}.json`,
    track: recording.track,
  };
}
