// What the New call form holds, what is wrong with it, and what it becomes. Pure.
import type { Input } from '../../../preload/contract/api.ts';
import type { CallKind } from '../../../preload/contract/calls.ts';
import type { ErrorView } from '../../../preload/contract/errors.ts';
import type { ProviderView } from '../../../preload/contract/system.ts';

export interface NewCall {
  kind: CallKind;
  via: string;
  to: string;
  /** Empty: the phone service takes its own. */
  from: string;
  agentId: string;
  reference: string;
  /** As typed. */
  priority: string;
  record: boolean;
}

export type NewCallField = 'to' | 'via' | 'priority' | 'form';
export type NewCallErrors = Partial<Record<NewCallField, string>>;
export type Way = ProviderView['vias'][number];

export const highestPriority = 1_000;
export const numberForm = 'In any usual form, such as (415) 555-0132 or +44 20 7946 0182.';

/** @param via the way to begin with; empty while there is none */
export function emptyNewCall(via: string): NewCall {
  return {
    kind: 'voice-bot',
    via,
    to: '',
    from: '',
    agentId: '',
    reference: '',
    priority: '0',
    record: true,
  };
}

/** Ways of placing calls that are set up, of all phone services. */
export function waysOf(providers: readonly ProviderView[]): Way[] {
  return providers.flatMap(({ vias }) => vias);
}

/** What can be seen to be wrong before asking; empty when it can be sent. */
export function checkNewCall({ kind, to, priority }: NewCall): NewCallErrors {
  const errors: NewCallErrors = {};
  if (to.replace(/\D/g, '').length < 3) errors.to = 'Type the number to call.';
  if (kind === 'priority-queue' && !isPriority(priority)) {
    errors.priority = 'Type a whole number from 0 to 1,000.';
  }
  return errors;
}

/** Empty fields are left out: the phone service has its own choice for each of them. */
export function toPlaceInput(
  { kind, via, to, from, agentId, reference, priority, record }: NewCall,
  way: Way | undefined,
): Input<'calls.place'> {
  return {
    kind,
    via,
    to: to.trim(),
    record,
    ...(kind === 'priority-queue' ? { priority: Number(priority) } : {}),
    ...(from === '' ? {} : { from }),
    ...(way?.needsAgent === true && agentId.trim() !== '' ? { agentId: agentId.trim() } : {}),
    ...(reference.trim() === '' ? {} : { reference: reference.trim() }),
  };
}

/** Beside which field an answer belongs. */
export function errorsOf({ code, message }: ErrorView): NewCallErrors {
  if (code === 'bad_number') return { to: message };
  if (code === 'not_set_up') return { via: message };
  return { form: message };
}

function isPriority(typed: string): boolean {
  const priority = Number(typed);
  return typed.trim() !== '' && Number.isInteger(priority) && priority >= 0 && priority <= highestPriority;
}
