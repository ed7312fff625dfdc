// Dialling, the state of calls, and commands. https://developers.telnyx.com/api-reference/call-commands/dial
import type { SandboxClock } from '../clock.ts';
import { type CallWish, planCall } from '../plan-call.ts';
import { createRandom } from '../random.ts';
import { inWeather } from '../weather.ts';
import { badControlId, ended, invalidParameter, missingParameter, notAnswered, notFound } from './errors.ts';
import type { RecordWish, TelnyxLifecycle } from './lifecycle.ts';
import type { TelnyxSwitches } from './switches.ts';
import { isRunning, type TelnyxCall, type TelnyxRecording, type TelnyxWorld, toIso } from './world.ts';

export interface ApiDeps {
  clock: SandboxClock;
  seed: string;
  world: TelnyxWorld;
  lifecycle: TelnyxLifecycle;
  switches: TelnyxSwitches;
  connectionId: string;
  /** Where a connection's webhooks go unless a call names another address. */
  webhookUrl: () => string | null;
}

export type Body = Readonly<Record<string, unknown>>;

/** States are known until ten minutes after the end. */
const stateKeptMs = 600_000;
const dialable = /^(\+[1-9]\d{6,14}|sip:.+@.+)$/;

/** A field that may be left out. Errors: 10015 when it is no text or is not one of those allowed. */
function optional(body: Body, name: string, allowed?: readonly string[]): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || allowed?.includes(value) === false) throw invalidParameter(name);
  return value;
}

function required(body: Body, name: string, allowed?: readonly string[]): string {
  const value = optional(body, name, allowed);
  if (value === undefined || value === '') throw missingParameter(name);
  return value;
}

/** The person called answers after a few seconds and talks for as long as the seed says. */
export function dial(deps: ApiDeps, body: Body): TelnyxCall {
  const { clock, seed, world, lifecycle, switches } = deps;
  const connectionId = required(body, 'connection_id');
  const to = required(body, 'to');
  const from = required(body, 'from');
  if (connectionId !== deps.connectionId) throw invalidParameter('connection_id');
  if (!dialable.test(to)) throw invalidParameter('to');
  if (!dialable.test(from)) throw invalidParameter('from');
  const clientState = checkClientState(body);
  const commandId = optional(body, 'command_id');
  const record = optional(body, 'record', ['record-from-answer']);
  checkFileName(body, 'record_custom_file_name');
  const url = optional(body, 'webhook_url');
  if (url !== undefined && !URL.canParse(url)) throw invalidParameter('webhook_url');
  // "Telnyx will ignore others Dial commands with the same command_id."
  const before = commandId === undefined ? undefined : world.dialed.get(commandId);
  if (before !== undefined) return before;
  const callSeed = `api/${to}/${[...world.calls.values()].filter((call) => call.to === to).length}`;
  const wish: CallWish = { startsAtMs: clock.now(), direction: 'outbound', from, to };
  const random = createRandom(`${seed}/telnyx-${callSeed}`);
  const plan = planCall(random, inWeather(wish, switches, `${seed}/telnyx-${callSeed}`));
  const { call } = lifecycle.begin(callSeed, plan, {
    connectionId,
    clientState: clientState ?? null,
    webhookUrl: url ?? deps.webhookUrl(),
    record:
      record === undefined
        ? null
        : {
            channels: optional(body, 'record_channels', ['single', 'dual']) === 'single' ? 'single' : 'dual',
            format: optional(body, 'record_format', ['wav', 'mp3']) === 'wav' ? 'wav' : 'mp3',
            initiatedBy: 'DialVerb',
          },
  });
  if (commandId !== undefined) world.dialed.set(commandId, call);
  lifecycle.log(call, 'dial', {
    call_control_id: call.controlId,
    client_state: clientState,
    command_id: commandId,
  });
  return call;
}

function checkClientState(body: Body): string | undefined {
  const clientState = optional(body, 'client_state');
  const isBase64 = clientState === undefined || /^[A-Za-z0-9+/]+={0,2}$/.test(clientState);
  if (!isBase64) throw invalidParameter('client_state');
  return clientState;
}

function checkFileName(body: Body, name: string): void {
  const value = optional(body, name);
  if (value !== undefined && (value.length < 1 || value.length > 40)) throw invalidParameter(name);
}

/** The answer to a dial: never alive yet, with the id of the recording to come. */
export function dialView(call: TelnyxCall): Record<string, unknown> {
  const [recording] = call.recordings;
  return {
    ...idView(call),
    is_alive: false,
    ...(recording === undefined ? {} : { recording_id: recording.id }),
  };
}

function idView(call: TelnyxCall): Record<string, unknown> {
  return {
    record_type: 'call',
    call_control_id: call.controlId,
    call_leg_id: call.legId,
    call_session_id: call.sessionId,
    ...(call.clientState === null ? {} : { client_state: call.clientState }),
  };
}

/** Errors: 90015 for an id that is none, 10005 for one that is not known or no longer. */
export function callOf({ world, clock }: ApiDeps, controlId: string): TelnyxCall {
  const call = world.calls.get(controlId);
  if (call === undefined) throw controlId.startsWith('v3:') ? notFound() : badControlId();
  if (call.endedAtMs !== null && clock.now() > call.endedAtMs + stateKeptMs) throw notFound();
  return call;
}

/** https://developers.telnyx.com/api-reference/call-information/retrieve-a-call-status */
export function stateView({ clock }: ApiDeps, call: TelnyxCall): Record<string, unknown> {
  const untilMs = call.endedAtMs ?? clock.now();
  const talkedMs = call.answeredAtMs === null ? 0 : untilMs - call.answeredAtMs;
  return {
    ...idView(call),
    is_alive: call.endedAtMs === null,
    start_time: toIso(call.createdAtMs),
    call_duration: Math.max(0, Math.round(talkedMs / 1000)),
    ...(call.endedAtMs === null ? {} : { end_time: toIso(call.endedAtMs) }),
  };
}

/** As in the list of live calls. */
export function activeView(deps: ApiDeps, call: TelnyxCall): Record<string, unknown> {
  const seconds = Math.max(0, Math.round((deps.clock.now() - call.createdAtMs) / 1000));
  return { ...idView(call), client_state: call.clientState ?? '', call_duration: seconds };
}

/**
 * One command to a live call. A second one with the same command_id does nothing.
 * Errors: 90018 has ended, 90034 not answered yet, 10015 and 10004 for its fields
 */
export function command(deps: ApiDeps, call: TelnyxCall, name: string, body: Body): void {
  const { lifecycle } = deps;
  const run = commands[name];
  if (run === undefined) throw notFound();
  const clientState = checkClientState(body);
  const commandId = optional(body, 'command_id');
  if (call.endedAtMs !== null) throw ended();
  if (commandId !== undefined && call.commandIds.has(commandId)) return;
  if (name !== 'hangup' && call.answeredAtMs === null) throw notAnswered();
  run(lifecycle, call, body);
  if (commandId !== undefined) call.commandIds.add(commandId);
  if (clientState !== undefined) call.clientState = clientState;
  lifecycle.log(call, name, {
    call_control_id: call.controlId,
    client_state: clientState,
    command_id: commandId,
  });
}

type Command = (lifecycle: TelnyxLifecycle, call: TelnyxCall, body: Body) => void;

const commands: Readonly<Record<string, Command>> = {
  hangup: (lifecycle, call) => lifecycle.hangUp(call),
  record_start(lifecycle, call, body) {
    const format = required(body, 'format', ['wav', 'mp3']);
    const channels = required(body, 'channels', ['single', 'dual']);
    const track = optional(body, 'recording_track', ['both', 'inbound', 'outbound']) ?? 'both';
    optional(body, 'trim', ['trim-silence']);
    checkFileName(body, 'custom_file_name');
    const wish: RecordWish = {
      format: format === 'wav' ? 'wav' : 'mp3',
      channels: channels === 'dual' && track === 'both' ? 'dual' : 'single',
      initiatedBy: 'StartCallRecordingAPI',
    };
    lifecycle.record(call, wish);
  },
  record_pause: (lifecycle, call, body) => running(call, body).forEach(lifecycle.pause),
  record_resume: (lifecycle, call, body) => running(call, body).forEach(lifecycle.resume),
  record_stop: (lifecycle, call, body) => running(call, body).forEach(lifecycle.stopRecording),
};

/** Those that run, or the one that is named. */
function running(call: TelnyxCall, body: Body): TelnyxRecording[] {
  const id = optional(body, 'recording_id');
  return call.recordings.filter(
    (recording) => isRunning(recording) && (id === undefined || recording.id === id),
  );
}
