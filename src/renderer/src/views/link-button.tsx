import { Button } from '../components/button.tsx';
import type { LinkAction } from '../web-link-words.ts';
import { useApp } from '../state/use-app.tsx';

interface LinkButtonProps {
  action: LinkAction;
  /** What asking again is called; where all is well it is a check. */
  probeText?: string;
  className?: string | undefined;
}

/** The one thing to do about the web link. */
export function LinkButton({ action, probeText = 'Try again', className = '' }: LinkButtonProps) {
  const tryLink = useApp((state) => state.tryLink);
  const isBusy = useApp((state) => state.linkBusy);
  const text = action === 'reconnect' ? 'Reconnect' : probeText;
  return (
    <Button
      className={className}
      aria-label={`${text} web link`}
      disabled={isBusy}
      onClick={() => void tryLink(action)}
    >
      {isBusy ? 'Trying…' : text}
    </Button>
  );
}
