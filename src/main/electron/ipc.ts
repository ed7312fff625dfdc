// The IPC carrier. Serves the console's own pages only: the top frame of a window, loaded from our own scheme.
import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import type { Reply } from '../../preload/contract/api.ts';
import { type Endpoint, type Endpoints, endpointAt } from './endpoints.ts';

const refused: Reply<never> = {
  ok: false,
  error: { code: 'forbidden_origin', message: 'Only the console itself may ask.' },
};

/** @returns the application that the sending frame may speak to; a frame that is gone or inside another gets none */
function senderEndpoint(endpoints: Endpoints, event: IpcMainInvokeEvent | IpcMainEvent): Endpoint | null {
  const frame = event.senderFrame;
  return frame === null || frame.parent !== null ? null : endpointAt(endpoints, frame.url);
}

export function serveIpc(ipcMain: Pick<IpcMain, 'handle' | 'on'>, endpoints: Endpoints): void {
  /** Window and number of the subscription -> its end. */
  const ends = new Map<string, () => void>();
  const end = (key: string): void => {
    ends.get(key)?.();
    ends.delete(key);
  };

  ipcMain.handle('tapedeck:invoke', async (event, name: unknown, input: unknown) => {
    const endpoint = senderEndpoint(endpoints, event);
    return endpoint === null ? refused : endpoint.dispatch(String(name), input);
  });

  ipcMain.on('tapedeck:subscribe', (event, id: unknown, afterSeq: unknown) => {
    const endpoint = senderEndpoint(endpoints, event);
    if (endpoint === null || typeof id !== 'number') return;
    const { sender } = event;
    const key = `${sender.id} ${id}`;
    end(key);
    ends.set(
      key,
      endpoint.bus.subscribe(
        (envelope) => sender.send('tapedeck:event', id, envelope),
        typeof afterSeq === 'number' ? afterSeq : undefined,
      ),
    );
    // A page that reloads or moves on cannot say goodbye, and its numbers begin anew.
    sender.once('destroyed', () => end(key));
    sender.once('did-navigate', () => end(key));
  });

  ipcMain.on('tapedeck:unsubscribe', (event, id: unknown) => end(`${event.sender.id} ${String(id)}`));
}
