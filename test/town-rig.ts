// The built product in a process of its own, in real mode, beside made-up phone services that outlive it.
import { createClock } from '../src/main/clock.ts';
import { createTown, type Town } from '../src/main/sandbox/town.ts';
import type { CallView } from '../src/preload/contract/calls.ts';
import { type Product, startProduct, temporaryDir } from './product.ts';

export interface TownRig {
  town: Town;
  /** Of the product; stays between its starts. */
  dataDir: string;
  /** @param env beside the settings of the services */
  start(env?: Record<string, string>): Promise<Product>;
}

const closers: (() => Promise<unknown>)[] = [];

/** Ends every product and town of a test. */
export async function closeTowns(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/**
 * @param timeScale product time per wall time. A clock that runs fast begins with the process, so it goes back at
 *   every start, and the world's clock follows it
 */
export async function startTown({ timeScale }: { timeScale: number }): Promise<TownRig> {
  const { dir, remove } = await temporaryDir();
  closers.push(remove);
  let clock = createClock(timeScale);
  const town = createTown({
    clock: { now: () => clock.now(), delay: (delayMs, signal) => clock.delay(delayMs, signal) },
    seed: 1,
  });
  closers.push(() => town.stop());
  await town.start();
  return {
    town,
    dataDir: dir,
    async start(env = {}) {
      const product = await startProduct({
        dataDir: dir,
        env: { ...town.settings, TAPEDECK_TIME_SCALE: String(timeScale), ...env },
      });
      closers.push(() => product.kill());
      if (timeScale !== 1) clock = createClock(timeScale);
      return product;
    },
  };
}

const areas = ['415', '212', '312', '305', '617', '202', '303', '404', '503', '206', '713', '602'] as const;

/** The nth of 1,164 numbers that belong to nobody: 555-0103 to 555-0199 of twelve areas. */
export function numberOfNobody(nth: number): string {
  return `+1${areas[Math.floor(nth / 97)] ?? ''}5550${103 + (nth % 97)}`;
}

/** Every call that the product lists. */
export async function allCalls({ call }: Pick<Product, 'call'>): Promise<CallView[]> {
  const all: CallView[] = [];
  let cursor: string | undefined;
  do {
    const page = await call('calls.list', { limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}
