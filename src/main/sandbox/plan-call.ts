// The course of a made-up call, decided beforehand from a seed: who calls whom, when it rings, is answered, ends.
import type { Random } from './random.ts';

export type Outcome = 'answered' | 'busy' | 'no_answer' | 'too_short';

export interface Line {
  number: string;
  label: string;
}

/** The made-up clinic's own numbers (555-01xx is reserved for fiction). */
export const clinicLines: readonly [Line, ...Line[]] = [
  { number: '+14155550100', label: 'Front desk' },
  { number: '+14155550101', label: 'Voice Bot' },
  { number: '+14155550102', label: 'Priority queue' },
];

export interface CallWish {
  startsAtMs: number;
  direction?: 'inbound' | 'outbound' | undefined;
  outcome?: Outcome | undefined;
  /** Answer to end, in milliseconds; by default 20 s to 6 min. */
  talkMs?: number | undefined;
  line?: Line | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** Default true. */
  record?: boolean | undefined;
  /**
   * How an incoming call is put through: `dial` rings a desk of the clinic, `transfer` then hands it on to a second
   * one. Default: the line itself talks (a voice bot), without further legs.
   */
  putThrough?: 'dial' | 'transfer' | undefined;
  /** How long the media still answers 404 after the recording is said to be completed. Default 0. */
  mediaLateMs?: number | undefined;
}

/** A leg that a call dials out to; it begins while its call goes on and ends with it at the latest. */
export interface LegPlan {
  to: string;
  startsAtMs: number;
  ringsAtMs: number;
  /** Null when nobody answers. */
  answersAtMs: number | null;
  endsAtMs: number;
}

export interface CallPlan {
  direction: 'inbound' | 'outbound';
  from: string;
  to: string;
  outcome: Outcome;
  startsAtMs: number;
  ringsAtMs: number;
  /** Null when nobody answers. */
  answersAtMs: number | null;
  endsAtMs: number;
  record: boolean;
  /** From the end of a recording until the provider calls it completed or absent. */
  processingMs: number;
  mediaLateMs: number;
  legs: LegPlan[];
}

/** A number that belongs to nobody: 555-0103 to 555-0199 in Californian areas, or the 020 7946 0xxx kept for drama in London. */
export function inventNumber(random: Random): string {
  if (random.chance(0.06)) return `+4420794601${random.whole(10, 99)}`;
  const area = random.pick(['415', '415', '628', '510', '650']);
  return `+1${area}5550${random.whole(103, 199)}`;
}

/** Fills what a wish leaves open. Times are epoch milliseconds of the given clock. */
export function planCall(random: Random, wish: CallWish): CallPlan {
  const direction = wish.direction ?? (random.chance(0.68) ? 'inbound' : 'outbound');
  const line = (wish.line ?? random.pick(clinicLines)).number;
  const other = inventNumber(random);
  const outcome = wish.outcome ?? 'answered';
  const ringsAtMs = wish.startsAtMs + Math.round(direction === 'inbound' ? 0 : random.between(600, 1_800));
  const ringingMs = Math.round(random.between(2_500, 9_000));
  const patienceMs = Math.round(random.between(22_000, 32_000));
  // Most calls are short and a few are long, as in any call log.
  const usualTalkMs = Math.round(20_000 + 340_000 * random.next() ** 2);
  const processingMs = Math.round(random.between(1_500, 5_000));
  const common = {
    direction,
    from: wish.from ?? (direction === 'inbound' ? other : line),
    to: wish.to ?? (direction === 'inbound' ? line : other),
    outcome,
    startsAtMs: wish.startsAtMs,
    ringsAtMs,
    record: wish.record ?? true,
    processingMs,
    mediaLateMs: wish.mediaLateMs ?? 0,
  };
  if (outcome === 'busy' || outcome === 'no_answer') {
    const endsAtMs = ringsAtMs + (outcome === 'busy' ? ringingMs : patienceMs);
    return withLegs(random, wish, { ...common, answersAtMs: null, endsAtMs, legs: [] });
  }
  const answersAtMs = ringsAtMs + ringingMs;
  const talkMs =
    outcome === 'too_short' ? Math.round(random.between(300, 900)) : (wish.talkMs ?? usualTalkMs);
  return withLegs(random, wish, { ...common, answersAtMs, endsAtMs: answersAtMs + talkMs, legs: [] });
}

/** The desks that a call is put through to, drawn last so that calls without them stay what they were. */
function withLegs(random: Random, { putThrough }: CallWish, plan: CallPlan): CallPlan {
  if (putThrough === undefined || plan.direction !== 'inbound') return plan;
  const { ringsAtMs, answersAtMs, endsAtMs } = plan;
  const first: LegPlan = {
    to: inventNumber(random),
    startsAtMs: ringsAtMs,
    ringsAtMs: Math.round(ringsAtMs + random.between(300, 900)),
    answersAtMs,
    endsAtMs,
  };
  if (putThrough === 'dial' || answersAtMs === null) return { ...plan, legs: [first] };
  const talkMs = endsAtMs - answersAtMs;
  const handedOnAtMs = Math.round(answersAtMs + talkMs * random.between(0.3, 0.5));
  const second: LegPlan = {
    to: inventNumber(random),
    startsAtMs: handedOnAtMs,
    ringsAtMs: Math.round(handedOnAtMs + talkMs * 0.05),
    answersAtMs: Math.round(handedOnAtMs + talkMs * 0.15),
    endsAtMs,
  };
  return { ...plan, legs: [{ ...first, endsAtMs: handedOnAtMs }, second] };
}
