// The faults of the made-up outside world, one at a time, each with the verdict that its calls must get. The label is
// known because the fault is switched on here; nothing of the product says it.
import type { VerdictCause } from '../../src/preload/contract/verdicts.ts';
import type { Answer, Exchange, Fault } from './fault-proxy.ts';
import { makeWav } from '../standins/wav.ts';
import type { Journey } from './rig.ts';
import { patient } from './steps.ts';

export interface VerdictFault {
  label: VerdictCause;
  name: string;
  fault?: Fault;
  /** Switches of the stand-ins and settings, before any call. */
  prepare?: (journey: Journey) => Promise<void> | void;
  /** One call. @returns its id, where it is known at once */
  place: (journey: Journey, nth: number) => Promise<string | null>;
  /** When the question is asked: so long after the last call has ended, in minutes of the product's clock. */
  askAfterMinutes?: number;
  /** It is asked while the call goes on. */
  isLive?: boolean;
}

const talkMs = 60_000;
const isMedia = ({ path }: Exchange): boolean => /\/Recordings\/RE[0-9a-f]+\.(?:wav|mp3)/.test(path);
const isRecordings = ({ path, method }: Exchange): boolean =>
  method === 'GET' && /\/Recordings\.json/.test(path);
const twilioError = (status: number, code: number, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ status, code, message: 'made up' }),
});
const onMedia = (answer: Answer | 'hang_up'): Fault => ({
  answer: (request) => (isMedia(request) ? answer : null),
});
const isRecordingCallback = ({ path }: Exchange): boolean => path.startsWith('/webhooks/twilio-recording');

/** An incoming call at Twilio that is answered, by the line at which it comes in. */
const incoming = async ({ town }: Journey): Promise<null> => {
  await town.place({ direction: 'inbound', outcome: 'answered', talkMs });
  return null;
};
const unanswered =
  (outcome: 'busy' | 'no_answer' | 'too_short') =>
  async ({ town }: Journey): Promise<null> => {
    await town.place({ direction: 'outbound', outcome });
    return null;
  };
const order =
  (via: string, record = true) =>
  async ({ call }: Journey, nth: number): Promise<string> => {
    const to = `${patient.slice(0, -2)}${String(10 + nth)}`;
    const placed = await call('calls.place', { kind: 'voice-bot', via, to, record });
    return placed.call.callId;
  };

/** Lines that do not record by themselves. */
const unrecorded =
  (record: boolean) =>
  async ({ town, call }: Journey): Promise<void> => {
    town.twilio.switches.unrecordedLines = new Set(town.lines.map(({ number }) => number));
    await call('settings.update', { lines: town.lines.map((line) => ({ ...line, record })) });
  };

/** Changes every recording of Twilio's lists, and of its callbacks as far as they speak of its end. */
const rewritten = (fields: Record<string, unknown>, callback: Record<string, string> = {}): Fault => ({
  change(request, answer) {
    if (!isRecordings(request) || answer.status !== 200) return answer;
    const page = JSON.parse(answer.body.toString()) as { recordings: { status: string }[] };
    const recordings = page.recordings.map((row) =>
      row.status === 'completed' ? { ...row, ...fields } : row,
    );
    return { ...answer, body: JSON.stringify({ ...page, recordings }) };
  },
  webhook(request) {
    if (!isRecordingCallback(request) || !request.body.includes('RecordingStatus=completed')) return null;
    const form = new URLSearchParams(request.body);
    for (const [name, value] of Object.entries(callback)) form.set(name, value);
    return { body: form.toString() };
  },
});

const wavHeaders = { 'content-type': 'audio/x-wav' };

export const verdictFaults: readonly VerdictFault[] = [
  { label: 'line_busy', name: 'the line is busy', place: unanswered('busy') },
  { label: 'no_answer', name: 'nobody answers', place: unanswered('no_answer') },
  { label: 'too_short', name: 'the recording is too short (16101)', place: unanswered('too_short') },
  {
    label: 'silent',
    name: 'the recording is silent (16102)',
    fault: rewritten(
      { status: 'absent', error_code: 16_102 },
      { RecordingStatus: 'absent', ErrorCode: '16102' },
    ),
    place: incoming,
  },
  {
    label: 'deleted_at_provider',
    name: 'Twilio deleted it',
    fault: rewritten({ status: 'deleted' }, { RecordingStatus: 'deleted' }),
    place: incoming,
  },
  {
    label: 'external_storage',
    name: 'Twilio keeps recordings in the storage of the account',
    fault: {
      ...rewritten({ media_url: 'https://clinic-recordings.s3.amazonaws.com/AC/RE' }),
      webhook: (request) => (isRecordingCallback(request) ? 'drop' : null),
    },
    place: incoming,
  },
  {
    label: 'recording_off',
    name: 'recording is off on this line',
    prepare: unrecorded(false),
    place: incoming,
    askAfterMinutes: 14,
  },
  {
    label: 'recording_not_wanted',
    name: 'a call is placed without a recording',
    place: order('telnyx', false),
    askAfterMinutes: 14,
  },
  {
    label: 'callback_never_sent',
    name: 'the callback of the recording is never sent',
    fault: { webhook: (request) => (isRecordingCallback(request) ? 'drop' : null) },
    place: incoming,
    askAfterMinutes: 8,
  },
  {
    label: 'callback_refused',
    name: 'the callback of the recording is wrongly signed',
    fault: { webhook: (request) => (isRecordingCallback(request) ? 'missign' : null) },
    place: incoming,
    askAfterMinutes: 8,
  },
  {
    label: 'wrong_password',
    name: 'the auth token is no longer right',
    fault: { answer: () => twilioError(401, 20_003) },
    place: incoming,
  },
  {
    label: 'not_ready_yet',
    name: 'the media is a 404 for a while',
    fault: onMedia(twilioError(404, 20_404)),
    place: incoming,
  },
  {
    label: 'rate_limited',
    name: 'Twilio asks to wait',
    fault: onMedia(twilioError(429, 20_429, { 'retry-after': '240' })),
    place: incoming,
  },
  {
    label: 'provider_down',
    name: 'the media answers 503',
    fault: onMedia(twilioError(503, 20_503)),
    place: incoming,
  },
  { label: 'no_connection', name: 'connections for media break', fault: onMedia('hang_up'), place: incoming },
  {
    label: 'fetch_refused',
    name: 'the media is refused',
    fault: onMedia(twilioError(400, 20_001)),
    place: incoming,
  },
  {
    label: 'damaged_not_audio',
    name: 'an error page comes instead of sound',
    fault: onMedia({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sorry</html>' }),
    place: incoming,
  },
  {
    label: 'damaged_truncated',
    name: 'the file is cut off',
    fault: onMedia({ status: 200, headers: wavHeaders, body: makeWav().subarray(0, 9_000) }),
    place: incoming,
  },
  {
    label: 'length_differs',
    name: 'the file is shorter than was told, again and again',
    fault: onMedia({ status: 200, headers: wavHeaders, body: makeWav() }),
    place: incoming,
  },
  {
    label: 'locked_with_own_key',
    name: 'recordings are encrypted with a key of the account',
    fault: {
      ...rewritten({ encryption_details: { type: 'rsa-aes', public_key_sid: 'CR1' } }),
      answer: (request) =>
        isMedia(request) ? { status: 200, headers: wavHeaders, body: Buffer.alloc(5_000, 7) } : null,
      webhook: (request) => (isRecordingCallback(request) ? 'drop' : null),
    },
    place: incoming,
  },
  {
    label: 'started_too_late',
    name: 'Twilio refuses to record (21220) until the call is over',
    prepare: unrecorded(true),
    fault: {
      answer: ({ method, path }) =>
        method === 'POST' && /\/Calls\/CA[0-9a-f]+\/Recordings\.json/.test(path)
          ? twilioError(400, 21_220)
          : null,
    },
    place: incoming,
  },
  {
    label: 'trial_limit',
    name: 'the trial account may not record (10002)',
    prepare: unrecorded(true),
    fault: {
      answer: ({ method, path }) =>
        method === 'POST' && /\/Calls\/CA[0-9a-f]+\/Recordings\.json/.test(path)
          ? twilioError(400, 10_002)
          : null,
    },
    place: incoming,
  },
  {
    label: 'wrong_account',
    name: 'Twilio knows the account but not the call (20404)',
    prepare: unrecorded(false),
    fault: { answer: (request) => (isRecordings(request) ? twilioError(404, 20_404) : null) },
    place: incoming,
  },
  {
    label: 'provider_failed',
    name: 'Telnyx fails to record',
    prepare: ({ town }) => void Object.assign(town.telnyx.switches, { failRecordings: 1 }),
    place: order('telnyx'),
  },
  {
    label: 'external_storage',
    name: 'Telnyx puts recordings into the storage of the clinic',
    prepare: ({ town }) => void Object.assign(town.telnyx.switches, { externalStorage: true }),
    place: order('telnyx'),
  },
  {
    label: 'no_audio_by_policy',
    name: 'ElevenLabs keeps no audio',
    prepare: ({ town }) => void Object.assign(town.elevenLabs.switches, { noAudio: true }),
    place: async ({ town }) => {
      town.elevenLabs.place('sip', { to: patient, talkMs });
      return null;
    },
    askAfterMinutes: 8,
  },
  {
    label: 'dial_refused',
    name: 'ElevenLabs refuses to dial',
    prepare: ({ town }) => void Object.assign(town.elevenLabs.switches, { refusesDials: true }),
    place: order('elevenlabs-twilio'),
  },
  {
    label: 'dial_unknown',
    name: 'LiveKit breaks off the dial and never lists it',
    prepare: ({ town }) => {
      town.liveKit.switches.trouble = (method) =>
        method.endsWith('/CreateSIPParticipant') ? { answer: 'hang_up', isDone: false } : null;
    },
    place: order('livekit'),
    askAfterMinutes: 10,
  },
  {
    label: 'waiting_in_queue',
    name: 'the queue stands still',
    prepare: async ({ call }) => void (await call('queue.pause', { paused: true })),
    place: async ({ call }, nth) => {
      const to = `${patient.slice(0, -2)}${String(10 + nth)}`;
      return (await call('calls.place', { kind: 'priority-queue', via: 'telnyx', to })).call.callId;
    },
  },
  {
    label: 'not_recording',
    name: 'a live call is not recorded',
    prepare: unrecorded(false),
    isLive: true,
    place: async ({ town }) => {
      await town.place({ direction: 'inbound', outcome: 'answered', talkMs: 3_600_000 });
      return null;
    },
  },
  {
    label: 'recording_now',
    name: 'a live call is being recorded',
    isLive: true,
    place: async ({ town }) => {
      await town.place({ direction: 'inbound', outcome: 'answered', talkMs: 3_600_000 });
      return null;
    },
  },
];
