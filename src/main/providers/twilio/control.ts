// Recording a live call: start, pause, resume, stop.
import { AppError } from '../../domain/errors.ts';
import type { CallKey } from '../../domain/provider-event.ts';
import type { RecordingRow } from '../../domain/recording.ts';
import type { PulledFact, StartAnswer } from '../provider.ts';
import { recordingPath } from './callbacks.ts';
import { type RecordingsDeps, recordingsOf } from './find-recordings.ts';
import { callSidsOf, recordingSidPattern } from './ids.ts';
import { type Json, textOf } from './json.ts';
import { fetchCall } from './look-up.ts';
import { isOver, momentOf, recordingFact, withTold } from './pulled.ts';
import { TwilioRefusal } from './refusals.ts';

/** "Requested resource is not eligible for recording". Source: https://www.twilio.com/docs/api/errors/21220 */
const notEligible = '21220';
/** Statuses in which a call is being recorded, or just was. */
const running: ReadonlySet<string> = new Set(['in-progress', 'paused', 'processing']);
const unusable: ReadonlySet<string> = new Set(['absent', 'failed', 'deleted']);

/**
 * Five tries of a callback instead of one, also after an answer of 500 and a time-out; all within Twilio's 15 s. The
 * fragment stays at Twilio. Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
export const retryOverrides = '#rc=5&rp=5xx,ct,rt';
/** Source: https://www.twilio.com/docs/voice/api/recording#create-a-recording-resource (RecordingStatusCallbackEvent) */
export const recordingEvents = ['in-progress', 'completed', 'absent'];

/**
 * Starts a recording of two channels, untrimmed, unless the call is being recorded. Twilio refuses it with 21220
 * until the call is in progress and after it has ended.
 * Source: https://www.twilio.com/docs/voice/api/recording#create-a-recording-resource
 * Errors: those of asking that may pass
 */
export async function startRecording(
  deps: RecordingsDeps,
  { keys, publicUrl }: { keys: readonly CallKey[]; publicUrl: string | null },
  signal: AbortSignal,
): Promise<StartAnswer> {
  const callSids = callSidsOf(keys);
  const existing: Json[] = [];
  for (const callSid of callSids) existing.push(...(await recordingsOf(deps, callSid, signal)));
  const already: StartAnswer = {
    outcome: 'already',
    facts: existing.map((row) => recordingFact(row, deps.apiHost())),
  };
  if (existing.some((row) => running.has(textOf(row, 'status') ?? ''))) return already;
  const callSid = await mainLegOf(deps, callSids, signal);
  if (callSid === null) return { outcome: 'refused', code: 'not_eligible', providerCode: null };
  const answer = await startOn(deps, callSid, publicUrl, signal);
  // It came too late to start one, and there was one.
  const isRecorded = existing.some((row) => !unusable.has(textOf(row, 'status') ?? ''));
  return answer.outcome === 'not_live' && isRecorded ? already : answer;
}

/** Of several legs the one to record: not a child leg of another, and not over where another one is not. */
async function mainLegOf(
  { ask }: RecordingsDeps,
  callSids: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  const [first = null, ...others] = callSids;
  if (first === null || others.length === 0) return first;
  let best: { callSid: string; rank: number } = { callSid: first, rank: -1 };
  for (const callSid of callSids) {
    const call = await fetchCall(ask, callSid, signal);
    if (call === null) continue;
    const rank = (isOver(call) ? 0 : 2) + (textOf(call, 'parent_call_sid') === undefined ? 1 : 0);
    if (rank > best.rank) best = { callSid, rank };
  }
  return best.callSid;
}

async function startOn(
  deps: RecordingsDeps,
  callSid: string,
  publicUrl: string | null,
  signal: AbortSignal,
): Promise<StartAnswer> {
  const callback =
    publicUrl === null
      ? {}
      : {
          recordingStatusCallback: `${publicUrl}${recordingPath}${retryOverrides}`,
          recordingStatusCallbackEvent: recordingEvents,
          recordingStatusCallbackMethod: 'POST',
        };
  try {
    const { json } = await deps.ask(signal, (client) =>
      client
        .calls(callSid)
        .recordings.create({ recordingChannels: 'dual', trim: 'do-not-trim', ...callback }),
    );
    return { outcome: 'started', facts: [recordingFact(json, deps.apiHost())] };
  } catch (error) {
    if (!(error instanceof TwilioRefusal) || error.retryable || error.code === 'provider_unauthorized') {
      throw error;
    }
    const { code, providerCode } = error;
    if (providerCode === notEligible) return whyNotEligible(deps, callSid, signal);
    return { outcome: 'refused', code, providerCode };
  }
}

/** In progress by now means that it was answered between the two questions: the next try will do. */
async function whyNotEligible(
  { ask }: RecordingsDeps,
  callSid: string,
  signal: AbortSignal,
): Promise<StartAnswer> {
  const call = await fetchCall(ask, callSid, signal);
  if (call === null) return { outcome: 'not_live', providerCode: notEligible };
  if (isOver(call)) return { outcome: 'not_live', providerCode: textOf(call, 'status') ?? null };
  return { outcome: 'not_yet' };
}

const changes = {
  pause: { status: 'paused', pauseBehavior: 'silence' },
  resume: { status: 'in-progress' },
  stop: { status: 'stopped' },
} as const;
const told = { pause: 'recording_paused', resume: 'recording_resumed', stop: 'recording_stopped' } as const;

/**
 * Pauses, resumes or stops a running recording. A pause is kept as silence, so that times of the audio stay times of
 * the call.
 * Source: https://www.twilio.com/docs/voice/api/recording#update-a-recording-resource
 * Errors: bad_input (an id that does not fit), call_not_live (it has ended), those of asking
 */
export async function steerRecording(
  deps: RecordingsDeps,
  recording: RecordingRow,
  keys: readonly CallKey[],
  action: 'pause' | 'resume' | 'stop',
  signal: AbortSignal,
): Promise<PulledFact[]> {
  const sid = recording.providerRecordingId;
  if (!recordingSidPattern.test(sid)) throw new AppError('bad_input', 'This is no id of a Twilio recording.');
  for (const callSid of callSidsOf(keys)) {
    try {
      const { json } = await deps.ask(signal, (client) =>
        client.calls(callSid).recordings(sid).update(changes[action]),
      );
      const fact = recordingFact(json, deps.apiHost());
      return [withTold(fact, told[action], momentOf(json, 'date_updated'))];
    } catch (error) {
      if (!(error instanceof TwilioRefusal)) throw error;
      // 404: it is of another leg, or has ended.
      if (error.httpStatus !== 404 && error.providerCode !== notEligible) throw error;
    }
  }
  throw new AppError('call_not_live', 'This recording has ended, so it can no longer be changed.');
}
