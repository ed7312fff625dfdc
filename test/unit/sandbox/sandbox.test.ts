import { describe, expect, it } from 'vitest';
import { clinicLines } from '../../../src/main/sandbox/plan-call.ts';
import { idOf, startWorld, until } from './world.ts';

describe('a history', () => {
  it('is told at once, with the times of the past, through the same signed callbacks', async () => {
    const { receiver, sandbox, clock } = await startWorld({ scale: 1 });
    const { callSids } = await sandbox.seedHistory({ count: 14 });
    const [liveSid, ...pastSids] = callSids;
    const ends = new Map(
      receiver.heard
        .filter(({ params }) => params.CallDuration !== undefined)
        .map(({ params }) => [params.CallSid, params]),
    );
    expect(new Set(ends.keys())).toEqual(new Set(pastSids));
    const moments = [...ends.values()].map((params) => Date.parse(params.Timestamp ?? ''));
    expect(Math.max(...moments)).toBeLessThan(clock.now() - 60_000);
    expect(Math.min(...moments)).toBeGreaterThan(clock.now() - 3 * 86_400_000);
    const live = receiver.heard.filter(({ params }) => params.CallSid === liveSid).map(idOf);
    expect(live).toEqual(['call ringing', 'call in-progress', 'recording in-progress']);
    expect(sandbox.callsPlaced()).toBe(14);
  });

  it('names numbers by the lines that the sandbox offers', async () => {
    const { receiver, sandbox } = await startWorld({ scale: 1 });
    await sandbox.seedHistory({ count: 14 });
    const own = new Set(clinicLines.map((line) => line.number));
    const calls = receiver.heard.filter(({ path }) => path.endsWith('call-status'));
    for (const { params } of calls) {
      expect(own.has((params.Direction === 'inbound' ? params.To : params.From) ?? '')).toBe(true);
    }
    expect(sandbox.lines).toBe(clinicLines);
  });
});

describe('the autopilot', () => {
  it('lets calls begin until it is switched off', async () => {
    const { sandbox } = await startWorld({ scale: 2_000 });
    sandbox.autopilot(true);
    await until(() => sandbox.callsPlaced() >= 3);
    sandbox.autopilot(false);
    const placed = sandbox.callsPlaced();
    // Two minutes of the sandbox's time: longer than the longest wait between two calls.
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(sandbox.callsPlaced()).toBe(placed);
  });
});

describe('stopping', () => {
  it('breaks off a call and a try that are under way', async () => {
    // The first callback loses its connection; it would be tried again within 900 ms, and the phone would ring then.
    const { sandbox, receiver } = await startWorld({ scale: 2, answer: () => 0 });
    await sandbox.place({ direction: 'outbound' });
    await until(() => receiver.heard.length > 0);
    await sandbox.stop();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(receiver.heard.map(idOf)).toEqual(['call initiated']);
  });
});

describe('many calls at once', () => {
  it('tells all of them, each in its own order', async () => {
    const { sandbox, receiver } = await startWorld({ scale: 500 });
    const { callSids } = await sandbox.place({ count: 200, direction: 'inbound', talkMs: 20_000 });
    expect(new Set(callSids).size).toBe(200);
    await sandbox.idle();
    for (const sid of callSids) {
      expect(receiver.heard.filter(({ params }) => params.CallSid === sid).map(idOf)).toEqual([
        'call ringing',
        'call in-progress',
        'recording in-progress',
        'call completed',
        'recording completed',
      ]);
    }
  });
});
