import { lazy, Suspense } from 'react';
import { Loading } from './components/pane-state.tsx';
import { useApp } from './state/use-app.tsx';
import { CallLog } from './views/call-log.tsx';
import { Frame } from './views/frame.tsx';
import { Live } from './views/live.tsx';
import { Queue } from './views/queue.tsx';
import { Trouble } from './views/trouble.tsx';

// Needed while setting up, not while answering phones: read when it is first opened.
const Services = lazy(async () => ({ default: (await import('./views/services.tsx')).Services }));

const Checks = lazy(async () => ({ default: (await import('./views/checks.tsx')).Checks }));

export function App() {
  const view = useApp((state) => state.route.view);
  return (
    <Frame>
      {view === 'live' && <Live />}
      {view === 'calls' && <CallLog />}
      {view === 'queue' && <Queue />}
      {view === 'polling' && (
        <Suspense fallback={<Loading rows={8} slowText="Still opening this screen." />}>
          <Checks />
        </Suspense>
      )}
      {view === 'trouble' && <Trouble />}
      {view === 'services' && (
        <Suspense fallback={<Loading rows={8} slowText="Still opening this screen." />}>
          <Services />
        </Suspense>
      )}
    </Frame>
  );
}
