import { describe, expect, it } from 'vitest';
import { judgeVerdict } from '../../../src/main/domain/verdict.ts';
import type { CallRow } from '../../../src/main/domain/call.ts';
import { refusalReason } from '../../../src/preload/contract/activity.ts';
import { errorCodes } from '../../../src/preload/contract/errors.ts';
import { verdictLabel } from '../../../src/preload/contract/verdict-words.ts';
import { verdictActions, verdictCauses, verdictEvidence } from '../../../src/preload/contract/verdicts.ts';
import {
  actionHints,
  actionLabels,
  evidenceWords,
  verdictTitle,
} from '../../../src/renderer/src/verdict-words.ts';
import { statusWords } from '../../../src/renderer/src/words.ts';
import { callHistories } from '../domain/verdict/call-histories.ts';
import { troubleHistories } from '../domain/verdict/trouble-histories.ts';
import { makeCall } from './calls-for-tests.ts';

const forbidden = /webhook|payload|\bSID\b|bucket|\bpoll|oops|!/i;

/** What a verdict may say where its row says less: a row knows neither jobs nor what a service answered. */
const sharper: Readonly<Record<string, readonly string[]>> = {
  'Getting ready': ['Trying again', 'Needs attention', 'Not recorded', 'Not known', 'Kept elsewhere'],
  'Not recorded': ['Trying again', 'Needs attention', 'Getting ready', 'Kept elsewhere', 'Not known'],
  'Needs attention': ['Trying again'],
  Fetching: ['Trying again', 'Needs attention'],
  'No call found': ['Choose a call'],
  'Not recording': ['Not recorded'],
  'Recording now': ['Paused'],
};

function viewOf(row: CallRow) {
  const { agentId: _agent, dialGeneration: _generation, record: _record, providerCode: _code, ...view } = row;
  return { ...makeCall('call_1'), ...view };
}

const cases = Object.entries({ ...callHistories, ...troubleHistories }).flatMap(([cause, histories]) =>
  histories.map((facts, i) => ({ name: `${cause} ${i + 1}`, facts })),
);

describe('a verdict and the row of its call', () => {
  it.each(cases)('say the same of $name, or the verdict says more', ({ facts }) => {
    const verdict = judgeVerdict(facts);
    if (verdict === null) throw new Error('no verdict');
    const context = { nowMs: facts.nowMs, service: 'Twilio', fetched: null };
    const { label } = statusWords(viewOf(facts.call), null, context);
    expect([label, ...(sharper[label] ?? [])]).toContain(verdictLabel(verdict));
  });
});

describe('words around a verdict', () => {
  it.each(verdictCauses)('has a heading for %s', (cause) => {
    for (const isSafe of [true, false]) {
      const { title } = verdictTitle({ cause, isSafe });
      expect(title).toMatch(/^[A-Z]/);
      expect(title).not.toMatch(forbidden);
    }
  });

  it.each(verdictActions)(
    'says %s on a button or in a sentence, or leaves it to the buttons of the call',
    (action) => {
      const said = `${actionLabels[action] ?? ''} ${actionHints[action] ?? ''}`;
      expect(said).not.toMatch(forbidden);
      const ofTheCall = ['none', 'start_recording', 'match', 'choose', 'decide_dial'];
      expect(said.trim() === '').toBe(ofTheCall.includes(action));
    },
  );

  it.each(verdictEvidence.shape.kind.options)(
    'tells evidence of the kind %s in plain words, whatever its code',
    (kind) => {
      const codes = [
        undefined,
        'no_recordings',
        'line.record',
        'web_link',
        ...errorCodes,
        ...refusalReason.options,
      ];
      for (const code of codes) {
        const words = evidenceWords({ kind, atMs: 0, ...(code === undefined ? {} : { code }) }, 'Twilio');
        expect(words).toMatch(/^[A-Z].*\.$/);
        expect(words).not.toMatch(forbidden);
      }
    },
  );

  it('counts the tries', () => {
    const tries = { kind: 'job' as const, atMs: 0, code: 'timed_out', attempts: 4 };
    expect(evidenceWords(tries, 'Twilio')).toBe('Tried by Tapedeck 4 times. Twilio took too long to answer.');
  });
});
