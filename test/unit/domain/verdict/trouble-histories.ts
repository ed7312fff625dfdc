// Histories in which something stood in the way, or nothing was ever made.
import type { VerdictFacts } from '../../../../src/main/domain/verdict-facts.ts';
import type { ErrorCode } from '../../../../src/preload/contract/errors.ts';
import type { Histories } from './call-histories.ts';
import {
  beganMs,
  call,
  check,
  endedMs,
  failed,
  given,
  history,
  job,
  minute,
  notSetUp,
  outage,
  own,
  pause,
  placed,
  postponed,
  recording,
  refusal,
  stored,
  switchedOff,
  told,
} from './history.ts';

const hour = 60 * minute;
const known = [call(), recording('available')];

/** Tried again, given up at last, and while only its call is looked for. */
function trouble(code: ErrorCode): VerdictFacts[] {
  return [
    history(
      'twilio',
      2 * minute,
      ...known,
      postponed(code),
      job('fetch-recording', 'ready', { lastErrorCode: code }),
    ),
    history('telnyx', hour, ...known, failed(code), job('fetch-recording', 'dead', { lastErrorCode: code })),
    history('twilio', 5 * minute, call(), job('find-recordings', 'ready', { lastErrorCode: code })),
  ];
}

/** Found by asking, long after it was ready, and saved. */
const foundLate = [call(), recording('available', {}, 'sweep', 50 * minute), stored([], 51 * minute)];
/** What a missed callback looks like: found late; recorded by us too late; and one more of the first kind. */
function missed(...why: Parameters<typeof history>[2][]): VerdictFacts[] {
  return [
    history('twilio', 2 * hour, ...foundLate, ...why),
    history('telnyx', 2 * hour, ...foundLate, ...why),
    history(
      'twilio',
      hour,
      call({ source: 'poll', lateMs: 30 * minute }),
      job('find-recordings', 'done'),
      given({ lineRecords: true }),
      ...why,
    ),
  ];
}

export const troubleHistories: Histories = {
  not_ready_yet: [30_000, minute, 5 * minute].map((afterMs) =>
    history(
      'twilio',
      afterMs + 1_000,
      ...known,
      postponed('provider_not_found', afterMs),
      job('fetch-recording', 'ready'),
    ),
  ),
  wrong_password: [
    history(
      'twilio',
      5 * minute,
      ...known,
      postponed('provider_unauthorized'),
      pause('provider_unauthorized', endedMs),
    ),
    history(
      'telnyx',
      5 * minute,
      call(),
      pause('provider_unauthorized', beganMs - hour),
      job('find-recordings', 'ready'),
    ),
    history('elevenlabs', hour, ...known, failed('provider_unauthorized')),
  ],
  keys_missing: [
    history('twilio', 5 * minute, ...known, notSetUp),
    history('telnyx', 5 * minute, call(), pause('secret_missing', beganMs), job('find-recordings', 'ready')),
    history('twilio', hour, call(), notSetUp),
  ],
  rate_limited: trouble('provider_rate_limited'),
  provider_down: trouble('provider_unavailable'),
  no_connection: trouble('network_failed'),
  provider_slow: trouble('timed_out'),
  link_expired: trouble('link_expired'),
  wrong_account: [
    history(
      'twilio',
      5 * minute,
      call(),
      job('find-recordings', 'dead', { lastErrorCode: 'provider_not_found' }),
    ),
    history('twilio', hour, call(), check('twilio_error', 'provider_not_found')),
    history(
      'twilio',
      3 * hour,
      ...known,
      postponed('provider_not_found', 2 * hour),
      job('fetch-recording', 'ready'),
    ),
  ],
  fetch_refused: trouble('provider_refused'),
  address_not_trusted: trouble('blocked_address'),
  locked_with_own_key: [
    history('twilio', hour, ...known, told('recording_encrypted', {}, 6_000), failed('not_audio')),
    history('twilio', minute * 2, ...known, told('recording_encrypted', {}, 6_000), postponed('not_audio')),
    history('twilio', hour, ...known, failed('provider_refused', '16109')),
  ],
  mono_only: ['twilio', 'telnyx', 'livekit'].map((p) =>
    history(p, hour, ...known, failed('provider_refused', '16113')),
  ),
  damaged_not_audio: [
    ...trouble('not_audio'),
    // Asked in the middle of the second try.
    history(
      'twilio',
      3 * minute,
      ...known,
      own('fetch_started', 30_000),
      postponed('not_audio'),
      own('fetch_started', 2 * minute, { attempt: 2 }),
      job('fetch-recording', 'running', { attempt: 2 }),
    ),
  ],
  damaged_truncated: trouble('truncated'),
  damaged_length: trouble('duration_differs'),
  length_differs: ['twilio', 'telnyx', 'elevenlabs'].map((p) =>
    history(p, hour, ...known, stored(['duration_differs'])),
  ),
  disk_full: trouble('disk_full'),
  disk_failed: trouble('disk_failed'),
  tapedeck_fault: trouble('internal'),
  gave_up: (['provider_unavailable', 'network_failed', 'timed_out'] as const).map((code) =>
    history(
      'twilio',
      hour,
      ...known,
      failed(code),
      job('fetch-recording', 'dead', { lastErrorCode: 'gave_up', attempt: 40 }),
    ),
  ),
  crashed_repeatedly: ['twilio', 'telnyx', 'elevenlabs'].map((p) =>
    history(
      p,
      hour,
      ...known,
      failed('crashed_repeatedly'),
      job('fetch-recording', 'dead', { lastErrorCode: 'crashed_repeatedly' }),
    ),
  ),
  started_too_late: [
    history(
      'twilio',
      minute,
      call(),
      told('recording_not_started', { code: 'call_not_live' }),
      given({ lineRecords: true }),
    ),
    history(
      'telnyx',
      hour,
      placed(),
      call(),
      told('recording_not_started', { code: 'call_not_live' }),
      job('find-recordings', 'done'),
    ),
    history(
      'twilio',
      minute,
      call(),
      told('recording_not_started', { code: 'call_not_live', providerCode: 'completed' }),
      job('find-recordings', 'ready'),
    ),
  ],
  recording_not_possible: ['twilio', 'telnyx', 'elevenlabs'].map((p) =>
    history(p, minute, call(), told('recording_not_started', { code: 'not_eligible' })),
  ),
  trial_limit: [
    history(
      'twilio',
      minute,
      call(),
      told('recording_not_started', { code: 'provider_refused', providerCode: '10002' }),
    ),
    history(
      'twilio',
      hour,
      placed(),
      call(),
      told('recording_not_started', { code: 'provider_refused', providerCode: '10002' }),
      job('find-recordings', 'done'),
    ),
    history(
      'twilio',
      -minute,
      call({ until: 'talking' }),
      told('recording_not_started', { code: 'provider_refused', providerCode: '10002' }, -2 * minute),
    ),
  ],
  start_refused: ['twilio', 'telnyx', 'elevenlabs'].map((p) =>
    history(p, minute, call(), told('recording_not_started', { code: 'provider_refused' })),
  ),
  recording_not_wanted: [
    history('telnyx', hour, placed({ record: false }), call(), job('find-recordings', 'done')),
    history(
      'telnyx',
      hour,
      placed({ record: false }),
      call(),
      job('find-recordings', 'ready'),
      given({ lineRecords: true }),
    ),
    history('twilio', hour, placed({ record: false }), call(), check('no_recordings')),
  ],
  recording_off: [
    history('twilio', hour, call(), job('find-recordings', 'done'), given({ lineRecords: false })),
    history('telnyx', hour, call(), job('find-recordings', 'ready'), given({ lineRecords: false })),
    history('twilio', hour, call(), check('no_recordings'), given({ lineRecords: false })),
  ],
  carrier_not_recording: [20, 60, 600].map((minutes) => history('livekit', minutes * minute, call())),
  not_recorded: [
    history('twilio', hour, call(), job('find-recordings', 'done')),
    history('telnyx', 24 * hour, call(), job('find-recordings', 'dead', { lastErrorCode: 'gave_up' })),
    history(
      'twilio',
      hour,
      call(),
      job('find-recordings', 'done'),
      outage('app_off', endedMs, endedMs + hour),
    ),
  ],
  nothing_yet: [
    history('twilio', minute, call(), job('find-recordings', 'ready')),
    history('telnyx', 9 * minute, call(), job('find-recordings', 'ready'), refusal('bad_signature', endedMs)),
    history('twilio', 5 * minute, call(), job('find-recordings', 'done')),
  ],
  nothing_found: [
    history('telnyx', hour, placed(), call(), job('find-recordings', 'ready')),
    history('twilio', hour, call(), job('find-recordings', 'ready'), given({ lineRecords: true })),
    history('telnyx', 5 * hour, placed(), call(), job('find-recordings', 'ready'), check('no_recordings')),
  ],
  callback_never_sent: [
    history('twilio', 2 * hour, ...foundLate),
    history('telnyx', 2 * hour, ...foundLate),
    history(
      'twilio',
      hour,
      call(),
      recording('started'),
      recording('available', {}, 'poll', 20_000),
      stored(),
    ),
  ],
  callback_refused: missed(
    refusal('bad_signature', endedMs + 6_000),
    refusal('signature_missing', endedMs - minute),
  ),
  stale_address: missed(refusal('stale_address', endedMs - 30_000)),
  secret_missing_then: missed(refusal('secret_missing', endedMs - 30_000)),
  clock_wrong: missed(refusal('clock_skew', endedMs - 30_000)),
  web_link_down_then: missed(outage('web_link', beganMs - hour, endedMs + 40 * minute)),
  app_off_then: missed(
    outage('app_off', beganMs - minute, endedMs + 20 * minute),
    outage('web_link', beganMs, endedMs),
  ),
  asleep_then: missed(outage('asleep', beganMs - minute, endedMs + 20 * minute)),
  disk_full_then: missed(outage('disk_full', beganMs - minute, endedMs + 20 * minute)),
  webhook_disabled: missed(switchedOff),
  not_enough_evidence: [
    history('twilio', 3 * hour, call()),
    history(
      'telnyx',
      3 * hour,
      call(),
      outage('app_off', beganMs, endedMs),
      refusal('bad_signature', endedMs),
    ),
    history('unknown-service', hour, call(), given({ providers: [] })),
  ],
};
