// Calls whose every webhook was lost, rebuilt from Telnyx's own logs, against the stand-in.
import { describe, expect, it } from 'vitest';
import { foldCall } from '../../../../src/main/domain/call.ts';
import { recordingIdOf } from '../../../../src/main/ids.ts';
import type { PulledFact } from '../../../../src/main/providers/provider.ts';
import { signal, startTelnyx, type World } from './telnyx-world.ts';

type Listed = Awaited<ReturnType<NonNullable<World['provider']['api']['listCalls']>>>;

async function sweep(
  { provider }: World,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<{ facts: PulledFact[]; pages: string[] }> {
  const facts: PulledFact[] = [];
  const pages: string[] = [];
  for (let page: string | null = null, asked = 0; asked < 60; asked++) {
    const listed: Listed | undefined = await provider.api.listCalls?.({ fromMs, toMs, page }, signal);
    if (listed === undefined) throw new Error('cannot list calls');
    facts.push(...listed.facts);
    page = listed.nextPage;
    if (page === null) break;
    pages.push(page);
  }
  return { facts, pages };
}

describe('webhooks that never came', () => {
  it('are rebuilt as the same facts, whichever log tells them', async () => {
    const world = await startTelnyx({ scale: 1_000 });
    const fromMs = world.clock.now();
    world.standIn.place(Array.from({ length: 60 }, () => ({ talkMs: 2_000, outcome: 'answered' as const })));
    await world.standIn.idle();
    const heard = world.receiver.heard.map((one) =>
      world.provider.understand({ ...one, receivedAtMs: world.clock.now() }),
    );
    const { facts, pages } = await sweep(world, { fromMs, toMs: world.clock.now() });
    expect(pages).toEqual(expect.arrayContaining(['deliveries:2', 'events:1', 'events:2']));
    for (const path of ['/v2/webhook_deliveries', '/v2/call_events']) {
      const told = new Map(facts.filter((fact) => fact.path === path).map((fact) => [fact.dedupeKey, fact]));
      expect([...told.keys()].toSorted()).toEqual(heard.map(({ dedupeKey }) => dedupeKey).toSorted());
      for (const { dedupeKey, events } of heard) expect(told.get(dedupeKey)?.events).toEqual(events);
    }
  });

  it('bring back calls that were never heard of, whole, of the last day and of the week before', async () => {
    const world = await startTelnyx({ scale: 300 });
    const fromMs = world.clock.now() - 1_000;
    world.standIn.switches.webhookOutage = true;
    const [call] = world.standIn.place([{ talkMs: 9_000, direction: 'inbound' }]);
    await world.standIn.idle();
    expect(world.receiver.heard).toEqual([]);
    const toMs = world.clock.now() + 60_000;
    const recent = await sweep(world, { fromMs, toMs });
    const story = foldCall(
      'call_1',
      recent.facts.flatMap(({ events }) => events),
      recordingIdOf,
    );
    expect(story.call).toMatchObject({
      from: call?.from,
      to: call?.to,
      status: 'completed',
      direction: 'inbound',
    });
    expect(story.recordings).toHaveLength(1);
    // Two days on, the list of events has forgotten; the log of deliveries has not.
    const later = world.clock.now;
    world.clock.now = () => later() + 2 * 86_400_000;
    const old = await sweep(world, { fromMs, toMs });
    expect(old.pages).toEqual([]);
    expect(new Set(old.facts.map(({ dedupeKey }) => dedupeKey))).toEqual(
      new Set(recent.facts.map(({ dedupeKey }) => dedupeKey)),
    );
  });

  it('tell of nothing outside the window, and of no leg of a mere trunk', async () => {
    const world = await startTelnyx();
    const fromMs = world.clock.now() - 1_000;
    world.standIn.place([{ talkMs: 9_000 }]);
    world.standIn.quietCarrier.dial({
      seed: 'quiet',
      to: '+14155550143',
      from: '+14155550100',
      headers: {},
      record: false,
      sipCallId: 'quiet@livekit.example',
      outcome: 'answered',
      talkMs: 9_000,
    });
    await world.standIn.idle();
    const { facts } = await sweep(world, { fromMs, toMs: world.clock.now() + 60_000 });
    const legs = new Set(
      facts.flatMap(({ events }) => events.flatMap(({ keys }) => keys.map(({ value }) => value))),
    );
    const [placed, quiet] = [...world.standIn.world.calls.values()];
    expect([legs.has(placed?.legId ?? ''), legs.has(quiet?.legId ?? '')]).toEqual([true, false]);
    world.standIn.switches.ignoreFilters = true;
    expect((await sweep(world, { fromMs: fromMs - 9e6, toMs: fromMs - 8e6 })).facts).toEqual([]);
  });

  it('a recording of a call never heard of makes a call with numbers and times', async () => {
    const world = await startTelnyx();
    const fromMs = world.clock.now() - 1_000;
    const [call] = world.standIn.place([{ talkMs: 9_000 }]);
    await world.standIn.idle();
    const window = { fromMs, toMs: world.clock.now(), page: null };
    const listed = await world.provider.api.listRecordings?.(window, signal);
    const events = (listed?.facts ?? []).flatMap((fact) => fact.events);
    const story = foldCall('call_1', events, recordingIdOf);
    expect(story.call).toMatchObject({
      from: call?.from,
      to: call?.to,
      startedAtMs: call?.recordings[0]?.startedAtMs,
      unmatched: false,
    });
    expect(story.recordings).toMatchObject([{ status: 'available' }]);
  });
});
