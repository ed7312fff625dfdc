// The description of the private API for outside scripts, made from the contract and from nothing else.
import { z } from 'zod';
import { deliveryView, jobView, refusalView } from '../../preload/contract/activity.ts';
import { procedures } from '../../preload/contract/api.ts';
import { callView, timelineEntry } from '../../preload/contract/calls.ts';
import { checkRunView, checksView, pollAnswer, pollDetail } from '../../preload/contract/checks.ts';
import { errorView } from '../../preload/contract/errors.ts';
import { events } from '../../preload/contract/events.ts';
import { playbackView, recordingView } from '../../preload/contract/recordings.ts';
import {
  providerView,
  sandboxStatus,
  settingsView,
  systemStatus,
  webLinkView,
} from '../../preload/contract/system.ts';

type Json = Record<string, unknown>;

/** Shapes that several procedures share, by the name under which outside scripts know them. */
const shared = {
  CallView: callView,
  RecordingView: recordingView,
  TimelineEntry: timelineEntry,
  PlaybackView: playbackView,
  DeliveryView: deliveryView,
  RefusalView: refusalView,
  JobView: jobView,
  ProviderView: providerView,
  SystemStatus: systemStatus,
  WebLinkView: webLinkView,
  SettingsView: settingsView,
  SandboxStatus: sandboxStatus,
  CheckRunView: checkRunView,
  ChecksView: checksView,
  PollDetail: pollDetail,
  PollAnswer: pollAnswer,
  ErrorView: errorView,
};

const json = (schema: unknown): Json => ({ 'application/json': { schema } });
const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
/** `$schema` and `$id` belong to whole documents; these are parts of one. */
function part(schema: object): Json {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema' && name !== '$id'));
}

/** What is answered, with shared shapes by reference. */
function describeOutputs(): { named: Json; outputs: Record<string, Json> } {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(shared)) registry.add(schema, { id });
  for (const [name, { output }] of Object.entries(procedures)) {
    if (registry.get(output) === undefined) registry.add(output, { id: `answer ${name}` });
  }
  for (const [name, data] of Object.entries(events)) registry.add(data, { id: `event ${name}` });
  const { schemas } = z.toJSONSchema(registry, {
    io: 'output',
    uri: (id) => `#/components/schemas/${id}`,
    // Fields may be added at any time; a client must not be told that there are no others.
    override: ({ jsonSchema }) => void delete jsonSchema.additionalProperties,
  });
  const parts = Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, part(schema)]));
  const named = Object.fromEntries(Object.keys(shared).map((id) => [id, parts[id] ?? {}]));
  const outputs = Object.fromEntries(
    Object.entries(procedures).map(([name, { output }]) => {
      const id = registry.get(output)?.id ?? '';
      return [name, id in shared ? ref(id) : (parts[id] ?? {})];
    }),
  );
  return { named: { ...named, Event: describeEvents(parts) }, outputs };
}

function describeEvents(parts: Record<string, Json>): Json {
  return {
    description: 'One pushed event. `seq` grows by one; `reset` means: ask again for everything.',
    oneOf: Object.keys(events).map((name) => ({
      type: 'object',
      properties: { seq: { type: 'integer' }, name: { const: name }, data: parts[`event ${name}`] ?? {} },
      required: ['seq', 'name', 'data'],
    })),
  };
}

function describeProcedure(name: string, about: string, input: z.ZodType, output: Json): Json {
  return {
    operationId: name,
    summary: about,
    requestBody: { required: true, content: json(part(z.toJSONSchema(input, { io: 'input' }))) },
    responses: {
      200: {
        description: 'It worked.',
        content: json({
          type: 'object',
          properties: { ok: { const: true }, data: output },
          required: ['ok', 'data'],
        }),
      },
      default: { $ref: '#/components/responses/Failure' },
    },
  };
}

const recordingParameter = {
  name: 'recordingId',
  in: 'path',
  required: true,
  schema: { type: 'string' },
};
const bytes = (description: string): Json => ({ description });
const failure = { $ref: '#/components/responses/Failure' };

function describeOtherPaths(): Json {
  return {
    '/api/events': {
      get: {
        operationId: 'events',
        summary: 'Server-sent events; each `data` line is one Event. Last-Event-ID or `after` continues.',
        parameters: [{ name: 'after', in: 'query', schema: { type: 'integer' } }],
        responses: {
          200: { description: 'A stream.', content: { 'text/event-stream': { schema: ref('Event') } } },
          default: failure,
        },
      },
    },
    '/api/chats/poll-recordings': {
      post: {
        operationId: 'pollRecordings',
        summary:
          'Looks now at every call that is still open and waits for the end; two at once share one look. ' +
          '`processed` counts the recordings newly stored in this run; what was looked at is `details`.',
        responses: {
          200: { description: 'What was found, without an envelope.', content: json(ref('PollAnswer')) },
          401: failure,
          default: failure,
        },
      },
    },
    '/media/{recordingId}': {
      get: {
        operationId: 'media',
        summary: 'The audio of a stored recording. Range, If-Range and If-None-Match are honoured.',
        parameters: [recordingParameter, { name: 'download', in: 'query', schema: { const: '1' } }],
        responses: {
          200: bytes('The whole file.'),
          206: bytes('The part asked for.'),
          304: bytes('Not changed.'),
          404: bytes('No such recording, or not stored.'),
          416: bytes('The range is outside of the file.'),
        },
      },
    },
    '/media/{recordingId}/peaks': {
      get: {
        operationId: 'peaks',
        summary: 'Its waveform as bytes: signed 8-bit minimum and maximum per channel.',
        parameters: [recordingParameter],
        responses: { 200: bytes('The peaks.'), 404: bytes('There are none.') },
      },
    },
    '/session/code': {
      post: {
        operationId: 'sessionCode',
        summary: 'A fresh address that signs a browser in, once, within ten minutes. Token only.',
        security: [{ token: [] }],
        responses: {
          200: {
            description: 'The address.',
            content: json({ type: 'object', properties: { url: { type: 'string' } }, required: ['url'] }),
          },
          default: failure,
        },
      },
    },
  };
}

/** @returns the OpenAPI 3.1 document; the same for the same contract */
export function generateOpenApi(): Json {
  const { named, outputs } = describeOutputs();
  const calls = Object.entries(procedures).map(([name, { about, input }]) => [
    `/api/${name}`,
    { post: describeProcedure(name, about, input, outputs[name] ?? {}) },
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tapedeck',
      version: '1',
      description:
        'The private API of Tapedeck, on this computer only. Every procedure is a POST with a JSON body. ' +
        'The token is in instance.json of the data folder.',
    },
    servers: [{ url: 'http://127.0.0.1:5002' }],
    security: [{ token: [] }, { browserSession: [] }],
    paths: { ...Object.fromEntries(calls), ...describeOtherPaths() },
    components: {
      schemas: named,
      responses: {
        Failure: {
          description: 'It did not work. The code is from a closed set.',
          content: json({
            type: 'object',
            properties: { ok: { const: false }, error: ref('ErrorView') },
            required: ['ok', 'error'],
          }),
        },
      },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        browserSession: {
          type: 'apiKey',
          in: 'cookie',
          name: 'tapedeck-<instanceId>',
          description: 'Set by the one-time address of npm run open.',
        },
      },
    },
  };
}
