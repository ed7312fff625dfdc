// How many signed callbacks the product verifies and stores durably in a second, as a ratio to an Express handler that
// parses the form and stores nothing. Both are asked by the same load generator in the same run, by turns.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { counted, type Helper, listening, loaded, prepared, start } from './messages.ts';

export interface IngestBenchOptions {
  /** Numbers of connections to measure, each on its own. */
  connections: number[];
  /** Length of one round. */
  seconds: number;
  /** Rounds for each side and number of connections; the median counts. */
  runs: number;
}

export interface IngestBenchLine {
  connections: number;
  baselinePerSecond: number;
  productPerSecond: number;
  /** Median of the runs' own ratios: neighbours in time saw the same machine. */
  ratio: number;
  productP50Ms: number;
  productP99Ms: number;
}

export interface IngestBenchResult {
  lines: IngestBenchLine[];
  /** 2xx answers of the product over all rounds ... */
  acknowledged: number;
  /** ... which have to be in the store, each once, each with its fetch job. */
  stored: number;
  jobs: number;
  refused: number;
}

type Round = z.infer<typeof loaded>;

/** More requests than either side answers in a second on any machine of today; a round ends early when they run out. */
const preparedPerSecond = 40_000;

/** @returns the measurements. Throws when the store does not hold exactly what was acknowledged */
export async function runIngestBench(options: IngestBenchOptions): Promise<IngestBenchResult> {
  // Not /tmp where that is memory: commits must reach a disk to cost what they cost.
  const dataDir = mkdtempSync(join(process.env['TAPEDECK_BENCH_DIR'] ?? tmpdir(), 'tapedeck-bench-'));
  const [baseline, product, load] = [
    start('./baseline.ts'),
    start('./product.ts', [dataDir]),
    start('./load.ts'),
  ];
  try {
    const [{ port: baselinePort }, { port: productPort }] = await Promise.all([
      baseline.hear(listening),
      product.hear(listening),
    ]);
    let acknowledged = 0;
    let refused = 0;
    const measure = async (port: number, connections: number, seconds: number): Promise<Round> => {
      await load.ask({ do: 'prepare', count: Math.ceil(seconds * preparedPerSecond) }, prepared);
      const round = await load.ask({ do: 'load', port, connections, seconds }, loaded);
      if (port === productPort) acknowledged += round.acknowledged;
      refused += round.refused;
      return round;
    };
    // Code that has just been compiled says nothing about code that has run for a day.
    for (const port of [baselinePort, productPort]) await measure(port, 64, 1);

    const lines: IngestBenchLine[] = [];
    for (const connections of options.connections) {
      const pairs: { base: Round; own: Round }[] = [];
      for (let run = 0; run < options.runs; run++) {
        const first = await measure(run % 2 === 0 ? baselinePort : productPort, connections, options.seconds);
        const second = await measure(
          run % 2 === 0 ? productPort : baselinePort,
          connections,
          options.seconds,
        );
        pairs.push(run % 2 === 0 ? { base: first, own: second } : { base: second, own: first });
      }
      lines.push(lineOf(connections, pairs));
    }
    const { deliveries, jobs } = await product.ask({ do: 'count' }, counted);
    if (deliveries !== acknowledged || jobs !== acknowledged) {
      throw new Error(`${acknowledged} were acknowledged, ${deliveries} are stored, with ${jobs} jobs`);
    }
    return { lines, acknowledged, stored: deliveries, jobs, refused };
  } finally {
    await Promise.all([baseline, product, load].map((helper: Helper) => helper.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function lineOf(connections: number, pairs: readonly { base: Round; own: Round }[]): IngestBenchLine {
  const perSecond = ({ acknowledged, elapsedMs }: Round): number => acknowledged / (elapsedMs / 1000);
  return {
    connections,
    baselinePerSecond: Math.round(median(pairs.map(({ base }) => perSecond(base)))),
    productPerSecond: Math.round(median(pairs.map(({ own }) => perSecond(own)))),
    ratio: round2(median(pairs.map(({ base, own }) => perSecond(own) / perSecond(base)))),
    productP50Ms: round2(median(pairs.map(({ own }) => own.p50Ms))),
    productP99Ms: round2(median(pairs.map(({ own }) => own.p99Ms))),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
