// A row that knows its own call: it is drawn again when its call changes, or its own clock ticks, and not otherwise.
import type { CallView } from '../../../preload/contract/calls.ts';
import type { SystemStatus } from '../../../preload/contract/system.ts';
import { CallRow, LiveCallRow } from '../components/call-row.tsx';
import { useApp, useProductNow } from '../state/use-app.tsx';
import { isLive, type StatusContext, statusWords } from '../words.ts';

interface CallRowForProps {
  callId: string;
  kind: 'call' | 'live';
  isActive: boolean;
}

export function CallRowFor({ callId, kind, isActive }: CallRowForProps) {
  const call = useApp((state) => state.callsById.get(callId));
  if (call === undefined) return null;
  return <KnownRow call={call} kind={kind} isActive={isActive} />;
}

function KnownRow({ call, kind, isActive }: { call: CallView; kind: 'call' | 'live'; isActive: boolean }) {
  const context = useStatusContext(call, call.mainRecordingId);
  const words = statusWords(call, null, context);
  const props = { call, words, lengthMs: lengthOf(call, context.nowMs), isActive };
  return kind === 'live' ? <LiveCallRow {...props} /> : <CallRow {...props} />;
}

/** What the words of a call's status depend on, beside the call. */
export function useStatusContext(call: CallView, recordingId: string | null): StatusContext {
  // Only a live call has a running timer; for the rest, minutes are fine enough.
  const nowMs = useProductNow(isLive(call) ? 1_000 : 30_000);
  const service = useApp((state) => serviceName(state.status, call.providerId));
  const fetched = useApp((state) =>
    recordingId === null ? null : (state.progressById[recordingId] ?? null),
  );
  return { nowMs, service, fetched };
}

/** The phone service by its name, e.g. Twilio. */
export function serviceName(status: SystemStatus | null, providerId: string): string {
  const known = status?.providers.find((provider) => provider.providerId === providerId)?.name;
  return known ?? providerId.charAt(0).toUpperCase() + providerId.slice(1);
}

/** A way of placing calls by its name; its own word where no phone service offers it any more. */
export function wayLabel(status: SystemStatus | null, via: string | null): string {
  if (via === null) return '';
  const ways = status?.providers.flatMap(({ vias }) => vias) ?? [];
  return ways.find((way) => way.via === via)?.label ?? via;
}

/** So far, for a call that goes on; null while it has none. */
export function lengthOf(call: CallView, nowMs: number): number | null {
  if (call.durationMs !== null) return call.durationMs;
  if (isLive(call)) return call.answeredAtMs === null ? null : nowMs - call.answeredAtMs;
  // Nobody expects a length of a call that was not even dialled.
  const isDialled = call.dialState === null || call.dialState === 'dialed';
  return call.answeredAtMs === null && isDialled && !call.unmatched ? 0 : null;
}
