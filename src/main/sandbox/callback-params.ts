// The form fields of Twilio's callbacks, exactly those and in the order in which Twilio sends them.
// https://www.twilio.com/docs/voice/api/call-resource#statuscallback, .../recording#recordingstatuscallback-parameters
import type { Params } from './outbox.ts';
import type { SimCall, SimRecording } from './world.ts';

/** RFC 2822 with a numeric zone, as everywhere in Twilio's 2010 API. */
export function toRfc2822(atMs: number): string {
  return new Date(atMs).toUTCString().replace('GMT', '+0000');
}

/** Whole seconds, as the provider counts them. */
export function toSeconds(durationMs: number): number {
  return Math.round(durationMs / 1000);
}

interface Place {
  country: string;
  state: string;
  city: string;
  zip: string;
}
const nowhere: Place = { country: 'GB', state: '', city: '', zip: '' };
const places: Readonly<Record<string, Place>> = {
  '415': { country: 'US', state: 'CA', city: 'SAN FRANCISCO', zip: '94105' },
  '628': { country: 'US', state: 'CA', city: 'SAN FRANCISCO', zip: '94105' },
  '510': { country: 'US', state: 'CA', city: 'OAKLAND', zip: '94612' },
  '650': { country: 'US', state: 'CA', city: 'PALO ALTO', zip: '94301' },
};

function placeOf(number: string): Place {
  if (!number.startsWith('+1')) return nowhere;
  return places[number.slice(2, 5)] ?? { country: 'US', state: '', city: '', zip: '' };
}

/**
 * A call's status callback.
 * @param status Twilio's CallStatus; `initiated` exists only here, the API says `queued`
 */
export function callStatusParams(
  accountSid: string,
  call: SimCall,
  status: string,
  sequence: number,
  atMs: number,
): Params {
  const from = placeOf(call.from);
  const to = placeOf(call.to);
  const params: [string, string][] = [
    ['Called', call.to],
    ['ToState', to.state],
    ['CallerCountry', from.country],
    ['Direction', call.direction],
    ['CallbackSource', 'call-progress-events'],
    ['CallerState', from.state],
    ['ToZip', to.zip],
    ['CallSid', call.sid],
    ['To', call.to],
    ['CallerZip', from.zip],
    ['ToCountry', to.country],
    ['CalledZip', to.zip],
    ['ApiVersion', '2010-04-01'],
    ['CalledCity', to.city],
    ['From', call.from],
    ['AccountSid', accountSid],
    ['CalledCountry', to.country],
    ['CallerCity', from.city],
    ['ToCity', to.city],
    ['FromCountry', from.country],
    ['Caller', call.from],
    ['FromCity', from.city],
    ['CalledState', to.state],
    ['FromZip', from.zip],
    ['FromState', from.state],
    ['CallStatus', status],
    ['SequenceNumber', String(sequence)],
    ['Timestamp', toRfc2822(atMs)],
  ];
  if (call.parentCallSid !== null) params.push(['ParentCallSid', call.parentCallSid]);
  const sipCode = sipResponses[status];
  if (sipCode !== undefined) {
    const talkSeconds = status === 'completed' ? toSeconds(atMs - (call.startedAtMs ?? atMs)) : 0;
    params.push(
      ['Duration', String(Math.ceil(talkSeconds / 60))],
      ['CallDuration', String(talkSeconds)],
      ['SipResponseCode', sipCode],
    );
  }
  return params;
}

/** Present on the event that ends a call, with the SIP code that ended it. */
const sipResponses: Readonly<Record<string, string>> = {
  completed: '200',
  busy: '486',
  'no-answer': '487',
  canceled: '487',
  failed: '404',
};

/** A recording's status callback. It names no numbers; the duration comes with the end only. */
export function recordingStatusParams(accountSid: string, recording: SimRecording): Params {
  const params: [string, string][] = [
    ['RecordingSource', recording.source],
    ['RecordingTrack', recording.track],
    ['RecordingSid', recording.sid],
    ['RecordingUrl', `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${recording.sid}`],
    ['RecordingStatus', recording.state],
    ['RecordingChannels', String(recording.channels)],
    ['ErrorCode', String(recording.errorCode ?? 0)],
    ['CallSid', recording.call.sid],
    ['RecordingStartTime', toRfc2822(recording.startedAtMs)],
    ['AccountSid', accountSid],
  ];
  if (recording.durationMs !== null) {
    const seconds = recording.state === 'absent' ? 0 : toSeconds(recording.durationMs);
    params.push(['RecordingDuration', String(seconds)]);
  }
  return params;
}
