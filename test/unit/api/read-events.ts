// A reader of server-sent events that can send an Authorization header.
import type { EventEnvelope } from '../../../src/preload/contract/events.ts';

/** Resolves once the stream is open. @returns stops it */
export async function openEventStream(
  url: string,
  token: string,
  listener: (envelope: EventEnvelope) => void,
  afterSeq?: number,
): Promise<() => void> {
  const stop = new AbortController();
  const query = afterSeq === undefined ? '' : `?after=${afterSeq}`;
  const response = await fetch(`${url}/api/events${query}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: stop.signal,
  });
  if (response.body === null || response.status !== 200) throw new Error(`no stream: ${response.status}`);
  void read(response.body, listener).catch(() => undefined);
  return () => stop.abort();
}

async function read(
  body: ReadableStream<Uint8Array>,
  listener: (envelope: EventEnvelope) => void,
): Promise<void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (data === undefined) continue;
      const envelope = JSON.parse(data) as EventEnvelope;
      if (/^id: (\d+)$/m.exec(frame)?.[1] !== String(envelope.seq)) throw new Error('id differs from seq');
      listener(envelope);
    }
  }
}
