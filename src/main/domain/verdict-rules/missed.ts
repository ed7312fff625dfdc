// Why Tapedeck was not told in time. Nothing here proves which request was meant: a refused request is never read and
// an outage names no call. So these causes are only taken when it is known that something was missed.
import type { RefusalReason } from '../../../preload/contract/activity.ts';
import type { OutageView } from '../../../preload/contract/checks.ts';
import type { VerdictAction, VerdictCause, VerdictEvidence } from '../../../preload/contract/verdicts.ts';
import type { RecordingRow } from '../recording.ts';
import { eventEvidence, eventsOf, type Known } from '../verdict-known.ts';

export interface Missed {
  cause: VerdictCause;
  action: VerdictAction;
  evidence: VerdictEvidence[];
}

const refusalCauses: Partial<Record<RefusalReason, { cause: VerdictCause; action: VerdictAction }>> = {
  secret_missing: { cause: 'secret_missing_then', action: 'reconnect_provider' },
  clock_skew: { cause: 'clock_wrong', action: 'fix_clock' },
  stale_address: { cause: 'stale_address', action: 'fix_web_link' },
  bad_signature: { cause: 'callback_refused', action: 'reconnect_provider' },
  signature_missing: { cause: 'callback_refused', action: 'reconnect_provider' },
};

/** The stronger first: while Tapedeck is off its web link is down as well, and a sleeping computer runs nothing. */
const outageCauses: readonly { kind: OutageView['kind']; cause: VerdictCause; action: VerdictAction }[] = [
  { kind: 'app_off', cause: 'app_off_then', action: 'see_how_to_prevent' },
  { kind: 'asleep', cause: 'asleep_then', action: 'see_how_to_prevent' },
  { kind: 'web_link', cause: 'web_link_down_then', action: 'fix_web_link' },
  { kind: 'disk_full', cause: 'disk_full_then', action: 'free_space' },
  { kind: 'clock_wrong', cause: 'clock_wrong', action: 'fix_clock' },
];

/** Requests may be a moment early by another clock. */
const slackMs = 60_000;

/**
 * Who or what kept a provider's word away within a stretch of time. A request of that provider which was refused is
 * nearer to the call than an outage, an outage nearer than a switch at the provider that was looked at some other day.
 */
export function missedCallback(
  known: Known,
  providerId: string,
  fromMs: number,
  toMs: number,
): Missed | null {
  const [from, to] = [fromMs - slackMs, toMs + slackMs];
  const refused = known.refusals.filter(
    ({ providerId: whose, atMs, reason }) =>
      whose === providerId && atMs >= from && atMs <= to && refusalCauses[reason] !== undefined,
  );
  const outages = known.outages.filter(
    (outage) => outage.fromMs <= to && (outage.toMs ?? known.nowMs) >= from,
  );
  const evidence: VerdictEvidence[] = [
    ...refused.map(({ refusalId, atMs, reason }) => ({
      kind: 'refusal' as const,
      id: refusalId,
      atMs,
      code: reason,
    })),
    ...outages.map(({ outageId, kind, fromMs: atMs }) => ({
      kind: 'outage' as const,
      id: outageId,
      atMs,
      code: kind,
    })),
  ];
  const last = refused.at(-1);
  const refusal = last === undefined ? undefined : refusalCauses[last.reason];
  if (refusal !== undefined) return { ...refusal, evidence };
  const outage = outageCauses.find(({ kind }) => outages.some((one) => one.kind === kind));
  if (outage !== undefined) return { cause: outage.cause, action: outage.action, evidence };
  const notice = known.notices.find((one) => one.providerId === providerId && one.sinceMs <= to);
  if (notice === undefined) return null;
  return {
    cause: 'webhook_disabled',
    action: 'check_account',
    evidence: [{ kind: 'provider', id: providerId, atMs: notice.sinceMs, code: notice.code }],
  };
}

/** A callback that is sent at all is sent within a moment of being ready, retries included. */
const callbackMs = 2 * 60_000;

const ready: ReadonlySet<string> = new Set(['recording.available', 'recording.external', 'recording.absent']);

export interface Untold {
  /** From when the recording was ready until Tapedeck found it. */
  fromMs: number;
  toMs: number;
  /** The provider did tell of the call itself, so it knows where Tapedeck is. */
  wasToldOfCall: boolean;
  evidence: VerdictEvidence[];
}

/** Whether a recording became known by asking only. Null while its callback may still be under way. */
export function wasNeverTold(known: Known, recording: RecordingRow): Untold | null {
  const told = eventsOf(known, recording).filter(({ event }) => ready.has(event.kind));
  const [first] = [...told].sort((a, b) => a.recordedAtMs - b.recordedAtMs);
  if (first === undefined || told.some(({ source }) => source === 'webhook' || source === 'replay'))
    return null;
  if (known.nowMs - first.recordedAtMs < callbackMs) return null;
  const wasToldOfCall = known.events.some(
    ({ event, source }) => source === 'webhook' && event.providerId === recording.providerId,
  );
  return {
    fromMs: Math.min(first.event.occurredAtMs, first.recordedAtMs),
    toMs: first.recordedAtMs,
    wasToldOfCall,
    evidence: [{ ...eventEvidence(first), kind: 'check' }],
  };
}
