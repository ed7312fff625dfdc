// Handlers of Tapedeck itself: status, providers, settings, rebuild, sample mode.
import type { z } from 'zod';
import type { Handlers, Output, ParsedInput } from '../../preload/contract/api.ts';
import type { providerView } from '../../preload/contract/system.ts';
import { AppError } from '../domain/errors.ts';
import type { Provider } from '../providers/provider.ts';
import type { ProviderPause } from '../store/store.ts';
import type { HandlerDeps } from './handlers.ts';

/** What the `sandbox.*` procedures act on. */
export interface SampleMode {
  status(): Output<'sandbox.status'>;
  enter(): Promise<Output<'sandbox.enter'>>;
  leave(): Promise<Output<'sandbox.leave'>>;
  /** Errors: not_in_sample_mode. */
  place(input: ParsedInput<'sandbox.place'>): Promise<Output<'sandbox.place'>>;
}

type ProviderView = z.infer<typeof providerView>;
type SystemProcedure =
  | `providers.${'list' | 'resume' | 'check' | 'numbers' | 'setNumber'}`
  | `settings.${'get' | 'update'}`
  | `system.${'status' | 'rebuild'}`
  | `webLink.${'probe' | 'reconnect'}`
  | `sandbox.${'status' | 'enter' | 'leave' | 'place'}`;

export function createSystemHandlers(deps: HandlerDeps): Pick<Handlers, SystemProcedure> {
  const { store, providers, jobs, settings } = deps;
  return {
    'providers.list': async () => ({ items: await viewProviders(deps, providers) }),
    async 'providers.resume'({ providerId }) {
      const provider = providers.find((known) => known.providerId === providerId);
      if (provider === undefined) throw new AppError('not_found', 'There is no phone service with this id.');
      await store.resumeProvider(providerId);
      jobs.wake();
      return { provider: await viewProvider(deps, provider, await store.listPauses()) };
    },
    async 'providers.check'({ providerId }) {
      const check = await deps.numbers.check(providerId);
      jobs.wake();
      return { check };
    },
    async 'providers.numbers'({ providerId }) {
      return { items: (await deps.numbers.list(providerId)).map(deps.views.number) };
    },
    async 'providers.setNumber'({ providerId, numberId, action }) {
      return { number: deps.views.number(await deps.numbers.set(providerId, numberId, action)) };
    },
    'settings.get': async () => settings.current(),
    'settings.update': (change) => settings.update(change),
    'system.status': () => viewSystem(deps),
    'webLink.probe': () => deps.tunnel.probe(),
    'webLink.reconnect': () => deps.tunnel.reconnect(),
    'system.rebuild': ({ apply }) => store.rebuild(apply),
    ...createSampleHandlers(deps),
  };
}

function createSampleHandlers({
  sample,
  system,
}: HandlerDeps): Pick<Handlers, Extract<SystemProcedure, `sandbox.${string}`>> {
  const simulator = (): SampleMode => {
    if (sample === null) throw new AppError('unavailable', 'There are no sample calls in this installation.');
    return sample;
  };
  return {
    'sandbox.status': async () => sample?.status() ?? { running: false, url: null, callsPlaced: 0 },
    'sandbox.enter': async () => simulator().enter(),
    'sandbox.leave': async () => simulator().leave(),
    async 'sandbox.place'(input) {
      // Made-up calls must never reach a real clinic's log, whatever was handed in as the simulator.
      if (system.mode !== 'sample') {
        throw new AppError('not_in_sample_mode', 'Calls can only be made up in sample mode.');
      }
      return simulator().place(input);
    },
  };
}

async function viewProviders(deps: HandlerDeps, providers: readonly Provider[]): Promise<ProviderView[]> {
  const pauses = await deps.store.listPauses();
  return Promise.all(providers.map((provider) => viewProvider(deps, provider, pauses)));
}

async function viewProvider(
  { store, tunnel }: HandlerDeps,
  provider: Provider,
  pauses: readonly ProviderPause[],
): Promise<ProviderView> {
  const { providerId, name } = provider;
  const missing = provider.missing();
  const pause = pauses.find((known) => known.providerId === providerId);
  const publicUrl = tunnel.publicUrl();
  return {
    providerId,
    name,
    state: missing.length > 0 ? 'not_set_up' : pause === undefined ? 'ready' : 'paused',
    missing,
    lacking: viewLacking(provider),
    pausedSinceMs: pause?.sinceMs ?? null,
    pausedUntilMs: pause?.untilMs ?? null,
    lastDeliveryAtMs: await store.lastDeliveryAtMs(providerId),
    vias: provider.vias
      .filter((via) => missing.length === 0 && via.missing().length === 0)
      .map(({ via, label, needsAgent }) => ({ via, label, needsAgent })),
    webhookUrls: publicUrl === null ? [] : provider.routes.map(({ path }) => publicUrl + path),
  };
}

/** What is not set, told from the provider's own settings, so that a new provider needs no words elsewhere. */
function viewLacking({ settings, vias, missing }: Provider): ProviderView['lacking'] {
  const everything = missing();
  const names = new Set([...everything, ...vias.flatMap((via) => via.missing())]);
  return [...names].map((name) => {
    const field = settings.find((known) => known.name === name);
    const ways = vias.filter((via) => via.missing().includes(name)).map(({ label }) => label);
    return {
      name,
      label: field?.label ?? name,
      where: field?.where ?? '',
      ways: everything.includes(name) ? [] : ways,
    };
  });
}

async function viewSystem(deps: HandlerDeps): Promise<Output<'system.status'>> {
  const { store, storage, clock, clockKeeper, tunnel, bus, system } = deps;
  const [providers, freeBytes, totals, jobs] = await Promise.all([
    viewProviders(deps, deps.providers),
    storage.freeBytes(),
    store.storedTotals(),
    store.countJobs(),
  ]);
  return {
    version: system.version,
    mode: system.mode,
    host: system.host,
    instanceId: system.instanceId,
    nowMs: clock.now(),
    timeScale: clock.scale,
    clock: clockKeeper.view(),
    startedAtMs: system.startedAtMs,
    webhooks: { localUrl: system.webhooksLocalUrl(), publicUrl: tunnel.publicUrl(), link: tunnel.status() },
    providers,
    storage: {
      dataDir: system.dataDir,
      freeBytes,
      usedBytes: totals.sizeBytes,
      recordings: totals.recordings,
    },
    jobs,
    lastSeq: bus.lastSeq(),
  };
}
