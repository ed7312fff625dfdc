// Recording a live call: start, pause, resume, stop.
import { AppError } from '../../domain/errors.ts';
import type { CallKey } from '../../domain/provider-event.ts';
import type { RecordingRow } from '../../domain/recording.ts';
import type { PulledFact, StartAnswer } from '../provider.ts';
import type { Ask } from './client.ts';
import { providerId, uuidPattern, valuesOf } from './ids.ts';
import { canonical } from './json.ts';
import { toClientState } from './our-call.ts';
import { TelnyxRefusal } from './refusals.ts';

export interface ControlDeps {
  ask: Ask;
  now: () => number;
}

/**
 * What refusals of a command mean for a recording: 90034 not answered, 90020 no sound yet, 90018 has ended, 10005 not
 * known any more. Source: https://developers.telnyx.com/docs/overview/errors/90034 and its siblings
 */
const notYet: readonly (string | null)[] = ['90034', '90020'];
const notLive: readonly (string | null)[] = ['90018', '10005'];

/**
 * Starts a recording of two channels as WAV, untrimmed. There is no list of running recordings: a call that was
 * dialled with one has its recording_id among its keys and is left alone, and `command_id` makes Telnyx ignore the
 * command where it came before. The answer names no recording.
 * Source: https://developers.telnyx.com/api-reference/call-commands/start-recording
 */
export async function startRecording(
  deps: ControlDeps,
  { callId, keys }: { callId: string; keys: readonly CallKey[] },
  signal: AbortSignal,
): Promise<StartAnswer> {
  if (valuesOf(keys, 'recording_id').length > 0) return { outcome: 'already', facts: [] };
  let last: StartAnswer = { outcome: 'refused', code: 'not_eligible', providerCode: null };
  for (const controlId of valuesOf(keys, 'call_control_id')) {
    const answer = await startOn(deps, callId, controlId, signal);
    if (answer.outcome === 'started') return answer;
    // A leg that may still be answered speaks louder than one that has ended.
    if (last.outcome !== 'not_yet') last = answer;
  }
  return last;
}

async function startOn(
  { ask, now }: ControlDeps,
  callId: string,
  controlId: string,
  signal: AbortSignal,
): Promise<StartAnswer> {
  try {
    await ask(signal, (client, options) =>
      client.calls.actions.startRecording(
        controlId,
        {
          format: 'wav',
          channels: 'dual',
          recording_track: 'both',
          client_state: toClientState(callId),
          command_id: callId,
          custom_file_name: callId,
        },
        options,
      ),
    );
    const facts = [commandFact('record_start', controlId, callId, 'recording_started', now())];
    return { outcome: 'started', facts };
  } catch (error) {
    if (!(error instanceof TelnyxRefusal) || error.retryable !== isGone(error)) throw error;
    const { code, providerCode } = error;
    if (code === 'provider_unauthorized') throw error;
    if (notYet.includes(providerCode)) return { outcome: 'not_yet' };
    if (notLive.includes(providerCode)) return { outcome: 'not_live', providerCode };
    return { outcome: 'refused', code, providerCode };
  }
}

/** A 404 is worth a second try where a file is asked for, not where a call is. */
function isGone({ httpStatus }: TelnyxRefusal): boolean {
  return httpStatus === 404;
}

/** What was done to a call, for its timeline. */
function commandFact(
  command: string,
  controlId: string,
  about: string,
  what: string,
  nowMs: number,
): PulledFact {
  const path = `/v2/calls/${controlId}/actions/${command}`;
  const dedupeKey = `${command}:${controlId}:${about}:${command === 'record_start' ? '' : nowMs}`;
  return {
    outcome: 'applied',
    label: what.replaceAll('_', ' '),
    dedupeKey,
    path,
    body: canonical({ result: 'ok' }),
    events: [
      {
        kind: 'call.told',
        eventKey: `${dedupeKey}:0`,
        providerId,
        occurredAtMs: nowMs,
        sequence: 3,
        keys: [{ providerId, kind: 'call_control_id', value: controlId }],
        data: { what },
      },
    ],
  };
}

const told = { pause: 'recording_paused', resume: 'recording_resumed', stop: 'recording_stopped' } as const;

/**
 * Pauses, resumes or stops a running recording; without a recording_id Telnyx means the one that runs.
 * Source: https://developers.telnyx.com/api-reference/call-commands/pause-recording and its siblings
 * Errors: call_not_live, and those of asking
 */
export async function steerRecording(
  { ask, now }: ControlDeps,
  recording: RecordingRow,
  keys: readonly CallKey[],
  action: 'pause' | 'resume' | 'stop',
  signal: AbortSignal,
): Promise<PulledFact[]> {
  const id = recording.providerRecordingId;
  const body = uuidPattern.test(id) ? { recording_id: id } : {};
  for (const controlId of valuesOf(keys, 'call_control_id')) {
    try {
      await ask(signal, ({ calls: { actions } }, options) => {
        if (action === 'pause') return actions.pauseRecording(controlId, body, options);
        if (action === 'resume') return actions.resumeRecording(controlId, body, options);
        return actions.stopRecording(controlId, body, options);
      });
      return [commandFact(`record_${action}`, controlId, id, told[action], now())];
    } catch (error) {
      if (!(error instanceof TelnyxRefusal) || !notLive.includes(error.providerCode)) throw error;
    }
  }
  throw new AppError('call_not_live', 'The call has ended, so its recording can no longer be changed.');
}
