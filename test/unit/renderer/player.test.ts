import { describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../../../src/preload/contract/events.ts';
import { makeApp, playback, settled, waveform } from './app-for-tests.ts';

describe('player', () => {
  const what = (id: string) => ({ recordingId: `rec_${id}`, callId: id, providerId: 'twilio' });

  it('keeps the position of each call', async () => {
    const app = makeApp();
    await app.state().load(what('a'), { play: true });
    app.state().seek(42_000);
    await app.state().load(what('b'), { play: true });
    await app.state().load(what('a'), { play: false });
    expect(app.told.filter(([name]) => name === 'load').map(([, , , startMs]) => startMs)).toEqual([
      0, 0, 42_000,
    ]);
  });

  it('keeps seeks inside the recording', async () => {
    const app = makeApp();
    await app.state().load(what('a'), { play: false });
    app.state().seekBy(-5_000);
    expect(app.deck.currentTimeMs()).toBe(0);
    app.state().seek(1e9);
    expect(app.deck.currentTimeMs()).toBe(100_000);
  });

  it('plays one side alone, the other channel once swapped, and remembers that per phone service', async () => {
    const app = makeApp();
    await app.state().load(what('a'), { play: false });
    app.state().setSide('clinic');
    app.state().swapSides();
    expect(app.told.filter(([name]) => name === 'solo').map(([, solo]) => solo)).toEqual(['both', 0, 1]);
    expect(app.remembered.get('swapped:twilio')).toBe('yes');
  });

  it('has no sides where there is one channel', async () => {
    const app = makeApp({ 'recordings.playback': { ...playback, channels: 1 } });
    await app.state().load(what('a'), { play: false });
    app.state().nextSide();
    expect(app.state().side).toBe('both');
  });

  it('says why there is no sound', async () => {
    const app = makeApp({ 'recordings.playback': undefined });
    await app.state().load(what('a'), { play: true });
    expect(app.state().loaded).toMatchObject({ phase: 'failed', problem: 'no' });
  });

  it('draws the waveform once it is ready, when told and when loaded again', async () => {
    const answers: Record<string, unknown> = { 'recordings.playback': playback };
    const app = makeApp(answers);
    const ready = { ...playback, peaks: { url: '/media/rec_a/peaks', perSecond: 50, channels: 2 } };
    const peaksJob = (recordingId: string, state: 'running' | 'done'): EventEnvelope => ({
      seq: 1,
      name: 'job.changed',
      data: {
        job: {
          jobId: 'job_1',
          kind: 'make-peaks',
          state,
          attempt: 1,
          runAtMs: 0,
          lastErrorCode: null,
          crashes: 0,
          providerId: null,
          recordingId,
          callId: null,
          createdAtMs: 0,
          finishedAtMs: null,
        },
      },
    });
    const asked = () => app.asked.filter(({ name }) => name === 'recordings.playback').length;
    await app.state().load(what('a'), { play: false });
    await settled();
    expect(app.state().loaded?.peaks).toBe('none');

    answers['recordings.playback'] = ready;
    app.state().applyPlayer([peaksJob('rec_b', 'done'), peaksJob('rec_a', 'running')]);
    await settled();
    expect(asked()).toBe(1);
    app.state().applyPlayer([peaksJob('rec_a', 'done')]);
    await settled();
    expect(app.state().loaded?.peaks).toBe(waveform);
    app.state().applyPlayer([peaksJob('rec_a', 'done')]);
    expect(asked()).toBe(2);

    answers['recordings.playback'] = playback;
    await app.state().load(what('b'), { play: false });
    await settled();
    expect(app.state().loaded?.peaks).toBe('none');
    answers['recordings.playback'] = ready;
    await app.state().load(what('b'), { play: true });
    await settled();
    expect(app.state().loaded?.peaks).toBe(waveform);
    expect(app.told.filter(([name]) => name === 'load')).toHaveLength(2);
  });

  it('steps through the speeds and stops at the ends', () => {
    const app = makeApp();
    for (let step = 0; step < 20; step += 1) app.state().stepRate(1);
    expect(app.state().rate).toBe(3);
    for (let step = 0; step < 20; step += 1) app.state().stepRate(-1);
    expect(app.state().rate).toBe(0.75);
  });
});
