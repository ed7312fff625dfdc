// The calls of the design mock, as the contract tells them, for looking at the renderer on its own.
import type { CallView } from '../../../src/preload/contract/calls.ts';

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
    recordingReason: recordingStatus === 'failed' ? 'provider_unauthorized' : null,
    needsAttention: recordingStatus === 'failed',
    kind: null,
    via: null,
    priority: null,
    dialState: null,
    dialCode: null,
    unmatched: false,
    matchedBy: null,
    hasTranscript: false,
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

/** A call that Tapedeck places or placed. */
export function placedCall(callId: string, minutesAgo: number, change: Partial<CallView>): CallView {
  const [row] = rows;
  if (row === undefined) throw new Error('no rows');
  const startedAtMs = nowMs - minutesAgo * 60_000;
  return {
    ...makeCall(0, row),
    callId,
    providerId: 'telnyx',
    direction: 'outbound',
    from: '+14155550100',
    startedAtMs,
    status: 'queued',
    answeredAtMs: null,
    endedAtMs: null,
    recordingStatus: 'none_yet',
    recordingCount: 0,
    mainRecordingId: null,
    line: { number: '+14155550100', display: '(415) 555-0100', label: 'Front desk' },
    kind: 'priority-queue',
    via: 'telnyx',
    priority: 0,
    dialState: 'waiting',
    ...change,
  };
}

const to = (display: string): Partial<CallView> => {
  const number = `+1${display.replace(/\D/g, '')}`;
  return { to: number, otherParty: { number, display } };
};

/** The queue of the design: one is being talked to, three wait, one was refused, of one nobody knows. */
export const placedCalls: readonly CallView[] = [
  placedCall('placed_now', 3, {
    ...to('(415) 555-0166'),
    dialState: 'dialed',
    status: 'in_progress',
    answeredAtMs: nowMs - 65_000,
    priority: 40,
  }),
  placedCall('placed_1', 12, { ...to('(628) 555-0190'), priority: 20, reference: 'intake-2231' }),
  placedCall('placed_2', 30, { ...to('(510) 555-0107'), priority: 5 }),
  placedCall('placed_3', 9, { ...to('(415) 555-0118'), priority: 5, via: 'elevenlabs-twilio' }),
  placedCall('refused', 22, {
    ...to('(415) 555-0102'),
    kind: 'voice-bot',
    dialState: 'refused',
    dialCode: 'dial_refused',
    status: 'failed',
    recordingStatus: 'not_expected',
    needsAttention: true,
  }),
  placedCall('unknown', 41, {
    ...to('(415) 555-0148'),
    kind: 'voice-bot',
    dialState: 'unknown',
    dialCode: 'dial_unknown',
    status: 'unknown',
    needsAttention: true,
  }),
];

/** Audio of ElevenLabs that names no call of ours. */
export const unmatchedCall: CallView = {
  ...placedCall('lost', 50, { dialState: null, kind: null, via: null, priority: null }),
  providerId: 'elevenlabs',
  direction: 'unknown',
  from: null,
  to: null,
  otherParty: null,
  line: null,
  status: 'unknown',
  recordingStatus: 'stored',
  recordingCount: 1,
  mainRecordingId: 'rec_mono_lost',
  durationMs: 64_000,
  unmatched: true,
  needsAttention: true,
};

/** Transferred once, carried by two phone services, with what was said. */
export const joinedCall: CallView = {
  ...placedCall('joined', 75, {
    ...to('(415) 555-0123'),
    kind: 'voice-bot',
    via: 'elevenlabs-twilio',
    dialState: 'dialed',
  }),
  providerId: 'elevenlabs',
  status: 'completed',
  answeredAtMs: nowMs - 75 * 60_000 + 4_000,
  endedAtMs: nowMs - 75 * 60_000 + 251_000,
  durationMs: 247_000,
  recordingStatus: 'stored',
  recordingCount: 2,
  mainRecordingId: 'rec_joined',
  matchedBy: 'person',
  hasTranscript: true,
};

const said: readonly [second: number, speaker: 'clinic' | 'caller', text: string][] = [
  [0, 'clinic', 'Good morning, this is Bayview Clinic. How can I help today?'],
  [4, 'caller', 'Hi. I need to move my appointment on Thursday.'],
  [9, 'clinic', 'Of course. May I have your date of birth?'],
  [13, 'caller', 'The third of March, nineteen eighty-two.'],
  [18, 'clinic', 'Thank you. I see Thursday at half past ten. Would Friday at nine suit you, or Monday?'],
  [26, 'caller', 'Monday would be better, in the afternoon if there is something.'],
  [31, 'clinic', 'Monday at two is free. Shall I take that?'],
  [35, 'caller', 'Yes, please.'],
  [37, 'clinic', 'Done. You will get a message with the new time. Anything else?'],
  [43, 'caller', 'There is. Could I speak to somebody about my bill?'],
  [47, 'clinic', 'I will put you through to the front desk.'],
];

export const transcript = said.map(([second, speaker, text]) => ({ speaker, text, atMs: second * 1_000 }));
