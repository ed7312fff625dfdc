import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packDeliveries, unpackDeliveries } from '../../../../src/main/store/thread/pack-deliveries.ts';
import { callEvent, delivery } from '../samples.ts';

it('gives back each delivery as it was, whatever its texts and however long its body', () => {
  const text = fc.string({ unit: 'binary' });
  const call = fc.record({
    id: fc.nat(),
    label: fc.oneof(text, fc.constant('\ud800 alone')),
    value: text,
    body: fc.uint8Array({ maxLength: 2_000 }),
    isCut: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 6 }), (calls) => {
      const given = calls.map(({ id, label, value, body, isCut }) => {
        const cut = {
          offsetBytes: 3,
          fileName: null,
          audioSha256: value,
          sizeBytes: 9,
          bodySha256: value,
          isExact: true,
        };
        const one = { ...delivery([callEvent('CA1', 'call.started', { from: value })]), label, body };
        return { id, delivery: isCut ? { ...one, cut } : one };
      });
      const packed = packDeliveries(given);
      const crossed = structuredClone(packed, { transfer: [packed.bodies.buffer] });
      expect(unpackDeliveries(crossed)).toEqual(given);
    }),
  );
});

it('copies out of a larger piece of memory, which stays its owner’s', () => {
  const pool = Buffer.from('..body..');
  const one = { ...delivery([]), body: pool.subarray(2, 6) };
  const packed = packDeliveries([{ id: 1, delivery: one }]);
  structuredClone(packed, { transfer: [packed.bodies.buffer] });
  expect(pool.toString()).toBe('..body..');
});
