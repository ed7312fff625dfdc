// Finding recordings, against the stand-in.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { callId } from './telnyx-fixtures.ts';
import { find, key, keysIn, rowFor, rowOf, signal, startTelnyx, until, type World } from './telnyx-world.ts';

type Listed = Awaited<ReturnType<NonNullable<World['provider']['api']['listRecordings']>>> | undefined;

describe('finding recordings', () => {
  const trunk = (world: World, seed: string) =>
    world.standIn.carrier.dial({
      seed,
      to: '+14155550143',
      from: '+14155550100',
      headers: { 'X-Tapedeck-Call-Id': callId, 'User-to-User': 'x' },
      record: true,
      sipCallId: `SCL-${seed}@livekit.example`,
      outcome: 'answered',
      talkMs: 9_000,
    });

  it('works by each of the documented ids, and never returns a row of another call', async () => {
    const world = await startTelnyx();
    trunk(world, 'a');
    trunk(world, 'b');
    const [a, b] = world.standIn.world.calls.values();
    await world.standIn.idle();
    if (a === undefined || b === undefined) throw new Error('no calls');
    for (const ignoreFilters of [false, true]) {
      world.standIn.switches.ignoreFilters = ignoreFilters;
      for (const named of [
        key('call_leg_id', a.legId),
        key('call_session_id', a.sessionId),
        key('call_control_id', a.controlId),
      ]) {
        const before = world.foreignRows();
        const { facts } = await find(world, [named]);
        expect(facts.map((fact) => rowOf([fact]).providerRecordingId)).toEqual([a.recordings[0]?.id]);
        expect(world.foreignRows() - before).toBe(ignoreFilters ? 1 : 0);
      }
    }
    expect((await find(world, [key('sip_call_id', a.sipCallId)])).facts).toEqual([]);
    world.standIn.switches.ignoreFilters = false;
    const bySip = await find(world, [key('sip_call_id', a.sipCallId)]);
    expect(keysIn(bySip.facts)).toEqual(
      expect.arrayContaining([key('sip_call_id', a.sipCallId), key('call_session_id', a.sessionId)]),
    );
    expect(keysIn(bySip.facts)).not.toContainEqual(key('call_session_id', b.sessionId));
    expect(world.receiver.heard[0]?.data.payload['custom_headers']).toEqual([
      { name: 'X-Tapedeck-Call-Id', value: callId },
    ]);
  });

  it('refuses rows of one session that a filter did not choose', async () => {
    const world = await startTelnyx();
    trunk(world, 'only');
    await world.standIn.idle();
    world.standIn.switches.ignoreFilters = true;
    // Nor is it an answer after which nobody asks again.
    expect(await find(world, [key('sip_call_id', 'somebody@else')])).toEqual({ facts: [], isFinal: false });
    expect(world.foreignRows()).toBe(1);
  });

  it('says until when a call that is known by its SIP Call-ID alone is worth asking after', async () => {
    const world = await startTelnyx();
    expect(await find(world, [key('sip_call_id', 'somebody@else')])).toEqual({
      facts: [],
      isFinal: false,
      finalAfterEndMs: 15 * 60_000,
    });
    const known = [key('sip_call_id', 'somebody@else'), key('call_session_id', randomUUID())];
    expect(await find(world, known)).toEqual({ facts: [], isFinal: false });
  });

  it('keeps several recordings of one session', async () => {
    const world = await startTelnyx({ scale: 20 });
    const [call] = world.standIn.place([{ talkMs: 20_000 }]);
    await until(() => call?.answeredAtMs !== null);
    await world.sdk.calls.actions.startRecording(call?.controlId ?? '', {
      format: 'mp3',
      channels: 'single',
    });
    if (call !== undefined) world.standIn.hangUp(call);
    await world.standIn.idle();
    const { facts } = await find(world, [key('call_session_id', call?.sessionId ?? '')]);
    expect(new Set(facts.map((fact) => rowOf([fact]).providerRecordingId))).toEqual(
      new Set(call?.recordings.map(({ id }) => id)),
    );
  });

  it('lists by the time of creation, page by page, without gaps', async () => {
    const world = await startTelnyx({ scale: 1_000 });
    const fromMs = world.clock.now();
    world.standIn.place(Array.from({ length: 205 }, () => ({ talkMs: 2_000, outcome: 'answered' as const })));
    await world.standIn.idle();
    const found: string[] = [];
    const toMs = world.clock.now();
    for (let page: string | null = null, pages = 0; pages < 4 && (page !== null || pages === 0); pages++) {
      const listed: Listed = await world.provider.api.listRecordings?.({ fromMs, toMs, page }, signal);
      found.push(...(listed?.facts ?? []).map((fact) => rowOf([fact]).providerRecordingId));
      page = listed?.nextPage ?? null;
    }
    expect(new Set(found)).toEqual(new Set(world.standIn.world.recordings.keys()));
    expect(found).toHaveLength(205);
    const early = { fromMs: fromMs - 9e6, toMs: fromMs - 8e6, page: null };
    expect(await world.provider.api.listRecordings?.(early, signal)).toEqual({ facts: [], nextPage: null });
  });

  it('takes 200 with the object for a deletion, once', async () => {
    const world = await startTelnyx();
    const [call] = world.standIn.place([{ talkMs: 9_000 }]);
    await world.standIn.idle();
    const row = rowFor(call?.recordings[0]?.id ?? '');
    expect(await world.provider.api.deleteRecording?.(row, signal)).toBe('deleted');
    expect(await world.provider.api.deleteRecording?.(row, signal)).toBe('gone');
    await expect(world.provider.media(row, signal)).rejects.toMatchObject({
      code: 'provider_not_found',
      retryable: true,
    });
  });

  it('knows a recording in the storage of the customer as external', async () => {
    const world = await startTelnyx();
    world.standIn.switches.externalStorage = true;
    const [call] = world.standIn.place([{ talkMs: 9_000 }]);
    await world.standIn.idle();
    const { facts } = await find(world, [key('call_leg_id', call?.legId ?? '')]);
    expect(rowOf(facts)).toMatchObject({ status: 'external', reason: 'external_storage' });
    await expect(world.provider.media(rowOf(facts), signal)).rejects.toMatchObject({
      code: 'provider_refused',
    });
  });
});
