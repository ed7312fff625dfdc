// What is asked of LiveKit: to dial, whether a dial arrived, how a call stands.
import { hash } from 'node:crypto';
import type { ProviderCheck } from '../../../preload/contract/system.ts';
import { codeOf } from '../../domain/errors.ts';
import { isOurCallId } from '../../domain/our-call-id.ts';
import { type DomainEvent, ourCallKey } from '../../domain/provider-event.ts';
import type { DialAnswer, DialOrder, LookUp, ProviderApi, PulledFact } from '../provider.ts';
import { providerId, sipCallPattern } from './ids.ts';
import { type Json, objectsOf, textOf } from './json.ts';
import { endedFact, listedFact, pulled } from './pulled.ts';
import { callIdAttribute, readParticipant } from './participant.ts';
import { createRpc, errorOf, listMethod, requireAnswer, type Rpc, type RpcDeps } from './rpc.ts';

const dialMethod = 'livekit.SIP/CreateSIPParticipant';
const roomsMethod = 'livekit.RoomService/ListRooms';

/** A call that was placed but is never listed, for so long after it was first asked for, has come and gone unseen. */
const neverListedMs = 120_000;

/** The answer that a dial has got when it came back as an error: whether it may have arrived. */
function failedDial(error: unknown): DialAnswer {
  const code = codeOf(error);
  // These are found out before anything leaves.
  if (code === 'secret_missing') return { outcome: 'refused', code: 'not_set_up', providerCode: null };
  if (code === 'blocked_address') return { outcome: 'refused', code, providerCode: null };
  return { outcome: 'unknown', code };
}

/**
 * Dials through the trunk and does not wait for anybody to pick up.
 * Source: https://docs.livekit.io/reference/telephony/sip-api/#createsipparticipant
 */
async function dial(
  rpc: Rpc,
  { setting, now }: RpcDeps,
  order: DialOrder,
  signal: AbortSignal,
): Promise<DialAnswer> {
  const sipTrunkId = setting('LIVEKIT_SIP_TRUNK_ID') ?? '';
  if (sipTrunkId === '') return { outcome: 'refused', code: 'not_set_up', providerCode: null };
  const from = order.from ?? setting('LIVEKIT_FROM_NUMBER') ?? '';
  const body: Json = {
    sipTrunkId,
    sipCallTo: order.to,
    // Without it LiveKit takes the trunk's own number.
    ...(from === '' ? {} : { sipNumber: from }),
    roomName: order.callId,
    participantIdentity: order.attemptKey,
    participantAttributes: { [callIdAttribute]: order.callId },
    // The carrier shows it in its own webhooks: a second way of joining its recording exactly.
    headers: { 'X-Tapedeck-Call-Id': order.callId },
    includeHeaders: 'SIP_X_HEADERS',
    waitUntilAnswered: false,
  };
  const requestId = uuidOf(order.attemptKey);
  const answer = await rpc({ method: dialMethod, grants: { sip: { call: true } }, body, requestId, signal });
  const { status, json, code } = answer;
  const sipCallId = json === null ? '' : textOf(json, 'sipCallId');
  if (status === 200 && json !== null && sipCallPattern.test(sipCallId)) {
    const event: DomainEvent = {
      kind: 'call.started',
      eventKey: `dial:${sipCallId}`,
      providerId,
      occurredAtMs: now(),
      sequence: 1,
      keys: [ourCallKey(order.callId), { providerId, kind: 'sip_call', value: sipCallId }],
      data: {
        leg: { legId: sipCallId, parentLegId: null },
        status: 'queued',
        direction: 'outbound',
        to: order.to,
        ...(from === '' ? {} : { from }),
      },
    };
    return { outcome: 'placed', fact: pulled('call placed', event, json, dialMethod) };
  }
  // 408 is Twirp's word for time-outs on its own side: the telephone may ring. So may it after any odd answer.
  if (status < 400 || status === 408 || status >= 500)
    return { outcome: 'unknown', code: errorOf(answer).code };
  // A quota is used up: nothing was created. Somebody's busy line is told of later, because nobody waits for an answer.
  if (status === 429) return { outcome: 'not_processed', retryAfterMs: answer.retryAfterMs };
  const { code: because } = errorOf(answer);
  return {
    outcome: 'refused',
    code: because === 'provider_refused' ? 'dial_refused' : because,
    providerCode: code === '' ? null : code,
  };
}

/** The same asking gives the same id, in the form in which the SDK makes its own. */
function uuidOf(text: string): string {
  const hex = hash('sha256', text, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * Who is in a room; empty when the room is gone or is not there yet.
 * Source: https://docs.livekit.io/reference/other/roomservice-api/#listparticipants
 */
async function listParticipants(rpc: Rpc, room: string, signal: AbortSignal): Promise<Json[]> {
  const grants = { video: { roomAdmin: true, room } } as const;
  const answer = await rpc({ method: listMethod, grants, body: { room }, signal });
  // Only LiveKit's own word is believed: a 404 without it is a wrong address.
  if (answer.status === 404 && answer.code === 'not_found') return [];
  return objectsOf(requireAnswer(answer), 'participants');
}

/** Source: https://docs.livekit.io/reference/other/roomservice-api/#listrooms */
async function check(rpc: Rpc, { setting }: RpcDeps, signal: AbortSignal): Promise<ProviderCheck> {
  const answer = await rpc({ method: roomsMethod, grants: { video: { roomList: true } }, body: {}, signal });
  if (answer.status === 401 || answer.status === 403) {
    return { ok: false, findings: [{ ok: false, text: 'LiveKit refused the API key or secret.' }] };
  }
  requireAnswer(answer);
  const hasTrunk = (setting('LIVEKIT_SIP_TRUNK_ID') ?? '') !== '';
  const trunk = hasTrunk
    ? { ok: true, text: 'An outbound trunk is set; calls can be placed.' }
    : { ok: false, text: 'Without LIVEKIT_SIP_TRUNK_ID no calls can be placed. Webhooks work without it.' };
  return { ok: true, findings: [{ ok: true, text: 'LiveKit accepts the API key and secret.' }, trunk] };
}

/**
 * @param deps `setting` reads LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET, LIVEKIT_SIP_TRUNK_ID and
 *   LIVEKIT_FROM_NUMBER each time anew
 */
export function createApi(deps: RpcDeps): ProviderApi {
  const rpc = createRpc(deps);
  // What was seen while the program runs, so that "not listed yet" is told from "no longer listed". When it starts
  // anew, so does the waiting.
  const seen = new Map<string, { wasListed: boolean; unlistedSinceMs: number }>();

  const isGone = (callId: string, isListed: boolean): boolean => {
    if (seen.size > 1_000) seen.clear();
    const known = seen.get(callId);
    if (isListed || known === undefined) {
      seen.set(callId, { wasListed: isListed, unlistedSinceMs: deps.now() });
      return false;
    }
    const gone = known.wasListed || deps.now() - known.unlistedSinceMs > neverListedMs;
    if (gone) seen.delete(callId);
    return gone;
  };

  return {
    dial: (order, signal) => dial(rpc, deps, order, signal).catch(failedDial),
    async findDial(order, signal): Promise<PulledFact | null> {
      const found = (await listParticipants(rpc, order.callId, signal)).find(
        (json) => readParticipant(json, order.callId).identity === order.attemptKey,
      );
      return found === undefined ? null : listedFact(found, order.callId, deps.now());
    },
    async lookUpCall(keys, signal): Promise<LookUp> {
      // Rooms are named by our callId. Other calls cannot be asked for: their webhooks tell of them.
      const callId = keys.find((key) => key.providerId === 'tapedeck' && isOurCallId(key.value))?.value;
      if (callId === undefined) return { facts: [], isFinal: true };
      const facts = (await listParticipants(rpc, callId, signal))
        .filter((json) => readParticipant(json, callId).isSip)
        .map((json) => listedFact(json, callId, deps.now()));
      if (isGone(callId, facts.length > 0))
        return { facts: [endedFact(callId, keys, deps.now())], isFinal: true };
      return { facts, isFinal: false };
    },
    check: (signal) => check(rpc, deps, signal),
  };
}
