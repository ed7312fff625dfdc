// What opening a made-up call shows: recordings, parts, transcript, and what happened, kind by kind.
import type { CallDetail, CallView, LegView, TimelineEntry } from '../../../src/preload/contract/calls.ts';
import type { RecordingView } from '../../../src/preload/contract/recordings.ts';
import { momentSaid, verdictSentence } from '../../../src/preload/contract/verdict-words.ts';
import type { Verdict } from '../../../src/preload/contract/verdicts.ts';
import { nowMs, transcript } from './sample-data.ts';

const statuses: Partial<Record<CallView['recordingStatus'], RecordingView['status']>> = {
  stored: 'stored',
  failed: 'failed',
  fetching: 'fetching',
};

export function recordingOf(call: CallView): RecordingView[] {
  if (call.mainRecordingId === null) return [];
  const status = statuses[call.recordingStatus] ?? 'recording';
  const isStored = status === 'stored';
  const isFailed = status === 'failed';
  const main: RecordingView = {
    recordingId: call.mainRecordingId,
    callId: call.callId,
    providerId: call.providerId,
    providerRecordingId: `RE${call.callId.padStart(32, '0')}`,
    status,
    durationMs: call.durationMs,
    channels: 2,
    sizeBytes: isStored ? 3_900_000 : null,
    sha256: isStored ? 'ab'.repeat(32) : null,
    contentType: 'audio/wav',
    startedAtMs: call.startedAtMs + 3_000,
    storedAtMs: isStored ? (call.endedAtMs ?? 0) + 35_000 : null,
    reason: isFailed ? 'provider_unauthorized' : null,
    providerCode: isFailed ? '20003' : null,
    flags: [],
  };
  if (call.recordingCount < 2) return [main];
  return [
    main,
    {
      ...main,
      recordingId: `${main.recordingId}_mono`,
      providerId: 'twilio',
      startedAtMs: call.startedAtMs + 190_000,
      durationMs: 60_000,
    },
  ];
}

/**
 * @param paused whether the recording that runs was paused by a person
 * @param matchEventKey of the match that made this call
 */
export function detailOf(call: CallView, paused = false, matchEventKey = 'match_before'): CallDetail {
  const isJoined = call.callId === 'joined';
  return {
    call,
    recordings: recordingOf(call),
    keys: [
      ...(call.providerId === 'twilio' || isJoined
        ? [{ providerId: 'twilio', kind: 'call_sid', value: 'CA3f7a6b1c2d3e4f5061728394a5b69b21' }]
        : []),
      ...(call.providerId === 'elevenlabs'
        ? [{ providerId: 'elevenlabs', kind: 'conversation_id', value: 'conv_01jz8m2n4q6r8s0t2v4w6x8y0z' }]
        : []),
    ],
    timeline: timelineOf(call, paused),
    legs: isJoined ? legsOf(call) : [],
    transcript: call.hasTranscript ? transcript : [],
    matches:
      call.matchedBy === null
        ? []
        : [{ eventKey: matchEventKey, atMs: nowMs - 20 * 60_000, by: call.matchedBy }],
    verdict: verdictOf(call),
  };
}

const verdicts: Partial<Record<CallView['recordingStatus'], Pick<Verdict, 'cause' | 'action' | 'evidence'>>> =
  {
    failed: {
      cause: 'wrong_password',
      action: 'reconnect_provider',
      evidence: [
        {
          kind: 'provider',
          id: 'twilio',
          atMs: nowMs - 76 * 60_000,
          code: 'provider_unauthorized',
          providerCode: '20003',
        },
        { kind: 'job', id: 'job_1', atMs: nowMs - 60_000, code: 'provider_unauthorized', attempts: 4 },
      ],
    },
    processing: {
      cause: 'getting_ready',
      action: 'check_now',
      evidence: [{ kind: 'delivery', id: 'dlv_1', atMs: nowMs - 30 * 60_000, code: 'recording.processing' }],
    },
    not_recorded: {
      cause: 'recording_off',
      action: 'turn_on_recording',
      evidence: [
        { kind: 'check', id: 'run_1', atMs: nowMs - 4 * 60_000, code: 'no_recordings' },
        { kind: 'setting', atMs: nowMs - 60 * 60_000, code: 'line.record' },
      ],
    },
  };

function verdictOf(call: CallView): CallDetail['verdict'] {
  const sample = call.dialState === null && !call.unmatched ? verdicts[call.recordingStatus] : undefined;
  if (sample === undefined) return null;
  const verdict: Verdict = {
    ...sample,
    isSafe: false,
    isFinal: sample.cause === 'recording_off',
    sinceMs: sample.evidence[0]?.atMs ?? nowMs,
    nextLookAtMs: sample.cause === 'recording_off' ? null : nowMs + 3 * 60_000,
    providerId: call.providerId,
  };
  const at = (atMs: number): string => momentSaid(atMs, nowMs);
  return { ...verdict, sentence: verdictSentence(verdict, { service: 'Twilio', at }) };
}

function legsOf({ startedAtMs, endedAtMs, from, to }: CallView): LegView[] {
  return [
    {
      providerId: 'twilio',
      legId: 'CA_parent',
      parentLegId: null,
      direction: 'outbound',
      from,
      to,
      status: 'completed',
      startedAtMs,
      endedAtMs,
    },
    {
      providerId: 'twilio',
      legId: 'CA_child',
      parentLegId: 'CA_parent',
      direction: 'outbound',
      from: to,
      to: '+14155550101',
      status: 'no_answer',
      startedAtMs: startedAtMs + 190_000,
      endedAtMs: startedAtMs + 215_000,
    },
  ];
}

function timelineOf(call: CallView, paused: boolean): TimelineEntry[] {
  const entry = (kind: string, atMs: number, change: Partial<TimelineEntry> = {}): TimelineEntry => ({
    eventKey: `${call.callId}:${kind}:${change.what ?? ''}`,
    atMs,
    kind,
    providerId: call.providerId,
    source: 'webhook',
    deliveryId: 'dlv_1',
    recordingId: call.mainRecordingId,
    code: null,
    sizeBytes: null,
    ...change,
  });
  const { startedAtMs, answeredAtMs, dialState, recordingStatus } = call;
  const endedAtMs = call.endedAtMs ?? nowMs;
  const isDialled = dialState !== null && dialState !== 'waiting';
  return [
    ...(dialState === null ? [] : [entry('call.placed', startedAtMs, { source: 'user' })]),
    ...(isDialled ? [entry('call.dial_started', startedAtMs + 1_000)] : []),
    ...(dialState === 'dialed' ? [entry('call.dialed', startedAtMs + 2_000)] : []),
    ...(dialState === 'refused'
      ? [entry('call.dial_refused', startedAtMs + 2_000, { code: 'dial_refused' })]
      : []),
    ...(dialState === 'unknown' ? [entry('call.dial_unknown', startedAtMs + 180_000)] : []),
    ...(answeredAtMs === null ? [] : [entry('call.answered', answeredAtMs)]),
    ...(call.mainRecordingId === null ? [] : [entry('recording.started', startedAtMs + 5_000)]),
    ...(paused ? [entry('call.told', nowMs - 4_000, { what: 'recording_paused' })] : []),
    ...(call.callId === 'joined'
      ? [
          entry('call.told', startedAtMs + 190_000, { what: 'participant_joined', providerId: 'livekit' }),
          entry('transcript.attached', endedAtMs + 9_000),
          entry('call.matched', endedAtMs + 60_000, { source: 'user' }),
        ]
      : []),
    ...(call.endedAtMs === null ? [] : [entry('call.ended', endedAtMs)]),
    ...(recordingStatus === 'stored'
      ? [
          entry('recording.available', endedAtMs + 32_000),
          entry('recording.stored', endedAtMs + 35_000, { sizeBytes: 3_900_000 }),
        ]
      : []),
  ].sort((a, b) => a.atMs - b.atMs);
}
