// The stand-in's part of placing, queueing, matching and setting up: enough of the rules for every screen to be real.
import type { CallView } from '../../../src/preload/contract/calls.ts';
import type { ProviderNumber, SettingsView } from '../../../src/preload/contract/system.ts';
import { placedCall } from './sample-data.ts';
import { makeNumbers, makeSettings } from './sample-setup.ts';
import type { Harness } from './server.ts';

export interface PlacingState {
  queuePaused: boolean;
  numbers: ProviderNumber[];
  settings: SettingsView;
  /** Recordings that a person paused. */
  paused: Set<string>;
  /** What a match joined, by its key: the calls as they were. */
  matched: Map<string, CallView[]>;
}

export function makePlacingState(): PlacingState {
  return {
    queuePaused: false,
    numbers: makeNumbers(),
    settings: makeSettings(),
    paused: new Set(),
    matched: new Map(),
  };
}

type Answer = { ok: true; data: unknown } | { ok: false; error: { code: string; message: string } };
type Input = Record<string, unknown>;

const data = (value: unknown): Answer => ({ ok: true, data: value });
const refuse = (code: string, message: string): Answer => ({ ok: false, error: { code, message } });

/** @returns null for procedures of the other part */
export function answerPlacing(
  harness: Harness,
  state: PlacingState,
  name: string,
  input: Input,
): Answer | null {
  return (
    answerCalls(harness, name, input) ??
    answerMatching(harness, state, name, input) ??
    answerRecording(harness, state, name, input) ??
    answerSetup(harness, state, name, input)
  );
}

/** @returns undefined for a call that nobody matched here */
export function matchKeyOf({ matched }: PlacingState, callId: string): string | undefined {
  return [...matched].find(([, calls]) => calls.some((call) => call.callId === callId))?.[0];
}

export function viewQueue({ calls }: Harness, { queuePaused }: PlacingState): Answer {
  const queued = calls.filter(({ kind }) => kind === 'priority-queue');
  return data({
    paused: queuePaused,
    current: queued.find(({ dialState, endedAtMs }) => dialState === 'dialed' && endedAtMs === null) ?? null,
    waiting: queued
      .filter(({ dialState }) => dialState === 'waiting')
      .sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0) || a.startedAtMs - b.startedAtMs),
  });
}

function put(harness: Harness, call: CallView): Answer {
  const index = harness.calls.findIndex(({ callId }) => callId === call.callId);
  if (index < 0) harness.calls.push(call);
  else harness.calls[index] = call;
  harness.emit({ name: 'call.changed', data: { call } });
  return data({ call });
}

function answerCalls(harness: Harness, name: string, input: Input): Answer | null {
  const call = harness.calls.find(({ callId }) => callId === input['callId']);
  if (name === 'calls.place') {
    const digits = String(input['to']).replace(/\D/g, '');
    if (digits.length !== 10 && digits.length !== 11) {
      return refuse('bad_number', 'This is not a phone number that can be dialled.');
    }
    const isQueued = input['kind'] === 'priority-queue';
    const display = `(${digits.slice(-10, -7)}) ${digits.slice(-7, -4)}-${digits.slice(-4)}`;
    return put(
      harness,
      placedCall(`placed_${harness.calls.length}`, 0, {
        to: `+1${digits.slice(-10)}`,
        otherParty: { number: `+1${digits.slice(-10)}`, display },
        kind: isQueued ? 'priority-queue' : 'voice-bot',
        via: String(input['via']),
        priority: Number(input['priority'] ?? 0),
        dialState: isQueued ? 'waiting' : 'dialing',
        reference: typeof input['reference'] === 'string' ? input['reference'] : null,
      }),
    );
  }
  if (call === undefined) return null;
  if (name === 'calls.cancel') {
    return put(harness, {
      ...call,
      dialState: 'canceled',
      status: 'canceled',
      recordingStatus: 'not_expected',
      needsAttention: false,
    });
  }
  if (name === 'calls.redial') {
    return put(harness, {
      ...call,
      dialState: 'dialing',
      dialCode: null,
      status: 'queued',
      recordingStatus: 'none_yet',
      needsAttention: false,
    });
  }
  return null;
}

function answerMatching(harness: Harness, state: PlacingState, name: string, input: Input): Answer | null {
  if (name === 'calls.candidates') {
    const [, second, third] = harness.calls;
    return data({
      items: [
        { call: second, because: ['same_number', 'same_time'] },
        { call: third, because: ['same_time'] },
      ].filter((item) => item.call !== undefined),
    });
  }
  if (name === 'calls.match') {
    const one = harness.calls.find(({ callId }) => callId === input['callId']);
    const other = harness.calls.find(({ callId }) => callId === input['withCallId']);
    if (one === undefined || other === undefined)
      return refuse('not_found', 'There is no call with this id.');
    const matchEventKey = `match_${state.matched.size}`;
    state.matched.set(matchEventKey, [one, other]);
    const call: CallView = { ...other, matchedBy: 'person', needsAttention: false };
    harness.calls.splice(harness.calls.indexOf(one), 1);
    harness.emit({ name: 'call.merged', data: { callId: one.callId, intoCallId: call.callId } });
    put(harness, call);
    return data({ call, matchEventKey });
  }
  if (name === 'calls.unmatch') {
    const calls = state.matched.get(String(input['matchEventKey']));
    if (calls === undefined) return refuse('conflict', 'This match is undone already.');
    state.matched.delete(String(input['matchEventKey']));
    for (const call of calls) put(harness, call);
    return data({ calls });
  }
  return null;
}

function answerRecording(harness: Harness, state: PlacingState, name: string, input: Input): Answer | null {
  if (name === 'recordings.start') {
    const call = harness.calls.find(({ callId }) => callId === input['callId']);
    if (call === undefined) return refuse('not_found', 'There is no call with this id.');
    const mainRecordingId = `rec_${call.callId}`;
    put(harness, { ...call, recordingStatus: 'recording', recordingCount: 1, mainRecordingId });
    return data({ jobId: 'job_1' });
  }
  if (name === 'recordings.steer') {
    const recordingId = String(input['recordingId']);
    const call = harness.calls.find(({ mainRecordingId }) => mainRecordingId === recordingId);
    if (input['action'] === 'pause') state.paused.add(recordingId);
    else state.paused.delete(recordingId);
    if (call !== undefined && input['action'] === 'stop') {
      put(harness, { ...call, recordingStatus: 'processing' });
    }
    return data({ recordingId });
  }
  return null;
}

function answerSetup(harness: Harness, state: PlacingState, name: string, input: Input): Answer | null {
  switch (name) {
    case 'queue.pause':
      state.queuePaused = input['paused'] === true;
      return viewQueue(harness, state);
    case 'queue.get':
      return viewQueue(harness, state);
    case 'settings.update':
      state.settings = { ...state.settings, ...input };
      return data(state.settings);
    case 'settings.get':
      return data(state.settings);
    case 'providers.check': {
      const isReady = input['providerId'] === 'twilio';
      const findings = isReady
        ? [
            { ok: true, text: 'The account SID and auth token work. The account is named Bayview Clinic.' },
            { ok: true, text: 'Recordings can be listed.' },
            { ok: false, text: 'This is a trial account: only verified numbers can be called.' },
          ]
        : [{ ok: false, text: 'The API key is refused. It is in the portal under API Keys.' }];
      return data({ check: { ok: isReady, findings } });
    }
    case 'providers.numbers':
      return data({ items: input['providerId'] === 'twilio' ? state.numbers : [] });
    case 'providers.setNumber':
      return data({ number: setNumber(state, String(input['numberId']), input['action'] === 'connect') });
    default:
      return null;
  }
}

function setNumber(state: PlacingState, numberId: string, isConnected: boolean): ProviderNumber | undefined {
  state.numbers = state.numbers.map((number) => {
    if (number.numberId !== numberId) return number;
    const { previousUrl, currentUrl, wantedUrl } = number;
    if (isConnected) return { ...number, state: 'connected', currentUrl: wantedUrl, previousUrl: currentUrl };
    return {
      ...number,
      state: previousUrl === null ? 'nowhere' : 'elsewhere',
      currentUrl: previousUrl,
      previousUrl: null,
      note: null,
    };
  });
  return state.numbers.find((number) => number.numberId === numberId);
}
