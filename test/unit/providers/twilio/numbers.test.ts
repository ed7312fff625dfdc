import { describe, expect, it } from 'vitest';
import { startWorld } from '../../sandbox/world.ts';
import { answering, json, providerAt, signal } from './standin.ts';

const publicUrl = 'https://tapedeck.example.com';
const wantedUrl = `${publicUrl}/webhooks/twilio-call-status`;

describe('numbers', () => {
  it('say whom they report to, and can be connected and given back', async () => {
    const { sandbox, baseUrl, receiver, client } = await startWorld();
    const { provider } = providerAt(baseUrl);
    const list = () => provider.api.listNumbers?.(publicUrl, signal);
    const before = (await list()) ?? [];
    expect(before.map(({ label, state }) => [label, state])).toEqual([
      ['Priority queue', 'elsewhere'],
      ['Voice Bot', 'elsewhere'],
      ['Front desk', 'elsewhere'],
    ]);
    const [first] = before;
    const previous = `${receiver.url}/webhooks/twilio-call-status`;
    expect(first).toMatchObject({ number: '+14155550102', currentUrl: previous, wantedUrl });
    const id = first?.numberId ?? '';
    expect(await provider.api.setNumberCallback?.(id, wantedUrl, signal)).toMatchObject({
      state: 'connected',
      currentUrl: wantedUrl,
    });
    expect((await list())?.map(({ state }) => state)).toEqual(['connected', 'elsewhere', 'elsewhere']);
    expect(await client.incomingPhoneNumbers(id).fetch()).toMatchObject({ statusCallbackMethod: 'POST' });
    expect(await provider.api.setNumberCallback?.(id, null, signal)).toMatchObject({ state: 'nowhere' });
    expect((await list())?.[0]).toMatchObject({ state: 'nowhere', currentUrl: null });
    expect(await provider.api.setNumberCallback?.(id, previous, signal)).toMatchObject({
      currentUrl: previous,
    });
    expect(sandbox.callsPlaced()).toBe(0);
  });

  it('are not connected by GET, nor without a public address', async () => {
    const { baseUrl, client } = await startWorld();
    const { provider } = providerAt(baseUrl);
    const [number] = await client.incomingPhoneNumbers.list();
    await client.incomingPhoneNumbers(number?.sid ?? '').update({
      statusCallback: wantedUrl,
      statusCallbackMethod: 'GET',
    });
    expect((await provider.api.listNumbers?.(publicUrl, signal))?.[0]).toMatchObject({ state: 'elsewhere' });
    expect((await provider.api.listNumbers?.(null, signal))?.[0]).toMatchObject({
      state: 'elsewhere',
      wantedUrl: null,
      snippet: null,
    });
  });

  it('refuse an id that does not fit, and do not believe an answer about something else', async () => {
    const baseUrl = await answering((_path, res) =>
      json(res, 200, { sid: `PN${'2'.repeat(32)}`, phone_number: '+14155550100' }),
    );
    const { provider, seen } = providerAt(baseUrl);
    await expect(provider.api.setNumberCallback?.('PN1', null, signal)).rejects.toMatchObject({
      code: 'bad_input',
    });
    expect(seen).toEqual([]);
    await expect(
      provider.api.setNumberCallback?.(`PN${'1'.repeat(32)}`, wantedUrl, signal),
    ).rejects.toMatchObject({ code: 'provider_unavailable' });
  });

  it('come with TwiML to copy', async () => {
    const { baseUrl } = await startWorld();
    const { provider } = providerAt(baseUrl);
    const snippet = (await provider.api.listNumbers?.(publicUrl, signal))?.[0]?.snippet ?? '';
    expect(snippet).toContain('record="record-from-answer-dual"');
    expect(snippet).toContain(
      `recordingStatusCallback="${publicUrl}/webhooks/twilio-recording#rc=5&amp;rp=5xx,ct,rt"`,
    );
    expect(snippet).toContain('recordingStatusCallbackEvent="in-progress completed absent"');
    expect(snippet).not.toMatch(/&(?!amp;)/);
  });

  it('say that Twilio tells of their calls when they have ended, and what records them', async () => {
    const { baseUrl } = await startWorld();
    const numbers = await providerAt(baseUrl).provider.api.listNumbers?.(null, signal);
    expect(numbers?.map(({ note }) => note)).toEqual(
      Array.from({ length: 3 }, () => expect.stringMatching(/when it has ended.*TwiML/)),
    );
  });
});

describe('the check of the keys', () => {
  it('names the account and a trial', async () => {
    const { baseUrl, sandbox } = await startWorld();
    const { provider } = providerAt(baseUrl);
    const check = () => provider.api.check?.(signal);
    expect(await check()).toMatchObject({ ok: true, findings: [{ ok: true }, { ok: true }] });
    sandbox.switches.account = { type: 'Trial', status: 'active' };
    const trial = await check();
    expect(trial?.ok).toBe(true);
    expect(trial?.findings.at(-1)).toMatchObject({ ok: false, text: expect.stringContaining('trial') });
    sandbox.switches.account = { type: 'Full', status: 'suspended' };
    expect(await check()).toMatchObject({
      ok: false,
      findings: [{ ok: false, text: expect.stringContaining('suspended') }, { ok: true }],
    });
  });

  it('says that wrong ones are refused, and that a region has its own', async () => {
    const { baseUrl } = await startWorld();
    const wrong = { TWILIO_AUTH_TOKEN: 'another' };
    expect(await providerAt(baseUrl, wrong).provider.api.check?.(signal)).toMatchObject({ ok: false });
    const inRegion = await providerAt(baseUrl, { ...wrong, TWILIO_REGION: 'ie1' }).provider.api.check?.(
      signal,
    );
    expect(inRegion?.findings[0]?.text).toContain('region');
  });
});
