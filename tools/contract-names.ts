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
