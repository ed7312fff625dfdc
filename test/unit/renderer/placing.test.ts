import { describe, expect, it } from 'vitest';
import type { ProviderView } from '../../../src/preload/contract/system.ts';
import { checkLine } from '../../../src/renderer/src/views/line-form.ts';
import {
  checkNewCall,
  emptyNewCall,
  errorsOf,
  toPlaceInput,
  waysOf,
} from '../../../src/renderer/src/views/new-call-form.ts';
import { currentLine } from '../../../src/renderer/src/views/transcript-lines.ts';
import { callsPlaceInput } from '../../../src/preload/contract/calls.ts';

const telnyx = { via: 'telnyx', label: 'Telnyx', needsAgent: false };
const bot = { via: 'elevenlabs-twilio', label: 'ElevenLabs over Twilio', needsAgent: true };
const draft = { ...emptyNewCall('telnyx'), to: ' (415) 555-0132 ' };

describe('new call form', () => {
  it('sends what was typed and leaves out what was left empty', () => {
    expect(toPlaceInput(draft, telnyx)).toEqual({
      kind: 'voice-bot',
      via: 'telnyx',
      to: '(415) 555-0132',
      record: true,
    });
    const full = {
      ...draft,
      kind: 'priority-queue' as const,
      via: 'elevenlabs-twilio',
      from: '+14155550100',
      agentId: ' agent_1 ',
      reference: ' intake-1 ',
      priority: '20',
      record: false,
    };
    const input = toPlaceInput(full, bot);
    expect(input).toEqual({
      kind: 'priority-queue',
      via: 'elevenlabs-twilio',
      to: '(415) 555-0132',
      from: '+14155550100',
      agentId: 'agent_1',
      reference: 'intake-1',
      priority: 20,
      record: false,
    });
    expect(callsPlaceInput.safeParse(input).success).toBe(true);
  });

  it('keeps an agent and a priority to itself where they mean nothing', () => {
    const input = toPlaceInput({ ...draft, agentId: 'agent_1', priority: '7' }, telnyx);
    expect(input).not.toHaveProperty('agentId');
    expect(input).not.toHaveProperty('priority');
  });

  it('says what is missing before it asks', () => {
    expect(checkNewCall(draft)).toEqual({});
    expect(checkNewCall({ ...draft, to: ' - ' })).toEqual({ to: 'Type the number to call.' });
    for (const priority of ['', '1.5', '-1', '1001', 'high']) {
      expect(checkNewCall({ ...draft, kind: 'priority-queue', priority })).toHaveProperty('priority');
      expect(checkNewCall({ ...draft, kind: 'voice-bot', priority })).toEqual({});
    }
  });

  it('puts an answer beside the field that it is about', () => {
    const said = (code: 'bad_number' | 'not_set_up' | 'internal') => errorsOf({ code, message: 'No.' });
    expect(said('bad_number')).toEqual({ to: 'No.' });
    expect(said('not_set_up')).toEqual({ via: 'No.' });
    expect(said('internal')).toEqual({ form: 'No.' });
  });

  it('offers the ways of all phone services', () => {
    const providers = [{ vias: [telnyx] }, { vias: [] }, { vias: [bot] }] as unknown as ProviderView[];
    expect(waysOf(providers)).toEqual([telnyx, bot]);
  });
});

describe('line form', () => {
  it('takes a number in international form however it is spaced', () => {
    expect(checkLine({ number: '+1 (415) 555-0100', label: ' Front desk ' }, [])).toEqual({
      line: { number: '+14155550100', label: 'Front desk' },
      errors: {},
    });
  });

  it('refuses local forms, empty names and a line that has a name', () => {
    expect(checkLine({ number: '4155550100', label: '' }, []).errors).toEqual({
      number: 'Type it in international form, such as +14155550100.',
      label: 'Type a name, such as Front desk.',
    });
    const known = [{ number: '+14155550100', label: 'Desk' }];
    expect(checkLine({ number: '+14155550100', label: 'Two' }, known)).toMatchObject({
      line: null,
      errors: { number: 'This line has a name already.' },
    });
  });
});

describe('transcript', () => {
  const line = (atMs: number | null) => ({ speaker: 'clinic' as const, text: '', atMs });

  it('marks the line that was begun last', () => {
    const lines = [line(0), line(4_000), line(null), line(9_000)];
    expect([0, 3_999, 4_000, 8_999, 99_000].map((atMs) => currentLine(lines, atMs))).toEqual([0, 0, 1, 1, 3]);
  });

  it('marks none before the first line, and none without times', () => {
    expect(currentLine([line(500)], 499)).toBe(-1);
    expect(currentLine([line(null)], 9_000)).toBe(-1);
    expect(currentLine([], 0)).toBe(-1);
  });

  it('is not confused by lines that came out of order', () => {
    expect(currentLine([line(5_000), line(1_000)], 6_000)).toBe(0);
    expect(currentLine([line(5_000), line(1_000)], 2_000)).toBe(1);
  });
});
