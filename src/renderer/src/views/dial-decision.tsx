// A call whose dial was refused, or whose outcome nobody knows: a person decides, once.
import { useState } from 'react';
import type { CallView } from '../../../preload/contract/calls.ts';
import { Button } from '../components/button.tsx';
import { useApp } from '../state/use-app.tsx';

export function needsDecision({ dialState }: CallView): boolean {
  return dialState === 'refused' || dialState === 'unknown';
}

export function DialDecision({ call: { callId } }: { call: CallView }) {
  const redial = useApp((state) => state.redialCall);
  const cancel = useApp((state) => state.cancelCall);
  const [isBusy, setBusy] = useState(false);
  const run = (decide: (callId: string) => Promise<void>) => {
    setBusy(true);
    void decide(callId).finally(() => setBusy(false));
  };
  return (
    <>
      <Button disabled={isBusy} onClick={() => run(redial)}>
        Dial again
      </Button>
      <Button disabled={isBusy} onClick={() => run(cancel)}>
        Leave it
      </Button>
    </>
  );
}
