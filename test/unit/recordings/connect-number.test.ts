import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderNumber } from '../../../src/preload/contract/system.ts';
import { noticeSetting } from '../../../src/main/recordings/explain-call.ts';
import { createPlacing, type OpenStore, openStore } from './placing-rig.ts';

const wantedUrl = 'https://clinic.example.com/webhooks/scripted';

function aNumber(changes: Partial<ProviderNumber> = {}): ProviderNumber {
  return {
    numberId: 'PN1',
    number: '+14155550100',
    display: '',
    label: null,
    state: 'elsewhere',
    currentUrl: 'https://old.example.com/status',
    wantedUrl,
    previousUrl: null,
    note: null,
    snippet: null,
    ...changes,
  };
}

let open: OpenStore;
beforeEach(async () => {
  open = await openStore();
});
afterEach(() => open.close());

const rigWith = (...numbers: ProviderNumber[]) => createPlacing(open, { numbers });

describe('a number that reports to Tapedeck', () => {
  it('keeps what stood there before, and gets it back', async () => {
    const rig = rigWith(aNumber());
    const set = (action: 'connect' | 'restore') => rig.numbersAt.set('scripted', 'PN1', action);
    expect(await set('connect')).toMatchObject({
      state: 'connected',
      currentUrl: wantedUrl,
      previousUrl: 'https://old.example.com/status',
    });
    // A second click, and a restart in between, change nothing of it.
    await set('connect');
    const again = createPlacing(open, { provider: rig });
    expect(await again.numbersAt.list('scripted')).toMatchObject([
      { previousUrl: 'https://old.example.com/status' },
    ]);
    expect(await again.numbersAt.set('scripted', 'PN1', 'restore')).toMatchObject({
      state: 'elsewhere',
      currentUrl: 'https://old.example.com/status',
      previousUrl: null,
    });
    await expect(set('restore')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('stores the old value before the provider is told, so that a crash between loses nothing', async () => {
    const rig = rigWith(aNumber());
    rig.provider.api.setNumberCallback = async () => {
      throw new Error('the process died');
    };
    await expect(rig.numbersAt.set('scripted', 'PN1', 'connect')).rejects.toThrow('died');
    expect(await rig.numbersAt.list('scripted')).toMatchObject([
      { previousUrl: 'https://old.example.com/status' },
    ]);
  });

  it('does not take an older address of ours for somebody else`s', async () => {
    const rig = rigWith(aNumber());
    await rig.numbersAt.set('scripted', 'PN1', 'connect');
    const [number] = rig.numbers;
    if (number === undefined) throw new Error('no number');
    Object.assign(number, {
      wantedUrl: 'https://new-tunnel.example.com/webhooks/scripted',
      state: 'elsewhere',
    });
    expect(await rig.numbersAt.set('scripted', 'PN1', 'connect')).toMatchObject({
      previousUrl: 'https://old.example.com/status',
    });
  });

  it('leaves a number alone that somebody else has changed since', async () => {
    const rig = rigWith(aNumber());
    await rig.numbersAt.set('scripted', 'PN1', 'connect');
    await rig.provider.api.setNumberCallback?.(
      'PN1',
      'https://third.example.com/',
      new AbortController().signal,
    );
    await expect(rig.numbersAt.set('scripted', 'PN1', 'restore')).rejects.toMatchObject({ code: 'conflict' });
    expect(rig.numbers).toMatchObject([{ currentUrl: 'https://third.example.com/' }]);
  });

  it('was told to nobody before, and is so again', async () => {
    const rig = rigWith(aNumber({ state: 'nowhere', currentUrl: null }));
    await rig.numbersAt.set('scripted', 'PN1', 'connect');
    expect(await rig.numbersAt.set('scripted', 'PN1', 'restore')).toMatchObject({
      state: 'nowhere',
      currentUrl: null,
    });
  });

  it('needs a public address, a known number and a provider that is set up', async () => {
    const rig = rigWith(aNumber({ wantedUrl: null }));
    await expect(rig.numbersAt.set('scripted', 'PN1', 'connect')).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(rig.numbersAt.set('scripted', 'PN9', 'connect')).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(rig.numbersAt.set('nobody', 'PN1', 'connect')).rejects.toMatchObject({ code: 'not_found' });
    rig.settings.missing.push('SCRIPTED_API_KEY');
    await expect(rig.numbersAt.list('scripted')).rejects.toMatchObject({ code: 'not_set_up' });
  });
});

describe('the check of the keys', () => {
  it('says what is missing without asking anybody', async () => {
    const rig = rigWith();
    rig.settings.missing.push('SCRIPTED_API_KEY');
    expect(await rig.numbersAt.check('scripted')).toEqual({
      ok: false,
      findings: [{ ok: false, text: 'SCRIPTED_API_KEY is missing.' }],
    });
    expect(rig.asked.check).toBe(0);
  });

  it('ends a pause when the keys work again', async () => {
    const rig = rigWith();
    await open.store.pauseProvider('scripted', 'provider_unauthorized');
    expect(await rig.numbersAt.check('scripted')).toMatchObject({ ok: true });
    expect(await open.store.listPauses()).toEqual([]);
  });

  it('remembers since when callbacks are known to be switched off, and forgets it when they are on again', async () => {
    const rig = rigWith();
    const noted = () => open.store.getSetting(noticeSetting('scripted'));
    const finding = { ok: false, text: 'Switched off.', code: 'webhook_disabled' as const };
    rig.provider.api.check = async () => ({ ok: false, findings: [finding] });
    const firstMs = open.clock.now();
    await rig.numbersAt.check('scripted');
    open.clock.nowMs += 60_000;
    await rig.numbersAt.check('scripted');
    expect(await noted()).toEqual({ sinceMs: firstMs });
    rig.provider.api.check = async () => ({ ok: true, findings: [] });
    await rig.numbersAt.check('scripted');
    expect(await noted()).toBeNull();
  });
});
