// The calls of the design mock, as the contract tells them, for looking at the renderer on its own.
import type { CallDetail, CallView } from '../../../src/preload/contract/calls.ts';
import type { RecordingView } from '../../../src/preload/contract/recordings.ts';

/** Saturday 21 November 2026, 10:44:14 by this computer's clock. */
export const nowMs = new Date(2026, 10, 21, 10, 44, 14).getTime();

type Row = [
  time: string,
  way: 'in' | 'out' | 'missed',
  number: string,
  line: string,
  seconds: number,
  status: CallView['recordingStatus'],
];

const rows: readonly Row[] = [
  ['10:42', 'in', '(415) 555-0132', 'Voice Bot', 134, 'recording'],
  ['10:31', 'in', '(415) 555-0199', 'Front desk', 247, 'stored'],
  ['10:18', 'out', '(628) 555-0144', 'Priority queue', 112, 'fetching'],
  ['10:05', 'in', '(415) 555-0177', 'Voice Bot', 48, 'processing'],
  ['9:58', 'missed', '(510) 555-0120', 'Front desk', 0, 'not_expected'],
  ['9:44', 'in', '(415) 555-0132', 'Voice Bot', 380, 'not_recorded'],
  ['9:30', 'out', '(415) 555-0161', 'Front desk', 191, 'failed'],
  ['9:12', 'in', '+44 20 7946 0182', 'Voice Bot', 159, 'stored'],
  ['9:03', 'in', '(415) 555-0108', 'Front desk', 355, 'stored'],
  ['8:51', 'in', '(415) 555-0190', 'Voice Bot', 64, 'stored'],
  ['8:47', 'out', '(628) 555-0111', 'Priority queue', 451, 'stored'],
  ['8:40', 'in', '(415) 555-0155', 'Voice Bot', 122, 'stored'],
  ['8:33', 'in', '(415) 555-0176', 'Front desk', 58, 'stored'],
];

export function makeCall(index: number, row: Row, dayOffset = 0): CallView {
  const [time, way, display, line, seconds, recordingStatus] = row;
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const startedAtMs = new Date(2026, 10, 21 - dayOffset, hour, minute, 0).getTime();
  const isLive = recordingStatus === 'recording';
  const number = `+1${display.replace(/\D/g, '')}`;
  const hasRecording = !['not_expected', 'not_recorded', 'none_yet'].includes(recordingStatus);
  return {
    callId: `call_${index}`,
    reference: null,
    providerId: 'twilio',
    direction: way === 'out' ? 'outbound' : 'inbound',
    from: way === 'out' ? '+14155550100' : number,
    to: way === 'out' ? number : '+14155550100',
    status: isLive ? 'in_progress' : way === 'missed' ? 'no_answer' : 'completed',
    startedAtMs,
    answeredAtMs: way === 'missed' ? null : isLive ? nowMs - seconds * 1_000 : startedAtMs + 2_000,
    endedAtMs: isLive ? null : startedAtMs + 2_000 + seconds * 1_000,
    recordingStatus,
    durationMs: isLive ? null : seconds * 1_000,
    otherParty: { number, display },
    line: { number: '+14155550100', display: '(415) 555-0100', label: line },
    recordingCount: hasRecording ? 1 : 0,
    mainRecordingId: hasRecording ? `rec_${index}` : null,
    needsAttention: recordingStatus === 'failed',
  };
}

export const mockCalls: readonly CallView[] = rows.map((row, index) => makeCall(index, row));

/** Calls of the days before, so that lists are longer than a screen. */
export function olderCalls(count: number): CallView[] {
  return Array.from({ length: count }, (_, index) => {
    const row = rows[(index % 12) + 1] ?? rows[1];
    if (row === undefined) throw new Error('no rows');
    return makeCall(100 + index, row, 1 + Math.floor(index / 12));
  });
}

export function recordingOf(call: CallView): RecordingView[] {
  if (call.mainRecordingId === null) return [];
  const isStored = call.recordingStatus === 'stored';
  return [
    {
      recordingId: call.mainRecordingId,
      callId: call.callId,
      providerId: 'twilio',
      providerRecordingId: `RE${call.callId.padStart(32, '0')}`,
      status: isStored
        ? 'stored'
        : call.recordingStatus === 'failed'
          ? 'failed'
          : call.recordingStatus === 'fetching'
            ? 'fetching'
            : 'recording',
      durationMs: call.durationMs,
      channels: 2,
      sizeBytes: isStored ? 3_900_000 : null,
      sha256: isStored ? 'ab'.repeat(32) : null,
      contentType: 'audio/wav',
      startedAtMs: call.startedAtMs + 3_000,
      storedAtMs: isStored ? (call.endedAtMs ?? 0) + 35_000 : null,
      reason: call.recordingStatus === 'failed' ? 'provider_unauthorized' : null,
      providerCode: call.recordingStatus === 'failed' ? '20003' : null,
      flags: [],
    },
  ];
}

export function detailOf(call: CallView): CallDetail {
  const entry = (kind: string, atMs: number, sizeBytes: number | null = null) => ({
    eventKey: `${call.callId}:${kind}`,
    atMs,
    kind,
    providerId: 'twilio',
    source: 'webhook',
    deliveryId: 'dlv_1',
    recordingId: call.mainRecordingId,
    code: null,
    sizeBytes,
  });
  const endedAtMs = call.endedAtMs ?? nowMs;
  return {
    call,
    recordings: recordingOf(call),
    keys: [{ providerId: 'twilio', kind: 'call_sid', value: 'CA3f7a6b1c2d3e4f5061728394a5b69b21' }],
    timeline: [
      entry('call.answered', call.startedAtMs + 2_000),
      entry('recording.started', call.startedAtMs + 3_000),
      ...(call.endedAtMs === null ? [] : [entry('call.ended', endedAtMs)]),
      ...(call.recordingStatus === 'stored'
        ? [
            entry('recording.available', endedAtMs + 32_000),
            entry('recording.stored', endedAtMs + 35_000, 3_900_000),
          ]
        : []),
    ],
  };
}
