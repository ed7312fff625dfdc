// The state of Tapedeck itself: status, settings, providers, sample mode.
import { z } from 'zod';
import { errorCode } from './errors.ts';

/** `not_set_up`: a secret or id is missing. `paused`: the provider refused our credentials; nothing is tried until `untilMs`. */
export const providerState = z.enum(['ready', 'not_set_up', 'paused']);

export const providerView = z.object({
  providerId: z.string(),
  name: z.string(),
  state: providerState,
  /** Names of the settings that are missing, e.g. TWILIO_AUTH_TOKEN. */
  missing: z.array(z.string()),
  /** The same and those that only placing calls needs, in words: where to find each, and which ways wait for it. */
  lacking: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      where: z.string(),
      /** Labels of the ways of placing calls that need it; empty when everything does. */
      ways: z.array(z.string()),
    }),
  ),
  pausedSinceMs: z.number().int().nullable(),
  pausedUntilMs: z.number().int().nullable(),
  lastDeliveryAtMs: z.number().int().nullable(),
  /** The full URLs to give to the provider; empty while there is no public URL. */
  webhookUrls: z.array(z.string()),
  /** Ways of placing calls that it serves and that are set up; empty when none. */
  vias: z.array(z.object({ via: z.string(), label: z.string(), needsAgent: z.boolean() })),
});
export type ProviderView = z.infer<typeof providerView>;

/** One thing that a key check found, in closed words with what to say about it. */
export const providerCheck = z.object({
  ok: z.boolean(),
  /** `code`: a finding that verdicts of calls look back at. */
  findings: z.array(
    z.object({ ok: z.boolean(), text: z.string(), code: z.enum(['webhook_disabled']).optional() }),
  ),
});
export type ProviderCheck = z.infer<typeof providerCheck>;

export const providerNumber = z.object({
  numberId: z.string(),
  number: z.string(),
  display: z.string(),
  label: z.string().nullable(),
  /** `connected`: reports to Tapedeck; `elsewhere`: to another address, which is shown; `nowhere`: to nobody. */
  state: z.enum(['connected', 'elsewhere', 'nowhere']),
  currentUrl: z.string().nullable(),
  wantedUrl: z.string().nullable(),
  /** What stood there before Tapedeck changed it; can be put back. */
  previousUrl: z.string().nullable(),
  /** What connecting a number does not do, in plain words, with what does. Null where there is nothing to say. */
  note: z.string().nullable(),
  /** For those who write their own TwiML (or the like): to copy. Null where the provider has no such thing. */
  snippet: z.string().nullable(),
});
export type ProviderNumber = z.infer<typeof providerNumber>;

/**
 * The web link: how phone services reach Tapedeck. `none`: not at all, recordings arrive by checks. `unreachable`: there
 * is an address, and asking it from outside does not lead here. `failed` waits for a person, `down` tries by itself.
 */
export const webLinkView = z.object({
  kind: z.enum(['ngrok', 'fixed', 'none']),
  state: z.enum(['off', 'connecting', 'up', 'unreachable', 'down', 'failed']),
  publicUrl: z.string().nullable(),
  /** Since when it is in this state. */
  sinceMs: z.number().int(),
  lastProbeAtMs: z.number().int().nullable(),
  nextTryAtMs: z.number().int().nullable(),
  code: errorCode.nullable(),
  /** The service's own code behind it, e.g. ERR_NGROK_334. */
  providerCode: z.string().nullable(),
});
export type WebLinkView = z.infer<typeof webLinkView>;

export const systemStatus = z.object({
  version: z.string(),
  /** `sample`: made-up calls from the built-in simulator, in a data folder of their own. */
  mode: z.enum(['real', 'sample']),
  host: z.enum(['electron', 'headless']),
  instanceId: z.string(),
  /** The product's clock and how fast it runs against the wall clock (1 outside sample mode and tests). */
  nowMs: z.number(),
  timeScale: z.number(),
  /**
   * This computer's clock against the phone services': milliseconds ahead (negative: behind), null while not known.
   * Wrong from two minutes on; signatures are then judged by their time.
   */
  clock: z.object({ skewMs: z.number().int().nullable(), isWrong: z.boolean() }),
  startedAtMs: z.number().int(),
  webhooks: z.object({ localUrl: z.string(), publicUrl: z.string().nullable(), link: webLinkView }),
  providers: z.array(providerView),
  storage: z.object({
    dataDir: z.string(),
    freeBytes: z.number().nullable(),
    usedBytes: z.number(),
    recordings: z.number().int(),
  }),
  jobs: z.object({ ready: z.number().int(), running: z.number().int(), dead: z.number().int() }),
  /** The last event number; a client that has seen less asks again for what it shows. */
  lastSeq: z.number().int(),
});
export type SystemStatus = z.infer<typeof systemStatus>;

export const lineSetting = z.object({
  /** Record calls of this line as soon as they are answered. */
  record: z.boolean().optional(),
  number: z.string().regex(/^\+[1-9]\d{4,14}$/, 'a number in international form, such as +14155550100'),
  label: z.string().trim().min(1).max(60),
});

export const settingsView = z.object({
  /** Names for the clinic's own numbers, shown in the Line column. */
  lines: z.array(lineSetting).max(200),
  /** While in the future, refused bodies up to 256 KB are kept for inspection. */
  keepRefusedUntilMs: z.number().int().nullable(),
  /**
   * `exact`: by exact ids only. `auto_unique`: a recording that names a number also joins the one call with the same
   * number (both, where it names both) at the same time; with two such calls, or no number, never. The call says so.
   */
  matching: z.enum(['exact', 'auto_unique']),
  /** Regular checks as a person set them; null leaves it to the environment and to whether there is a web link. */
  checks: z
    .object({ isPolling: z.boolean(), intervalMinutes: z.number().int().min(1).max(1_440) })
    .nullable(),
});
export type SettingsView = z.infer<typeof settingsView>;

export const settingsUpdateInput = z
  .object({
    lines: z.array(lineSetting).max(200).optional(),
    /** True keeps refused bodies for 15 minutes from now; false stops at once and drops what was kept. */
    keepRefused: z.boolean().optional(),
    matching: z.enum(['exact', 'auto_unique']).optional(),
    checks: z
      .object({ isPolling: z.boolean(), intervalMinutes: z.number().int().min(1).max(1_440) })
      .nullable()
      .optional(),
  })
  .strict();

export const sandboxStatus = z.object({
  running: z.boolean(),
  /** Where the sample console is; null while it is not running. */
  url: z.string().nullable(),
  callsPlaced: z.number().int(),
});

export const sandboxPlaceInput = z.strictObject({
  count: z.number().int().min(1).max(500).default(1),
  /** Same seed, same calls. */
  seed: z.number().int().optional(),
  /** Length of the talk in milliseconds of the product's clock; default: made from the seed. */
  talkMs: z.number().int().min(1_000).max(3_600_000).optional(),
  outcome: z.enum(['answered', 'busy', 'no_answer', 'too_short']).default('answered'),
  direction: z.enum(['inbound', 'outbound']).optional(),
  /** Send every callback twice. */
  duplicate: z.boolean().default(false),
  /** Send the callbacks of a call in random order. */
  shuffle: z.boolean().default(false),
});
