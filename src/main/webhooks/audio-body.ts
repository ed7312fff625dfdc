// The way of one request to a route whose bodies can be huge: signature and audio are checked while the body streams
// to disk. Nothing is believed, and nothing stays, before the last byte has proven who sent it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RefusalReason } from '../../preload/contract/activity.ts';
import { codeOf } from '../domain/errors.ts';
import type { Provider, StreamedAudio, StreamVerifier, WebhookRoute } from '../providers/provider.ts';
import type { AudioFact, ReceiveAudio } from '../recordings/receive-audio.ts';
import type { LocalStorage } from '../storage/storage.ts';
import type { WebhookLimits } from './limits.ts';
import { type Pump, pump } from './pump.ts';
import type { Receive, ReceiveDeps } from './receive.ts';
import { createReplies, declaredBytes, refusalBeforeBody } from './replies.ts';
import { createSpool, type Spool } from './spool-audio.ts';
import { createTurns } from './turns.ts';

/** What the public listener needs to take in audio. */
export interface AudioIntake {
  storage: Pick<LocalStorage, 'create' | 'freeBytes'>;
  receive: ReceiveAudio;
  /** Free space that audio leaves alone. Default 500 MB. */
  reserveBytes?: number;
}

export interface StreamRoute {
  provider: Provider;
  route: WebhookRoute;
  streamed: StreamedAudio;
  begin: NonNullable<Provider['verifyStream']>;
}

interface Deps extends ReceiveDeps {
  audio: AudioIntake;
  limits: WebhookLimits;
  /** Monotonic milliseconds. */
  now: () => number;
}

/** The rate rules of one body; the time in which it waits for its turn does not count. */
interface Pace {
  startedAtMs: number;
  isWaiting: boolean;
  hasTurn: boolean;
}

/** Makes the handler of one streaming route. Requests share the turns of their provider. */
export function createStreamReceive(deps: Deps, streamRoute: StreamRoute): Receive {
  const { clock, log, sockets, limits, now, audio, apply, crashPoint } = deps;
  const { provider, route, streamed, begin } = streamRoute;
  const { refuse, accept } = createReplies(deps, provider, route);
  const turns = createTurns(limits.audioAtOnce);

  const isSlow = ({ startedAtMs, isWaiting, hasTurn }: Pace, sizeBytes: number): boolean => {
    if (isWaiting) return false;
    const elapsedMs = now() - startedAtMs;
    const [graceMs, bytesPerSecond, maxMs] = hasTurn
      ? [limits.audioGraceMs, limits.minAudioBytesPerSecond, limits.maxAudioMs]
      : [limits.bodyGraceMs, limits.minBodyBytesPerSecond, limits.maxBodyMs];
    return elapsedMs > maxMs || (elapsedMs > graceMs && sizeBytes < (bytesPerSecond * elapsedMs) / 1000);
  };

  /** Reads and judges one body; answers nothing. */
  const take = async (
    request: IncomingMessage,
    verifier: StreamVerifier,
    spool: Spool,
  ): Promise<RefusalReason | 'gone' | null> => {
    const gone = new AbortController();
    const pace: Pace = { startedAtMs: now(), isWaiting: false, hasTurn: false };
    let endTurn: (() => void) | null = null;
    let isOver = false;
    let reason: RefusalReason | null = null;
    const onClose = (): void => gone.abort();
    request.once('close', onClose);

    const store = async (): Promise<boolean> => {
      if (!pace.hasTurn) {
        pace.isWaiting = true;
        endTurn = await turns.take(gone.signal);
        pace.isWaiting = false;
        // Given up in the meantime: the turn goes to the next.
        if (isOver) callIfAny(endTurn);
        if (endTurn === null || isOver) return false;
        pace.hasTurn = true;
        pace.startedAtMs = now();
      }
      await spool.flush();
      return true;
    };
    const reading: Pump = pump(request, (chunk) => {
      verifier.update(chunk);
      reason = spool.feed(chunk);
      if (reason !== null) return false;
      return pace.hasTurn || spool.heldBytes > limits.smallBodyBytes ? store() : null;
    });
    const timer = setInterval(() => {
      if (!isSlow(pace, spool.sizeBytes)) return;
      reason = 'too_slow';
      reading.stop();
    }, limits.checkEveryMs);
    try {
      const end = await reading.done;
      if (end === 'gone' || (end === 'stopped' && reason === null)) return 'gone';
      if (reason !== null) return reason;
      const verdict = verifier.verdict();
      return verdict.ok ? await keep(request, spool) : verdict.reason;
    } finally {
      isOver = true;
      clearInterval(timer);
      request.off('close', onClose);
      callIfAny(endTurn);
    }
  };

  const keep = async (request: IncomingMessage, spool: Spool): Promise<RefusalReason | null> => {
    sockets.trust(request.socket);
    const spooled = await spool.finish();
    if (spooled.kind === 'refused') return spooled.problem;
    const { headers, method = 'POST', url: pathAndQuery = '/' } = request;
    const fact: AudioFact = {
      source: 'webhook',
      verification: 'verified',
      method,
      path: route.path,
      pathAndQuery,
      headers,
      receivedAtMs: clock.now(),
    };
    if (spooled.kind === 'plain') {
      crashPoint?.('webhook:verified');
      await apply(provider, { ...fact, body: spooled.body });
      return null;
    }
    crashPoint?.('audio:verified');
    return (await audio.receive(provider, fact, spooled.audio)) === null ? 'malformed' : null;
  };

  const run = async (
    request: IncomingMessage,
    response: ServerResponse,
    verifier: StreamVerifier,
  ): Promise<void> => {
    const spool = createSpool({
      field: streamed.field,
      maxBodyBytes: route.maxBodyBytes,
      storage: audio.storage,
      reserveBytes: audio.reserveBytes ?? 500 * 2 ** 20,
      crashPoint,
    });
    let reason: RefusalReason | 'gone' | null;
    try {
      reason = await take(request, verifier, spool);
    } catch (error) {
      log.error('audio could not be stored', { providerId: provider.providerId, code: codeOf(error) });
      reason = 'cannot_store';
    }
    await spool.discard().catch((error: unknown) => {
      log.error('temporary audio not removed', { code: codeOf(error) });
    });
    if (reason === null) accept(response);
    else if (reason === 'gone') log.warn('audio ended early', { providerId: provider.providerId });
    else refuse(request, response, reason, spool.sizeBytes, spool.plainBody());
  };

  return (request, response) => {
    const reason = refusalBeforeBody(request, route);
    if (reason !== null) return refuse(request, response, reason, declaredBytes(request), null);
    const begun = begin(request.headers);
    if ('update' in begun) {
      if (request.headers.expect !== undefined) response.writeContinue();
      void run(request, response, begun);
    } else {
      const refused = begun.ok ? 'bad_signature' : begun.reason;
      refuse(request, response, refused, declaredBytes(request), null);
    }
  };
}

function callIfAny(run: (() => void) | null): void {
  run?.();
}
