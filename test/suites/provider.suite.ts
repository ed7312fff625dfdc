// What every provider has to keep, whichever it is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareEvents } from '../../src/main/domain/provider-event.ts';
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
  /** A recording of the provider. */
  recording: RecordingRow;
}

const receivedAtMs = Date.UTC(2026, 2, 3, 10);

export function providerSuite(provider: ProviderCase): void {
  describe(`${provider.name} keeps the provider port`, () => {
    const subject = provider.create();
    const requests = provider.requests();
    const paths = subject.routes.map(({ path }) => path);

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
      expect(provider.createBare().missing()).not.toEqual([]);
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
        const bare = provider.createBare().verify(request, [provider.publicUrl]);
        expect(bare).toEqual({ ok: false, reason: 'secret_missing' });
        const unsigned = subject.verify({ ...request, headers: {} }, [provider.publicUrl]);
        expect(unsigned).toEqual({ ok: false, reason: 'signature_missing' });
      }
    });

    test('understands its own requests: different facts, different keys; the same fact again, the same key', () => {
      const all = requests.map((request) => subject.understand({ ...request, receivedAtMs }));
      expect(new Set(all.map(({ dedupeKey }) => dedupeKey)).size).toBe(all.length);
      const events = all.flatMap((understanding) => understanding.events);
      expect(new Set(events.map(({ eventKey }) => eventKey)).size).toBe(events.length);
      expect([...events].sort(compareEvents)).toHaveLength(events.length);
      for (const [i, request] of requests.entries()) {
        expect(all[i]?.outcome).not.toBe('not_understood');
        const copy = { ...request, body: Buffer.from(request.body), receivedAtMs: receivedAtMs + 9_000 };
        expect(subject.understand(copy)).toEqual(all[i]);
      }
      for (const event of events) {
        expect(event.providerId).toBe(subject.providerId);
        expect(event.keys.length).toBeGreaterThan(0);
        expect(Number.isSafeInteger(event.occurredAtMs)).toBe(true);
      }
    });

    test('labels carry no numbers', () => {
      for (const request of requests) {
        expect(subject.understand({ ...request, receivedAtMs }).label).not.toMatch(/\d/);
      }
    });

    test('never throws and never believes, whatever comes', () => {
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
        // Pieces of a real body, so that the readers get past the first check.
        fc
          .tuple(fc.constantFrom(...requests), fc.nat(), fc.nat(), fc.string({ maxLength: 5 }))
          .map(([{ body }, a, b, text]) =>
            Buffer.concat([
              body.subarray(0, a % body.length),
              Buffer.from(text),
              body.subarray(b % body.length),
            ]),
          ),
      );
      fc.assert(
        fc.property(fc.constantFrom(...requests), bytes, fc.string(), (request, raw, query) => {
          const body = Buffer.from(raw);
          const understanding = subject.understand({ path: request.path, body, receivedAtMs });
          expect(understanding.dedupeKey).not.toBe('');
          if (understanding.outcome === 'not_understood') expect(understanding.events).toEqual([]);
          if (body.equals(request.body)) return;
          const forged = { ...request, pathAndQuery: `${request.path}?${query}`, body };
          expect(subject.verify(forged, [provider.publicUrl, query]).ok).toBe(false);
        }),
        { numRuns: 500 },
      );
    });

    test('asks for audio over https at its own hosts, with ids that fit only', () => {
      const media = subject.media(provider.recording);
      expect(media.length).toBeGreaterThan(0);
      for (const { url } of media) {
        expect(new URL(url).protocol).toBe('https:');
        expect(subject.hosts).toContain(new URL(url).hostname);
      }
      for (const providerRecordingId of [
        '',
        '..',
        '../../x',
        `${provider.recording.providerRecordingId}/x`,
        '%2e',
      ]) {
        expect(subject.media({ ...provider.recording, providerRecordingId })).toEqual([]);
      }
    });
  });
}
