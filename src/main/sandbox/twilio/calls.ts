// The Calls resource. https://www.twilio.com/docs/voice/api/call-resource
import type { SandboxClock } from '../clock.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { type CallWish, planCall } from '../plan-call.ts';
import { createRandom } from '../random.ts';
import { inWeather } from '../weather.ts';
import { callStates, type SimCall, type World } from '../world.ts';
import { invalid, TwilioError } from './errors.ts';
import { callbackTarget, choice, type Fields, flag, one } from './fields.ts';
import { inDateRange } from './pages.ts';
import type { TwilioSwitches } from './switches.ts';

export interface ApiDeps {
  clock: SandboxClock;
  seed: string;
  world: World;
  lifecycle: Lifecycle;
  switches: TwilioSwitches;
}

const dialable = /^(\+[1-9]\d{6,14}|sip:.+|client:.+)$/;

/** Dials. The person called answers after a few seconds and talks for as long as the seed says; TwiML is not run. */
export function createCall({ clock, seed, world, lifecycle, switches }: ApiDeps, fields: Fields): SimCall {
  const to = one(fields, 'To');
  const from = one(fields, 'From');
  if (to === undefined) throw new TwilioError(400, 21_201, "No 'To' number is specified");
  if (from === undefined) throw new TwilioError(400, 21_213, "No 'From' number is specified");
  if (!dialable.test(to)) {
    throw new TwilioError(400, 21_211, `The phone number you are attempting to call, ${to}, is not valid.`);
  }
  if (!dialable.test(from)) {
    throw new TwilioError(400, 21_212, `The source phone number provided, ${from}, is not valid.`);
  }
  const url = one(fields, 'Url');
  if (
    url === undefined &&
    one(fields, 'Twiml') === undefined &&
    one(fields, 'ApplicationSid') === undefined
  ) {
    throw new TwilioError(400, 21_205, 'Url parameter is required.');
  }
  if (url !== undefined && !URL.canParse(url)) {
    throw new TwilioError(400, 21_205, `Url is not a valid URL: ${url}`);
  }
  const callSeed = `${seed}/api/${world.calls.size}`;
  const record = flag(fields, 'Record');
  const wish: CallWish = { startsAtMs: clock.now(), direction: 'outbound', from, to, record };
  const plan = planCall(createRandom(callSeed), inWeather(wish, switches, callSeed));
  return lifecycle.begin('api', plan, {
    statusCallback: callbackTarget(fields, 'StatusCallback'),
    recording: { source: 'OutboundAPI', ...recordingForm(fields) },
  }).call;
}

/** What RecordingChannels, RecordingTrack and RecordingStatusCallback ask for; mono unless told otherwise. */
export function recordingForm(fields: Fields) {
  const track = choice(fields, 'RecordingTrack', ['inbound', 'outbound', 'both']) ?? 'both';
  const dual = choice(fields, 'RecordingChannels', ['mono', 'dual']) === 'dual';
  choice(fields, 'Trim', ['trim-silence', 'do-not-trim']);
  return {
    track,
    channels: dual && track === 'both' ? (2 as const) : (1 as const),
    callback: callbackTarget(fields, 'RecordingStatusCallback'),
  };
}

/** Newest first, placed calls as late as the switch says. Filters: Status, To, From, ParentCallSid, StartTime, EndTime. */
export function listCalls({ world, clock, switches }: ApiDeps, fields: Fields): SimCall[] {
  const status = choice(fields, 'Status', callStates);
  const to = one(fields, 'To');
  const from = one(fields, 'From');
  const parent = one(fields, 'ParentCallSid');
  const listedUntilMs = clock.now() - switches.listLateMs;
  const matching = world
    .callsNewestFirst()
    .filter((call) => call.direction === 'inbound' || call.createdAtMs <= listedUntilMs)
    .filter(
      (call) =>
        (status === undefined || call.state === status) &&
        (to === undefined || call.to === to) &&
        (from === undefined || call.from === from) &&
        (parent === undefined || call.parentCallSid === parent),
    );
  const started = inDateRange(matching, fields, 'StartTime', (call) => call.startedAtMs);
  return inDateRange(started, fields, 'EndTime', (call) => call.endedAtMs);
}

/** Only `Status=completed` and `Status=canceled` do anything: a call hears nothing from new TwiML here. */
export function updateCall({ lifecycle }: ApiDeps, call: SimCall, fields: Fields): void {
  const status = choice(fields, 'Status', ['completed', 'canceled']);
  const target = callbackTarget(fields, 'StatusCallback');
  if (call.endedAtMs !== null)
    throw new TwilioError(400, 21_220, 'Call is not in-progress. Cannot redirect.');
  if (target !== null) call.statusCallback = target;
  // Canceling leaves a call that has been answered alone.
  if (status === 'completed' || (status === 'canceled' && call.state !== 'in-progress'))
    lifecycle.hangUp(call);
}

/** Errors: 20409 while it is under way. */
export function deleteCall({ world }: ApiDeps, call: SimCall): void {
  if (call.endedAtMs === null) {
    throw new TwilioError(409, 20_409, 'Cannot delete this resource as it is still in progress.');
  }
  world.calls.delete(call.sid);
}

/** Errors: 20001 for a SID of the wrong form in a filter. */
export function sidFilter(fields: Fields, name: string, pattern: RegExp): string | undefined {
  const sid = one(fields, name);
  if (sid !== undefined && !pattern.test(sid)) throw invalid(`Invalid ${name}: ${sid}`);
  return sid;
}
