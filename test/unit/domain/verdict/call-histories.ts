// Histories in which the call itself explains it, or the recording does.
import type { VerdictFacts } from '../../../../src/main/domain/verdict-facts.ts';
import type { VerdictCause } from '../../../../src/preload/contract/verdicts.ts';
import {
  call,
  dial,
  given,
  history,
  job,
  minute,
  outage,
  own,
  pause,
  placed,
  recording,
  refusal,
  beganMs,
  stored,
  told,
} from './history.ts';

export type Histories = Partial<Record<VerdictCause, readonly VerdictFacts[]>>;

const providers = ['twilio', 'telnyx', 'elevenlabs'] as const;
const each = (make: (providerId: string) => VerdictFacts): VerdictFacts[] => providers.map(make);
const late = job('find-recordings', 'done');
const live = -2 * minute;

export const callHistories: Histories = {
  waiting_in_queue: [
    history('telnyx', live, placed({ callKind: 'priority-queue' })),
    history('livekit', live, placed({ callKind: 'priority-queue' }), job('place-call', 'ready')),
    history('telnyx', live, placed(), job('place-call', 'ready'), pause('provider_unauthorized', beganMs)),
  ],
  dialing: each((p) => history(p, live, placed(), dial('dial_started'), job('place-call', 'running'))),
  dial_refused: [
    history('telnyx', live, placed(), dial('dial_started'), dial('dial_refused', 'provider_refused')),
    history(
      'elevenlabs',
      minute,
      placed(),
      dial('dial_started'),
      dial('dial_refused', 'bad_number'),
      job('place-call', 'done'),
    ),
    history(
      'livekit',
      minute,
      placed(),
      dial('dial_refused', 'not_set_up'),
      pause('provider_unauthorized', beganMs),
    ),
  ],
  dial_unknown: each((p) => history(p, minute, placed(), dial('dial_started'), dial('dial_unknown'))),
  dial_canceled: each((p) => history(p, minute, placed(), dial('canceled'))),
  choose_call: [2, 3, 7].map((candidates) =>
    history('elevenlabs', minute, recording('available'), stored(), given({ candidates })),
  ),
  unmatched: [
    history('elevenlabs', minute, recording('available'), stored()),
    history('twilio', minute, recording('available'), given({ candidates: 1 })),
    history('telnyx', 60 * minute, recording('external'), given({ candidates: 0 })),
  ],
  not_answered_yet: each((p) => history(p, live, call({ until: 'ringing' }), job('follow-call', 'ready'))),
  line_busy: each((p) => history(p, 20 * minute, call({ status: 'busy' }), late)),
  no_answer: [
    history('twilio', minute, call({ status: 'no_answer' })),
    history(
      'telnyx',
      60 * minute,
      call({ status: 'no_answer', source: 'poll' }),
      outage('app_off', beganMs - minute, null),
    ),
    history(
      'telnyx',
      minute,
      call({ status: 'no_answer' }),
      pause('provider_unauthorized', beganMs),
      job('follow-call', 'ready'),
    ),
  ],
  call_canceled: each((p) =>
    history(p, minute, call({ status: 'canceled' }), refusal('bad_signature', beganMs)),
  ),
  call_failed: each((p) => history(p, minute, call({ status: 'failed' }))),
  recording_now: each((p) => history(p, live, call({ until: 'talking' }), recording('started'))),
  recording_paused: each((p) =>
    history(p, live, call({ until: 'talking' }), recording('started'), told('recording_paused', {}, live)),
  ),
  recording_starting: [
    history(
      'twilio',
      live,
      call({ until: 'talking' }),
      job('start-recording', 'ready'),
      given({ lineRecords: true }),
    ),
    history('telnyx', live, placed(), call({ until: 'talking' }), job('start-recording', 'running')),
    history(
      'telnyx',
      live,
      placed(),
      call({ until: 'talking' }),
      job('start-recording', 'ready'),
      told('recording_not_started', { code: 'provider_refused' }, live - minute),
    ),
  ],
  not_recording: [
    history('twilio', live, call({ until: 'talking' })),
    history(
      'telnyx',
      live,
      placed({ record: false }),
      call({ until: 'talking' }),
      job('start-recording', 'ready'),
    ),
    history(
      'twilio',
      live,
      call({ until: 'talking' }),
      job('follow-call', 'ready'),
      given({ lineRecords: false }),
    ),
  ],
  external_storage: [
    history('twilio', minute, call(), recording('external', { reason: 'external_storage' }, 'poll')),
    history(
      'telnyx',
      minute,
      call(),
      recording('external', { reason: 'external_storage' }),
      job('find-recordings', 'ready'),
    ),
    history(
      'telnyx',
      minute,
      call(),
      told('recording_saved', { code: 'external_storage' }, 5_000, 'webhook'),
      job('find-recordings', 'ready'),
    ),
  ],
  silent: [
    history('twilio', minute, call(), recording('absent', { reason: 'silent', providerCode: '16102' })),
    history(
      'twilio',
      minute,
      call(),
      recording('started'),
      recording('absent', { providerCode: '16102' }, 'poll'),
    ),
    history(
      'twilio',
      60 * minute,
      call(),
      recording('absent', { reason: 'silent' }),
      outage('web_link', beganMs, null),
    ),
  ],
  too_short: [
    history('twilio', minute, call(), recording('absent', { reason: 'too_short', providerCode: '16101' })),
    history('twilio', minute, call(), recording('absent', { providerCode: '16101' }, 'poll')),
    history(
      'telnyx',
      minute,
      call(),
      recording('absent', { reason: 'too_short' }),
      job('find-recordings', 'ready'),
    ),
  ],
  no_audio_by_policy: [1, 20, 600].map((minutes) =>
    history(
      'elevenlabs',
      minutes * minute,
      call(),
      recording('absent', { reason: 'no_audio_by_policy' }, 'poll'),
    ),
  ),
  deleted_at_provider: [
    history(
      'twilio',
      minute,
      call(),
      recording('available'),
      recording('absent', { reason: 'deleted_at_provider' }),
    ),
    history('twilio', 60 * minute, call(), recording('absent', { reason: 'deleted_at_provider' }, 'sweep')),
    history(
      'telnyx',
      minute,
      call(),
      recording('absent', { reason: 'deleted_at_provider' }),
      job('fetch-recording', 'ready'),
    ),
  ],
  provider_failed: [
    history('twilio', minute, call(), recording('absent', { reason: 'provider_failed' })),
    history(
      'telnyx',
      minute,
      call(),
      recording('noted', { reason: 'provider_failed', providerCode: 'internal_server_error' }),
    ),
    history(
      'telnyx',
      minute,
      call(),
      told('recording_error', { code: 'reason_not_known' }, 5_000, 'webhook'),
      job('find-recordings', 'ready'),
    ),
  ],
  provider_has_none: each((p) =>
    history(p, minute, call(), recording('absent', { reason: 'provider_says_absent' })),
  ),
  own_storage_refused: [
    history(
      'telnyx',
      minute,
      call(),
      told('recording_error', { code: 'storage_not_authorized' }, 5_000, 'webhook'),
    ),
    history(
      'telnyx',
      minute,
      call(),
      told('recording_error', { code: 'invalid_credentials_json' }, 5_000, 'poll'),
    ),
    history(
      'telnyx',
      minute,
      call(),
      recording('noted', { reason: 'provider_failed', providerCode: 'storage_not_authorized' }),
    ),
  ],
  own_storage_unsupported: [
    history(
      'telnyx',
      minute,
      call(),
      told('recording_error', { code: 'unsupported_backend' }, 5_000, 'webhook'),
    ),
    history(
      'telnyx',
      60 * minute,
      call(),
      told('recording_error', { code: 'unsupported_backend' }),
      job('find-recordings', 'dead', { lastErrorCode: 'gave_up' }),
    ),
    history(
      'telnyx',
      minute,
      call(),
      recording('noted', { reason: 'provider_failed', providerCode: 'unsupported_backend' }),
    ),
  ],
  deleted_by_rule: each((p) =>
    history(
      p,
      60 * minute,
      call(),
      recording('available'),
      stored(),
      own('deleted', 30 * minute, { reason: 'rule' }),
    ),
  ),
  deleted_by_person: each((p) =>
    history(
      p,
      60 * minute,
      call(),
      recording('available'),
      stored(),
      own('deleted', 30 * minute, { reason: 'person' }, 'user'),
    ),
  ),
  getting_ready: each((p) =>
    history(p, minute, call(), recording('processing'), job('find-recordings', 'ready')),
  ),
  waiting_to_fetch: each((p) =>
    history(p, minute, call(), recording('available'), job('fetch-recording', 'ready', { attempt: 0 })),
  ),
  fetching: each((p) =>
    history(
      p,
      minute,
      call(),
      recording('available'),
      own('fetch_started', 30_000),
      job('fetch-recording', 'running'),
    ),
  ),
};
