// What came in and what is being done about it: deliveries, refused requests, jobs.
import { z } from 'zod';
import { errorCode } from './errors.ts';

export const deliverySource = z.enum(['webhook', 'poll', 'sweep', 'replay', 'user', 'job']);
export type DeliverySource = z.infer<typeof deliverySource>;

/** `verified`: the signature over the raw bytes was right. `own`: made by Tapedeck or fetched by it with its own credentials. */
export const verification = z.enum(['verified', 'own']);
export type Verification = z.infer<typeof verification>;

/** `applied`: changed or confirmed a call. `ignored`: understood, nothing to do. `not_understood`: kept, parsed again after an update. */
export const deliveryOutcome = z.enum(['applied', 'ignored', 'not_understood']);
export type DeliveryOutcome = z.infer<typeof deliveryOutcome>;

export const deliveryView = z.object({
  deliveryId: z.string(),
  providerId: z.string(),
  receivedAtMs: z.number().int(),
  source: deliverySource,
  verification,
  outcome: deliveryOutcome,
  callId: z.string().nullable(),
  /** What it says, in the provider's words, e.g. `recording completed`. */
  label: z.string(),
  sizeBytes: z.number().int(),
  /** How often the very same fact came again, and when last. A repeat changes nothing. */
  repeats: z.number().int(),
  lastRepeatAtMs: z.number().int().nullable(),
});
export type DeliveryView = z.infer<typeof deliveryView>;

export const deliveryDetail = z.object({
  delivery: deliveryView,
  method: z.string(),
  path: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  /** The raw body as text; null once pruned. */
  body: z.string().nullable(),
  bodySha256: z.string(),
  events: z.array(z.object({ eventKey: z.string(), kind: z.string(), occurredAtMs: z.number().int() })),
});

/** Why the public listener refused a request. */
export const refusalReason = z.enum([
  'bad_signature',
  'signature_missing',
  'secret_missing',
  // Rightly signed at a time that is not ours: a clock is wrong, or somebody sends an old request again.
  'clock_skew',
  // Rightly signed for an address that Tapedeck no longer has.
  'stale_address',
  'wrong_method',
  'wrong_content_type',
  'content_encoding',
  'too_large',
  'too_slow',
  'malformed',
  'not_audio',
  'cannot_store',
]);
export type RefusalReason = z.infer<typeof refusalReason>;

/** A refused request leaves only this: never the body, unless the 15-minute capture was on. */
export const refusalView = z.object({
  refusalId: z.string(),
  atMs: z.number().int(),
  providerId: z.string(),
  path: z.string(),
  reason: refusalReason,
  httpStatus: z.number().int(),
  sizeBytes: z.number().int(),
  headerNames: z.array(z.string()),
  bodySha256: z.string().nullable(),
  bodyKept: z.boolean(),
});
export type RefusalView = z.infer<typeof refusalView>;

export const jobState = z.enum(['ready', 'running', 'done', 'dead']);
export type JobState = z.infer<typeof jobState>;

export const jobView = z.object({
  jobId: z.string(),
  kind: z.string(),
  state: jobState,
  /** How many attempts were used up. Crashes and provider pauses use none. */
  attempt: z.number().int(),
  runAtMs: z.number().int(),
  lastErrorCode: errorCode.nullable(),
  crashes: z.number().int(),
  providerId: z.string().nullable(),
  recordingId: z.string().nullable(),
  callId: z.string().nullable(),
  createdAtMs: z.number().int(),
  finishedAtMs: z.number().int().nullable(),
});
export type JobView = z.infer<typeof jobView>;

export const pageInput = z.strictObject({
  limit: z.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});

/** Which jobs are meant. `sinceMs`: ended (or, where they have not, asked for) at or after this, epoch milliseconds. */
export const jobsFilter = z.object({
  kind: z.string().max(60).optional(),
  providerId: z.string().max(40).optional(),
  errorCode: errorCode.optional(),
  sinceMs: z.number().int().optional(),
});
export type JobsFilter = z.infer<typeof jobsFilter>;
