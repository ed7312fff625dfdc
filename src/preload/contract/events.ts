// What the main process tells the console without being asked.
import { z } from 'zod';
import { deliveryView, jobView, refusalView } from './activity.ts';
import { callView } from './calls.ts';
import { checkRunView } from './checks.ts';
import { recordingView } from './recordings.ts';

export const events = {
  'call.changed': z.object({ call: callView }),
  /** This id is no more: it was the same call as `intoCallId`. */
  'call.merged': z.object({ callId: z.string(), intoCallId: z.string() }),
  'recording.changed': z.object({ recording: recordingView }),
  'recording.progress': z.object({
    recordingId: z.string(),
    callId: z.string(),
    receivedBytes: z.number(),
    totalBytes: z.number().nullable(),
  }),
  'delivery.added': z.object({ delivery: deliveryView }),
  'delivery.refused': z.object({ refusal: refusalView }),
  'job.changed': z.object({ job: jobView }),
  /** A check began, went on or ended. */
  'check.changed': z.object({ run: checkRunView }),
  /** Providers, storage, settings or mode changed: ask system.status again. */
  'system.changed': z.object({}),
  /** Events were missed: ask again for everything shown. */
  reset: z.object({}),
} as const;

export type EventName = keyof typeof events;
export type EventData<N extends EventName> = z.infer<(typeof events)[N]>;
/** One pushed event. `seq` grows by one; a gap means that events were missed. */
export type EventEnvelope = { [N in EventName]: { seq: number; name: N; data: EventData<N> } }[EventName];
