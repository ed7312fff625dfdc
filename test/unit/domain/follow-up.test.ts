import { describe, expect, it } from 'vitest';
import { type FollowingRules, followUps } from '../../../src/main/domain/follow-up.ts';
import {
  type CallFacts,
  type CallKey,
  type DomainEvent,
  ourCallKey,
} from '../../../src/main/domain/provider-event.ts';

const nowMs = 1_770_000_000_000;
const rules: Record<string, FollowingRules> = {
  twilio: {
    canStartRecording: true,
    needsFollowing: ({ providerId }) => providerId !== 'twilio',
    findsRecordings: true,
  },
  elevenlabs: { canStartRecording: false, needsFollowing: () => true, findsRecordings: true },
  quiet: { canStartRecording: false, needsFollowing: () => false, findsRecordings: false },
};
const jobsOf = (...events: DomainEvent[]) =>
  followUps(
    { rules: (id) => rules[id] ?? null, recordingIdOf: (providerId, id) => `rec_${providerId}_${id}` },
    events,
    nowMs,
  );
const named = (...events: DomainEvent[]): string[] =>
  jobsOf(...events).map(({ kind, dedupe }) => `${kind}: ${dedupe}`);

const sid = (value: string): CallKey => ({ providerId: 'twilio', kind: 'call_sid', value });
const conversation: CallKey = { providerId: 'elevenlabs', kind: 'conversation_id', value: 'conv_1' };

function event(
  kind: 'call.started' | 'call.answered' | 'call.ended',
  keys: CallKey[],
  data: CallFacts = {},
  providerId = keys[0]?.providerId ?? '',
): DomainEvent {
  return { kind, eventKey: `${kind} 1`, providerId, occurredAtMs: nowMs, sequence: 0, keys, data };
}

function recording(kind: 'recording.available' | 'recording.started'): DomainEvent {
  return {
    kind,
    eventKey: `${kind} 1`,
    providerId: 'twilio',
    occurredAtMs: nowMs,
    sequence: 0,
    keys: [sid('CA1')],
    data: { providerRecordingId: 'RE1' },
  };
}

describe('what follows an event', () => {
  it('a recording that is available is fetched, and nothing else is asked', () => {
    expect(jobsOf(recording('recording.available'))).toEqual([
      {
        kind: 'fetch-recording',
        dedupe: 'rec_twilio_RE1',
        payload: { recordingId: 'rec_twilio_RE1' },
        providerId: 'twilio',
        runAtMs: nowMs,
      },
    ]);
    expect(jobsOf(recording('recording.started'))).toEqual([]);
  });

  it('an answered call may be recorded, once per leg, and a child leg is part of its parent', () => {
    const legOf = (legId: string, parentLegId: string | null) => ({ leg: { legId, parentLegId } });
    expect(named(event('call.answered', [sid('CA1')], legOf('CA1', null)))).toEqual([
      'start-recording: twilio call_sid CA1',
    ]);
    expect(named(event('call.answered', [sid('CA1'), sid('CA2')], legOf('CA2', null)))).toEqual([
      'start-recording: twilio call_sid CA2',
    ]);
    expect(named(event('call.answered', [sid('CA2'), sid('CA1')], legOf('CA2', 'CA1')))).toEqual([]);
  });

  it('a call whose callbacks are not ours is followed at the carrier below, too', () => {
    const dialed = event('call.started', [conversation, sid('CA1'), ourCallKey('call_1')]);
    expect(named(dialed)).toEqual([
      'follow-call: elevenlabs conversation_id conv_1',
      'follow-call: twilio call_sid CA1',
    ]);
    expect(named(event('call.started', [sid('CA1')]))).toEqual([]);
  });

  it('an ended call is searched for recordings a moment later, at every provider that it is known to', () => {
    const jobs = jobsOf(event('call.ended', [sid('CA1'), conversation], { status: 'completed' }));
    expect(jobs.filter(({ kind }) => kind === 'find-recordings')).toMatchObject([
      { providerId: 'twilio', payload: { callKey: sid('CA1') }, runAtMs: nowMs + 5_000 },
      { providerId: 'elevenlabs', payload: { callKey: conversation }, runAtMs: nowMs + 5_000 },
    ]);
  });

  it('audio of a call that is followed has its provider asked whose call it was', () => {
    const available: DomainEvent = {
      ...recording('recording.available'),
      providerId: 'elevenlabs',
      keys: [conversation],
    };
    expect(named(available)).toEqual([
      'fetch-recording: rec_elevenlabs_RE1',
      'follow-call: elevenlabs conversation_id conv_1',
    ]);
  });

  it('a recording that has only begun has its call followed, where its provider wants that', () => {
    const started: DomainEvent = {
      ...recording('recording.started'),
      providerId: 'elevenlabs',
      keys: [conversation],
    };
    expect(named(started)).toEqual(['follow-call: elevenlabs conversation_id conv_1']);
  });

  it('a recording that is saved without its id is looked for at the one who says so', () => {
    const told = (what: string): DomainEvent => ({
      kind: 'call.told',
      eventKey: 'told 1',
      providerId: 'twilio',
      occurredAtMs: nowMs,
      sequence: 0,
      keys: [sid('CA1'), { providerId: 'quiet', kind: 'id', value: 'x1' }],
      data: { what },
    });
    expect(named(told('recording_saved'))).toEqual(['find-recordings: twilio call_sid CA1']);
    expect(named(told('recording_paused'))).toEqual([]);
  });

  it.each(['busy', 'no_answer', 'canceled'] as const)('nothing is searched after %s', (status) => {
    expect(named(event('call.ended', [sid('CA1')], { status }))).toEqual([]);
  });

  it('a provider that is not set up or wants nothing causes nothing', () => {
    const key = (providerId: string): CallKey => ({ providerId, kind: 'id', value: 'x1' });
    expect(named(event('call.ended', [key('quiet')]), event('call.answered', [key('unknown')]))).toEqual([]);
  });

  it('the same event gives the same jobs', () => {
    const one = event('call.ended', [sid('CA1'), conversation], { status: 'completed' });
    expect(jobsOf(one)).toEqual(jobsOf(one));
  });
});
