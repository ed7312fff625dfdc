// Starting, pausing and stopping the recording of a call that goes on.
import { useState } from 'react';
import type { CallDetail, CallView } from '../../../preload/contract/calls.ts';
import { Button } from '../components/button.tsx';
import type { SteerAction } from '../state/placing-slice.ts';
import { useApp } from '../state/use-app.tsx';
import { isPaused } from '../told-words.ts';

const steering: Record<'running' | 'paused', readonly { action: SteerAction; label: string }[]> = {
  running: [
    { action: 'pause', label: 'Pause recording' },
    { action: 'stop', label: 'Stop recording' },
  ],
  paused: [
    { action: 'resume', label: 'Resume recording' },
    { action: 'stop', label: 'Stop recording' },
  ],
};

export function RecordingControls({ call, detail }: { call: CallView; detail: CallDetail | null }) {
  const start = useApp((state) => state.startRecording);
  const steer = useApp((state) => state.steerRecording);
  const [busy, setBusy] = useState<string | null>(null);
  if (call.status !== 'in_progress') return null;
  const run = (what: string, done: Promise<void>): void => {
    setBusy(what);
    void done.finally(() => setBusy(null));
  };
  const running = detail?.recordings.find(({ status }) => status === 'recording') ?? null;
  if (running === null) {
    // Told of as running, but not read yet: nothing to offer until it is known which one.
    if (call.recordingStatus === 'recording') return null;
    return (
      <Button disabled={busy !== null} onClick={() => run('start', start(call.callId))}>
        {busy === null ? 'Start recording' : 'Starting…'}
      </Button>
    );
  }
  const stage = isPaused(detail?.timeline ?? []) ? 'paused' : 'running';
  return steering[stage].map(({ action, label }) => (
    <Button
      key={action}
      disabled={busy !== null}
      onClick={() => run(action, steer(call.callId, running.recordingId, action))}
    >
      {label}
    </Button>
  ));
}
