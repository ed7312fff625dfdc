// What every provider has to keep, whichever it is. Its API is held to it against a stand-in in provider-api.suite.ts.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareEvents, type DomainEvent } from '../../src/main/domain/provider-event.ts';
import type { RecordingRow } from '../../src/main/domain/recording.ts';
import type { Provider, RawRequest } from '../../src/main/providers/provider.ts';

export interface ProviderCase {
  name: string;
  /** With every setting that it needs. */
  create(): Provider;
  /** Without any setting. */
  createBare(): Provider;
  publicUrl: string;
  /** Requests as the provider really sends them, rightly signed for `publicUrl`; all different facts. */
  requests(): RawRequest[];
  /** A recording of the provider; null for a provider that holds none. */
  recording: RecordingRow | null;
  /** A request that carries this text where the provider carries back our callId of a placed call. */
  carrying?(ownId: string): RawRequest;
}

const receivedAtMs = Date.UTC(2026, 2, 3, 10);
const ownId = 'call_01jz8q4c9xk7m2v5n3t6r8w0ab';

export function providerSuite(provider: ProviderCase): void {
  describe(`${provider.name} keeps the provider port`, () => {
    const subject = provider.create();
    const bare = provider.createBare();
    const requests = provider.requests();
    const paths = subject.routes.map(({ path }) => path);
    const eventsOf = (request: RawRequest): DomainEvent[] =>
      subject.understand({ ...request, receivedAtMs }).events;

    test('has exact routes of its own, each with a limit and media types', () => {
      expect(new Set(paths).size).toBe(paths.length);
      for (const { path, contentTypes, maxBodyBytes } of subject.routes) {
        expect(path).toMatch(/^(\/[a-z0-9-]+)+$/);
        expect(contentTypes.length).toBeGreaterThan(0);
        for (const type of contentTypes) expect(type).toMatch(/^[a-z]+\/[a-z0-9.+-]+$/);
        expect(maxBodyBytes).toBeGreaterThan(0);
      }
      expect(requests.map(({ path }) => path)).toEqual(expect.arrayContaining(paths));
    });

    test('says what is missing, and nothing when all is there', () => {
      expect(subject.missing()).toEqual([]);
      expect(bare.missing()).not.toEqual([]);
    });

    test('describes each of its settings: a name, a label, where to find it', () => {
      const names = subject.settings.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const { name, label, where } of subject.settings) {
        expect(name).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/);
        expect(label).toMatch(/^[A-Z]/);
        expect(where).toMatch(/^[A-Z].{10,}[^!]\.$/);
      }
      expect(subject.settings.some(({ isSecret }) => isSecret)).toBe(true);
      expect(names).toEqual(expect.arrayContaining(bare.missing()));
      for (const { missing } of bare.vias) expect(names).toEqual(expect.arrayContaining(missing()));
    });

    test('offers what it can do, and only that', () => {
      const { api, following, vias } = subject;
      expect(new Set(vias.map(({ via }) => via)).size).toBe(vias.length);
      for (const { via, label, missing } of vias) {
        expect(via).toMatch(/^[a-z0-9-]{2,40}$/);
        expect(label).not.toBe('');
        expect(missing()).toEqual([]);
      }
      for (const { missing } of bare.vias) expect(missing()).not.toEqual([]);
      // What was dialled must be found again, or an unknown outcome could never be cleared up.
      expect(api.dial !== undefined).toBe(vias.length > 0);
      expect(api.findDial !== undefined).toBe(vias.length > 0);
      expect(api.startRecording !== undefined).toBe(following.canStartRecording);
      expect(api.findRecordings !== undefined).toBe(following.findsRecordings);
      const needsFollowing = requests.flatMap(eventsOf).some(following.needsFollowing);
      if (needsFollowing) expect(api.lookUpCall).toBeDefined();
    });

    test('accepts its own requests under the right URL only', () => {
      for (const request of requests) {
        expect(subject.verify(request, [provider.publicUrl])).toEqual({ ok: true });
        expect(subject.verify(request, ['https://other.example', provider.publicUrl])).toEqual({ ok: true });
        const spoilt = { ...request, body: Buffer.concat([request.body, Buffer.from('&x=1')]) };
        expect(subject.verify(spoilt, [provider.publicUrl])).toEqual({ ok: false, reason: 'bad_signature' });
      }
    });

    test('tells a missing secret and a missing signature from a wrong one', () => {
      for (const request of requests) {
        expect(bare.verify(request, [provider.publicUrl])).toEqual({ ok: false, reason: 'secret_missing' });
        const unsigned = subject.verify({ ...request, headers: {} }, [provider.publicUrl]);
        expect(unsigned).toEqual({ ok: false, reason: 'signature_missing' });
        const twice = Object.entries(request.headers).map(([name, value]) => [name, [value, value].flat()]);
        const doubled = subject.verify({ ...request, headers: Object.fromEntries(twice) }, [
          provider.publicUrl,
        ]);
        expect(doubled).toEqual({ ok: false, reason: 'bad_signature' });
      }
    });

    test('understands its own requests: different facts, different keys; the same fact again, the same key', () => {
      const all = requests.map((request) => subject.understand({ ...request, receivedAtMs }));
      expect(new Set(all.map(({ dedupeKey }) => dedupeKey)).size).toBe(all.length);
      const events = all.flatMap((understanding) => understanding.events);
      expect(events).not.toEqual([]);
      expect(new Set(events.map(({ eventKey }) => eventKey)).size).toBe(events.length);
      expect([...events].sort(compareEvents)).toHaveLength(events.length);
      for (const [i, request] of requests.entries()) {
        expect(all[i]?.outcome).not.toBe('not_understood');
        const copy = { ...request, body: Buffer.from(request.body), receivedAtMs: receivedAtMs + 9_000 };
        expect(subject.understand(copy)).toEqual(all[i]);
      }
      for (const event of events) {
        expect(event.providerId).toBe(subject.providerId);
        expect(Number.isSafeInteger(event.occurredAtMs)).toBe(true);
      }
    });

    test('names calls by exact ids and never by numbers', () => {
      for (const event of requests.flatMap(eventsOf)) {
        expect(event.keys.length).toBeGreaterThan(0);
        for (const { providerId, kind, value } of event.keys) {
          expect(providerId).toMatch(/^[a-z]+$/);
          expect(kind).toMatch(/^[a-z_]+$/);
          expect(value).toMatch(/^[\x21-\x7e]{4,300}$/);
          expect(value).not.toMatch(/^(sip:|tel:)?\+?\d{3,15}(@.*)?$/);
        }
      }
    });

    test.runIf(provider.carrying !== undefined)('takes our own id back only when it has its shape', () => {
      const ownKeys = (text: string): string[] => {
        const request = provider.carrying?.(text);
        const events = request === undefined ? [] : eventsOf(request);
        return events.flatMap(({ keys }) =>
          keys.filter((key) => key.providerId === 'tapedeck').map((key) => `${key.kind} ${key.value}`),
        );
      };
      expect(ownKeys(ownId)).toContain(`call_id ${ownId}`);
      for (const forged of [
        '',
        'call_',
        ownId.toUpperCase(),
        `${ownId}0`,
        ` ${ownId}`,
        `${ownId}\n`,
        '1',
        "' or 1=1",
      ])
        expect(ownKeys(forged)).toEqual([]);
    });

    test('labels carry no numbers', () => {
      for (const request of requests) {
        expect(subject.understand({ ...request, receivedAtMs }).label).not.toMatch(/\d/);
      }
    });

    test('never throws and never believes, whatever comes', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...requests),
          bodiesLike(requests),
          fc.string(),
          (request, raw, query) => {
            const body = Buffer.from(raw);
            const understanding = subject.understand({ path: request.path, body, receivedAtMs });
            expect(understanding.dedupeKey).not.toBe('');
            expect(understanding.label).not.toMatch(/\d{5}/);
            if (understanding.outcome === 'not_understood') expect(understanding.events).toEqual([]);
            for (const event of understanding.events) {
              expect(Number.isSafeInteger(event.occurredAtMs)).toBe(true);
              expect(event.keys.length).toBeGreaterThan(0);
            }
            if (body.equals(request.body)) return;
            const forged = { ...request, pathAndQuery: `${request.path}?${query}`, body };
            expect(subject.verify(forged, [provider.publicUrl, query]).ok).toBe(false);
          },
        ),
        { numRuns: 500 },
      );
    });

    test('asks for audio over https at its own hosts, with ids that fit only', async () => {
      const { recording } = provider;
      if (recording === null) return;
      const { signal } = new AbortController();
      // A provider that has to ask first where the audio is does that against its stand-in.
      const media = subject.media(recording, signal);
      for (const { url } of Array.isArray(media) ? media : []) {
        expect(new URL(url).protocol).toBe('https:');
        expect(subject.hosts).toContain(new URL(url).hostname);
      }
      if (Array.isArray(media)) expect(media.length).toBeGreaterThan(0);
      else await media.catch(() => null);
      const { providerRecordingId: id } = recording;
      for (const providerRecordingId of ['', '..', '../../x', `${id}/x`, `${id}?x`, '%2e']) {
        expect(await subject.media({ ...recording, providerRecordingId }, signal)).toEqual([]);
      }
    });
  });
}

/** Anything at all, pieces of real bodies so that the readers get past the first check, and real JSON with wrong leaves. */
function bodiesLike(requests: readonly RawRequest[]): fc.Arbitrary<Uint8Array> {
  const real = fc.constantFrom(...requests.map(({ body }) => body));
  const spliced = fc
    .tuple(real, fc.nat(), fc.nat(), fc.string({ maxLength: 5 }))
    .map(([body, a, b, text]) =>
      Buffer.concat([body.subarray(0, a % body.length), Buffer.from(text), body.subarray(b % body.length)]),
    );
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(null, -1, 1e300, '9'.repeat(40), [], {}, '__proto__', [[[]]], true),
  );
  const respelt = fc.tuple(real, fc.nat({ max: 60 }), odd).map(([body, at, value]) => {
    let place = 0;
    const swap = (_name: string, part: unknown): unknown => (place++ === at ? value : part);
    try {
      return Buffer.from(JSON.stringify(JSON.parse(body.toString()), swap) ?? 'null');
    } catch {
      return body;
    }
  });
  return fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(text)),
    fc.constantFrom('['.repeat(50_000), '{"a":'.repeat(20_000)).map((text) => Buffer.from(text)),
    spliced,
    respelt,
  );
}
