// Deliveries as they cross: their text as one string and their bodies as one piece of memory. Cloning them one by one
// costs twice as much, on both sides, and this is paid for every callback.
import type { NewDelivery } from '../store.ts';

/** Deliveries that follow each other. */
export interface PackedDeliveries {
  /** JSON [[id of the call, bytes of the body, the delivery without its body], ...] */
  text: string;
  /** The bodies one after the other. */
  bodies: Uint8Array<ArrayBuffer>;
}

export interface DeliveryCall {
  id: number;
  delivery: NewDelivery;
}

/** Errors: a TypeError where one is no plain data. */
export function packDeliveries(calls: readonly DeliveryCall[]): PackedDeliveries {
  const bodies = new Uint8Array(calls.reduce((sum, { delivery }) => sum + delivery.body.byteLength, 0));
  let at = 0;
  const rows = calls.map(({ id, delivery }) => {
    const { body, ...rest } = delivery;
    bodies.set(body, at);
    at += body.byteLength;
    return [id, body.byteLength, rest];
  });
  return { text: JSON.stringify(rows), bodies };
}

/** The bodies are views of the memory that came. */
export function unpackDeliveries({ text, bodies }: PackedDeliveries): DeliveryCall[] {
  // Only packDeliveries makes it.
  const rows = JSON.parse(text) as [id: number, sizeBytes: number, rest: Omit<NewDelivery, 'body'>][];
  let at = 0;
  return rows.map(([id, sizeBytes, rest]) => {
    const body = bodies.subarray(at, at + sizeBytes);
    at += sizeBytes;
    return { id, delivery: { ...rest, body } };
  });
}
