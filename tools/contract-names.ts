// Names that an official description allows: validators let unknown query and form fields pass, this does not.
import { z } from 'zod';

const operation = z.object({
  parameters: z.array(z.object({ in: z.string(), name: z.string() })).default([]),
  requestBody: z
    .object({
      content: z.record(
        z.string(),
        z.object({ schema: z.object({ properties: z.record(z.string(), z.unknown()).default({}) }) }),
      ),
    })
    .optional(),
});
const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const description = z.object({
  paths: z.record(
    z.string(),
    z.object({
      get: operation.optional(),
      post: operation.optional(),
      put: operation.optional(),
      patch: operation.optional(),
      delete: operation.optional(),
    }),
  ),
});

export interface SentRequest {
  method: string;
  path: string;
  queryNames: readonly string[];
  formNames: readonly string[];
}

/**
 * @param spec an OpenAPI 3 document
 * @returns a check that tells what is wrong with a request's path and names; empty when nothing is
 */
export function createNameCheck(spec: unknown): (sent: SentRequest) => string[] {
  const { paths } = description.parse(spec);
  const known = Object.entries(paths).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+?')}$`),
    operations,
  }));
  return ({ method, path, queryNames, formNames }) => {
    const name = methods.find((item) => item === method.toLowerCase());
    const found = known.find((item) => item.pattern.test(path))?.operations;
    const allowed = name === undefined ? undefined : found?.[name];
    if (allowed === undefined) return [`${method} ${path} is not described`];
    const queries = new Set(
      allowed.parameters.filter((item) => item.in === 'query').map((item) => item.name),
    );
    const forms = new Set(
      Object.values(allowed.requestBody?.content ?? {}).flatMap((item) =>
        Object.keys(item.schema.properties),
      ),
    );
    return [
      ...queryNames.filter((item) => !queries.has(item)).map((item) => `unknown query field ${item}`),
      ...formNames.filter((item) => !forms.has(item)).map((item) => `unknown form field ${item}`),
    ].map((problem) => `${method} ${path}: ${problem}`);
  };
}

const reference = z.object({ $ref: z.string() });
const anySchema = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  anyOf: z.array(z.unknown()).default([]),
});
const anyOperation = z.object({
  parameters: z.array(z.object({ in: z.string(), name: z.string() })).default([]),
  requestBody: z
    .object({ content: z.object({ 'application/json': z.object({ schema: z.unknown() }) }) })
    .optional(),
});

export interface JsonRequest {
  method: string;
  path: string;
  queryNames: readonly string[];
  /** Null for none. */
  body: unknown;
}

export interface CheckedNames {
  /** E.g. `GET /v1/calls/{id}`; ends with ` (not described)` where it is not. */
  operation: string;
  /** As described. */
  path: string;
  names: string[];
  /** Of query fields, and of fields of the body however deep, that the description lacks. */
  unknown: string[];
}

/** @param spec an OpenAPI 3 document whose bodies are JSON; objects for any names (`additionalProperties`) take any */
export function createBodyNameCheck(spec: unknown): (sent: JsonRequest) => CheckedNames {
  const { paths } = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) }).parse(spec);
  const resolve = (value: unknown): unknown => {
    const pointer = reference.safeParse(value);
    if (!pointer.success) return value;
    const steps = pointer.data.$ref.slice(2).split('/');
    return steps.reduce<unknown>((at, name) => z.record(z.string(), z.unknown()).parse(at)[name], spec);
  };
  const unknownIn = (value: unknown, given: unknown): string[] => {
    const schema = anySchema.catch({ anyOf: [] }).parse(resolve(given));
    const fields = z.record(z.string(), z.unknown()).safeParse(value);
    if (!fields.success || Array.isArray(value)) return [];
    const kinds = schema.anyOf.map((one) => anySchema.catch({ anyOf: [] }).parse(resolve(one)));
    const known = Object.assign({}, schema.properties, ...kinds.map(({ properties }) => properties ?? {}));
    const isOpen = schema.additionalProperties !== undefined && schema.properties === undefined;
    return Object.entries(fields.data).flatMap(([name, field]) => {
      if (isOpen) return [];
      return name in known ? unknownIn(field, known[name]) : [name];
    });
  };
  return ({ method, path, queryNames, body }) => {
    const found = Object.entries(paths).find(([pattern]) =>
      new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );
    const operation = `${method} ${found?.[0] ?? path}`;
    const names = [...queryNames, ...Object.keys(z.record(z.string(), z.unknown()).catch({}).parse(body))];
    const described = anyOperation.safeParse(found?.[1][method.toLowerCase()]);
    if (!described.success) return { operation: `${operation} (not described)`, path, names, unknown: names };
    const queries = described.data.parameters.filter((item) => item.in === 'query').map(({ name }) => name);
    const schema = described.data.requestBody?.content['application/json'].schema ?? {};
    const unknown = [...queryNames.filter((name) => !queries.includes(name)), ...unknownIn(body, schema)];
    return { operation, path: found?.[0] ?? path, names, unknown };
  };
}
