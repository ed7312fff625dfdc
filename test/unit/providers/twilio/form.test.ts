import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprint, parseForm } from '../../../../src/main/providers/twilio/form.ts';

function entriesOf(body: Buffer): [string, string[]][] {
  const form = parseForm(body);
  return [...form.values].map(([name, value]) => [name, [...(form.repeated?.get(name) ?? [value])]]);
}

function judge(text: string): [string, string[]][] {
  // The leading & keeps the platform from dropping a leading question mark, which a body may have.
  const all = new URLSearchParams(`&${text}`);
  return [...new Set(all.keys())].map((name) => [name, all.getAll(name)]);
}

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '&',
        '=',
        '+',
        '%',
        '%2',
        '%41',
        '%zz',
        '%C3%A9',
        '%C3',
        '%EF%BB%BF',
        '%00',
        '?',
        ';',
        '#',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom('a', 'b', 'From', 'é', '😀', ' '),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

test('reads any body as URLSearchParams does', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const body = Buffer.from(text, 'utf8');
      expect(entriesOf(body)).toEqual(judge(body.toString('utf8')));
    }),
    { numRuns: 3_000 },
  );
});

test('reads any bytes as URLSearchParams does, whether they are UTF-8 or not', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const body = Buffer.from(bytes);
      expect(entriesOf(body)).toEqual(judge(body.toString('utf8')));
    }),
    { numRuns: 2_000 },
  );
});

test('reads back whatever URLSearchParams writes', () => {
  const pairs = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })));
  fc.assert(
    fc.property(pairs, (written) => {
      const text = new URLSearchParams(written).toString();
      expect(entriesOf(Buffer.from(text))).toEqual(judge(text));
    }),
  );
});

test('gives the same fingerprint for the same values in another order, another one for any other value', () => {
  const pairs = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.string()), {
    selector: ([name]) => name,
    minLength: 2,
    maxLength: 8,
  });
  const print = (all: [string, string][]): string =>
    fingerprint(parseForm(Buffer.from(new URLSearchParams(all).toString())));
  fc.assert(
    fc.property(pairs, fc.nat(), (all, pick) => {
      expect(print([...all].reverse())).toBe(print(all));
      const at = pick % all.length;
      const changed = all.map(([name, value], i): [string, string] => [name, i === at ? `${value}x` : value]);
      expect(print(changed)).not.toBe(print(all));
    }),
  );
  expect(print([['a', 'bc']])).not.toBe(print([['ab', 'c']]));
});
