// What huge audio webhooks cost the product: memory above idle and the delay of its event loop, while bodies of 120 MB
// stream in one by one and many at once. Run by itself: `node test/bench/audio.ts`.
import { fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export interface AudioBenchLine {
  atOnce: number;
  bodyMb: number;
  /** Before the first body of the process, and before this round. */
  freshRssMb: number;
  idleRssMb: number;
  /** Highest resident memory while they came in, above that of the fresh process. */
  overFreshMb: number;
  delayP50Ms: number;
  delayP99Ms: number;
  delayMaxMs: number;
  seconds: number;
}

const secret = 'wsec_that_only_the_benchmark_uses';
const listening = z.object({ port: z.number() });
const idle = z.object({ rssMb: z.number() });
const measured = idle.extend({ delayP50Ms: z.number(), delayP99Ms: z.number(), delayMaxMs: z.number() });

/** MPEG-1 layer III, 128 kbit/s at 32 kHz: 576 bytes a frame, 36 ms. Three frames of bytes end at a base64 boundary. */
function makePiece(): Buffer {
  const frame = Buffer.alloc(576);
  frame.set([0xff, 0xfb, 0x98, 0xc0]);
  return Buffer.alloc(576 * 84, frame);
}

/** @returns the pieces of a body of about `bodyBytes` */
function bodyOf(conversationId: string, bodyBytes: number): Buffer[] {
  const piece = Buffer.from(makePiece().toString('base64'));
  const count = Math.round(bodyBytes / piece.length);
  const head = `{"type":"post_call_audio","event_timestamp":1,"data":{"agent_id":"a","conversation_id":"${conversationId}","full_audio":"`;
  return [Buffer.from(head), ...Array.from({ length: count }, () => piece), Buffer.from('"}}')];
}

async function send(port: number, pieces: readonly Buffer[]): Promise<number> {
  const at = Math.floor(Date.now() / 1000);
  const hmac = createHmac('sha256', secret).update(`${at}.`);
  for (const piece of pieces) hmac.update(piece);
  const outgoing = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/webhooks/elevenlabs-post-call',
    agent: false,
    headers: {
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
      'elevenlabs-signature': `t=${at},v0=${hmac.digest('hex')}`,
    },
  });
  const answered = once(outgoing, 'response');
  for (const piece of pieces) if (!outgoing.write(piece)) await once(outgoing, 'drain');
  outgoing.end();
  const [reply] = await answered;
  reply.resume();
  return reply.statusCode;
}

/**
 * @param runs how many at once, one after the other
 * @returns a line for each. Throws when one of them is not answered 200
 */
export async function runAudioBench(options: { bodyMb: number; runs: number[] }): Promise<AudioBenchLine[]> {
  const dataDir = mkdtempSync(join(process.env['TAPEDECK_BENCH_DIR'] ?? tmpdir(), 'tapedeck-bench-'));
  const child = fork(new URL('./audio-product.ts', import.meta.url), [dataDir, secret], {
    execArgv: ['--expose-gc'],
  });
  const hear = async <T>(shape: z.ZodType<T>): Promise<T> => shape.parse((await once(child, 'message'))[0]);
  const ask = async <T>(what: string, shape: z.ZodType<T>): Promise<T> => {
    const answer = hear(shape);
    child.send(what);
    return answer;
  };
  try {
    const { port } = await hear(listening);
    let serial = 0;
    const round = async (atOnce: number, bodyBytes: number): Promise<void> => {
      const ids = Array.from({ length: atOnce }, () => `conv_${String(serial++).padStart(20, '0')}`);
      const statuses = await Promise.all(ids.map((id) => send(port, bodyOf(id, bodyBytes))));
      if (statuses.some((status) => status !== 200)) throw new Error(`answered ${statuses.join(', ')}`);
    };
    const { rssMb: freshRssMb } = await ask('begin', idle);
    // Code that has just been compiled says nothing about code that has run for a day.
    await round(1, 20 * 2 ** 20);
    const lines: AudioBenchLine[] = [];
    for (const atOnce of options.runs) {
      const { rssMb: idleRssMb } = await ask('begin', idle);
      const beganMs = performance.now();
      await round(atOnce, options.bodyMb * 2 ** 20);
      const { rssMb, ...delays } = await ask('measure', measured);
      const seconds = Math.round((performance.now() - beganMs) / 10) / 100;
      lines.push({
        atOnce,
        bodyMb: options.bodyMb,
        freshRssMb,
        idleRssMb,
        overFreshMb: rssMb - freshRssMb,
        ...delays,
        seconds,
      });
    }
    return lines;
  } finally {
    if (child.exitCode === null) {
      const gone = once(child, 'exit');
      child.send('stop');
      await gone;
    }
    rmSync(dataDir, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  process.stdout.write(`${JSON.stringify(await runAudioBench({ bodyMb: 120, runs: [1, 8] }), null, 2)}\n`);
}
