// Takes in one JSON body with a huge base64 field: the field goes to a temporary file, checked on its way, and only
// what is around it stays in memory. What comes of it is either an ordinary body (no audio in it) or a checked file
// that the caller commits or discards.
import { createHash } from 'node:crypto';
import { createAudioScanner, sniff } from '../domain/audio.ts';
import { AppError } from '../domain/errors.ts';
import type { SpooledAudio } from '../recordings/receive-audio.ts';
import type { LocalStorage, PendingFile } from '../storage/storage.ts';
import { createBase64Decoder } from './base64.ts';
import { createFieldCutter } from './cut-field.ts';

/** What is the sender's fault. Trouble of ours is thrown: disk_full, disk_failed. */
export type SpoolProblem = 'malformed' | 'not_audio' | 'too_large';

export type Spooled =
  | { kind: 'plain'; body: Buffer }
  | { kind: 'audio'; audio: SpooledAudio }
  | { kind: 'refused'; problem: SpoolProblem };

export interface Spool {
  /** Takes the next bytes; synchronous and bounded by the length of `chunk`. @returns null while all is well */
  feed(chunk: Buffer): SpoolProblem | null;
  /** Bytes that are held in memory now. */
  readonly heldBytes: number;
  readonly sizeBytes: number;
  /** Writes what was decoded. */
  flush(): Promise<void>;
  /** After the last byte. */
  finish(): Promise<Spooled>;
  /** What was read so far when no audio was in it, for those who look at refused bodies. */
  plainBody(): Buffer | null;
  /** Removes the file, if there is one and it was not committed. */
  discard(): Promise<void>;
}

export interface SpoolDeps {
  field: readonly string[];
  maxBodyBytes: number;
  storage: Pick<LocalStorage, 'create' | 'freeBytes'>;
  /** Free space that is never used up: the journal has to be able to go on. */
  reserveBytes: number;
  crashPoint?: ((name: string) => void) | undefined;
}

/** All of a body but its audio. A transcript of a whole day is under 2 MB. */
const maxRestBytes = 4 * 1024 * 1024;
const sniffBytes = 64;
/** The disk is looked at again after so much. */
const spaceCheckBytes = 16 * 1024 * 1024;

export function createSpool(deps: SpoolDeps): Spool {
  const { storage, crashPoint } = deps;
  const bodyHash = createHash('sha256');
  const decoder = createBase64Decoder();
  const scanner = createAudioScanner();
  const rest: Buffer[] = [];
  let decoded: Buffer[] = [];
  const size = { body: 0, rest: 0, text: 0, audio: 0, pending: 0, nextSpaceCheck: 0 };
  let head = Buffer.alloc(0);
  let cutAt = 0;
  let isExact = true;
  let problem: SpoolProblem | null = null;
  let file: PendingFile | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isGone = false;

  const take = (bytes: Buffer | null): void => {
    if (bytes === null) {
      problem ??= 'malformed';
      return;
    }
    if (bytes.length === 0) return;
    if (size.audio < sniffBytes) {
      head = Buffer.concat([head, bytes.subarray(0, sniffBytes)]);
      // Told from its first bytes, so that a film or a page does not fill the disk first.
      if (head.length >= sniffBytes && sniff(head) !== 'mp3') problem ??= 'not_audio';
    }
    size.audio += bytes.length;
    size.pending += bytes.length;
    scanner.feed(bytes);
    decoded.push(bytes);
  };

  const cutter = createFieldCutter(deps.field, {
    rest(bytes) {
      if (size.text === 0) cutAt += bytes.length;
      size.rest += bytes.length;
      if (size.rest > maxRestBytes) problem ??= 'too_large';
      // A view would keep the whole piece alive.
      else rest.push(Buffer.from(bytes));
    },
    text(bytes) {
      size.text += bytes.length;
      take(decoder.write(bytes));
    },
    escaped() {
      isExact = false;
    },
  });

  const requireSpace = async (): Promise<void> => {
    if (size.audio < size.nextSpaceCheck) return;
    size.nextSpaceCheck = size.audio + spaceCheckBytes;
    const freeBytes = await storage.freeBytes();
    if (freeBytes !== null && freeBytes < deps.reserveBytes + spaceCheckBytes) {
      throw new AppError('disk_full', 'The disk is nearly full.', { retryable: true });
    }
  };

  const write = async (): Promise<void> => {
    const pieces = decoded;
    if (pieces.length === 0) return;
    decoded = [];
    size.pending = 0;
    await requireSpace();
    file ??= await storage.create('audio');
    for (const piece of pieces) if (!isGone) await file.write(piece);
    crashPoint?.('audio:half-spooled');
  };

  const flush = (): Promise<void> => {
    const running = write();
    writing = running.catch(() => undefined);
    return running;
  };

  const judge = (): Spooled => {
    const { json, strings } = cutter.finish();
    const body = Buffer.concat(rest);
    if (problem === 'too_large') return { kind: 'refused', problem };
    if (size.text === 0) return { kind: 'plain', body };
    if (json !== 'whole' || strings !== 1 || file === null) problem ??= 'malformed';
    const parsed = parseJson(body);
    // Readers take the last of several equal names; only a body in which the audio is that one is clear.
    if (at(parsed, deps.field) !== '') problem ??= 'malformed';
    const verdict = scanner.finish();
    if (problem === null && (!verdict.ok || verdict.audio.extension !== 'mp3')) problem = 'not_audio';
    if (problem !== null || file === null || !verdict.ok) {
      return { kind: 'refused', problem: problem ?? 'malformed' };
    }
    const audio: SpooledAudio = {
      file,
      audio: verdict.audio,
      rest: body,
      json: parsed,
      cutAt,
      isExact: isExact && decoder.isCanonical,
      sizeBytes: size.body,
      bodySha256: bodyHash.digest('hex'),
    };
    return { kind: 'audio', audio };
  };

  return {
    get heldBytes() {
      return size.rest + size.pending;
    },
    get sizeBytes() {
      return size.body;
    },
    feed(chunk) {
      size.body += chunk.length;
      if (size.body > deps.maxBodyBytes) problem = 'too_large';
      if (problem !== null) return problem;
      bodyHash.update(chunk);
      cutter.feed(chunk);
      // Once sound has begun, a body that is no JSON cannot become one; before that it is kept to be looked at.
      if (cutter.isInvalid && size.text > 0) problem ??= 'malformed';
      return problem;
    },
    flush,
    async finish() {
      if (size.text > 0 && problem === null) take(decoder.finish());
      await flush();
      return judge();
    },
    plainBody: () => (size.text === 0 ? Buffer.concat(rest) : null),
    async discard() {
      isGone = true;
      // A write under way may be about to make the file.
      await writing;
      await file?.discard();
    },
  };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The value at a path of names; undefined when there is none. */
function at(json: unknown, field: readonly string[]): unknown {
  let value = json;
  for (const name of field) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
