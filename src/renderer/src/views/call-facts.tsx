// The facts of a call, for those who look something up: line, services, how it was placed, references.
import type { ReactNode } from 'react';
import type { CallDetail } from '../../../preload/contract/calls.ts';
import { lineOf } from '../components/call-row.tsx';
import { kindWords } from '../placing-words.ts';
import { useApp } from '../state/use-app.tsx';
import styles from './call-detail.module.css';
import { wayLabel } from './call-rows.tsx';
import { CopyValue } from './copy-value.tsx';

/** Keys that Tapedeck made itself are no reference at a phone service. */
const ownProvider = 'tapedeck';

interface CallFactsProps {
  detail: CallDetail;
  serviceOf: (providerId: string) => string;
}

export function CallFacts({ detail: { call, keys }, serviceOf }: CallFactsProps) {
  const way = useApp((state) => wayLabel(state.status, call.via));
  const line = [call.line?.display ?? '', call.line?.label ?? ''].filter((part) => part !== '').join(', ');
  const theirs = keys.filter(({ providerId }) => providerId !== ownProvider);
  const services = new Set([call.providerId, ...theirs.map(({ providerId }) => providerId)]);
  return (
    <dl className={styles.facts}>
      <Fact name="Line">{line === '' ? lineOf(call) || 'Unknown' : line}</Fact>
      <Fact name="Service">{[...services].map(serviceOf).join(', ')}</Fact>
      {call.kind !== null && <Fact name="Placed as">{kindWords[call.kind].label}</Fact>}
      {way !== '' && <Fact name="Placed with">{way}</Fact>}
      {call.kind === 'priority-queue' && call.priority !== null && (
        <Fact name="Priority">{call.priority}</Fact>
      )}
      {call.reference !== null && (
        <Fact name="Your reference">
          <CopyValue name="reference" value={call.reference} />
        </Fact>
      )}
      {theirs.map(({ providerId, kind, value }) => (
        <Fact
          key={`${providerId} ${kind} ${value}`}
          name={kind.startsWith('recording') ? 'Recording' : 'Reference'}
        >
          <CopyValue name="reference" value={value} />
        </Fact>
      ))}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div style={{ display: 'contents' }}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
