// Steps that journeys share.
import { createServer } from 'node:net';
import type { CallDetail } from '../../src/preload/contract/calls.ts';
import { type Journey, token } from './rig.ts';

/** Numbers that the clinic calls in journeys; 555-01xx belongs to nobody. */
export const patient = '+14155550177';

/** Places a voice bot's call. @returns its id */
export async function placeCall(
  { call }: Journey,
  { via, to = patient, record = true }: { via: string; to?: string; record?: boolean },
): Promise<string> {
  const placed = await call('calls.place', { kind: 'voice-bot', via, to, record });
  return placed.call.callId;
}

/** Waits until a call has so many stored recordings, and returns it. */
export async function storedCall(
  { call, until }: Journey,
  callId: string,
  count: number,
  withinMs = 30_000,
): Promise<CallDetail> {
  let last: CallDetail | null = null;
  try {
    return await until(async () => {
      last = await call('calls.get', { callId });
      const stored = last.recordings.filter(({ status }) => status === 'stored');
      // Recordings may be here before the call's end has been asked for.
      return stored.length >= count && last.call.status === 'completed' ? last : null;
    }, withinMs);
  } catch (cause) {
    throw new Error(`recordings are missing: ${JSON.stringify(last, null, 1)}`, { cause });
  }
}

/** The recording as a console would play it, over HTTP. */
export async function playedBytes({ app, call }: Journey, recordingId: string): Promise<Buffer> {
  const { url } = await call('recordings.playback', { recordingId });
  const answer = await fetch(new URL(url, app.consoleUrl()), {
    headers: { authorization: `Bearer ${token}` },
  });
  if (answer.status !== 200) throw new Error(`playback answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** How many times a telephone rang because of calls placed in this way. */
export function dialsOf({ town }: Journey, via: string): number {
  if (via.startsWith('elevenlabs')) return town.elevenLabs.conversations().length;
  return town.callsPlaced();
}

/** A loopback address where nobody listens. */
export async function quiet(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
