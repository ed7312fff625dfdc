// What every stand-in listens with: a real HTTP server on loopback, and the limit on requests at the same time.
import { createServer, type Server } from 'node:http';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

export interface LoopbackServer {
  /** @returns the origin, e.g. `http://127.0.0.1:40123` */
  start(): Promise<string>;
  /** Closes open connections, too. Does nothing when it does not listen. */
  stop(): Promise<void>;
}

/** A server on a free port of 127.0.0.1 that has not started yet. @param application an express application, usually */
export function createLoopbackServer(application: Parameters<typeof createServer>[1]): LoopbackServer {
  let server: Server | null = null;
  return {
    start() {
      const listening = createServer(application);
      server = listening;
      return new Promise((resolve, reject) => {
        listening.once('error', reject);
        listening.listen(0, '127.0.0.1', () => {
          const address = listening.address();
          const port = typeof address === 'object' && address !== null ? address.port : 0;
          resolve(`http://127.0.0.1:${port}`);
        });
      });
    },
    async stop() {
      const closing = server;
      server = null;
      if (closing === null) return;
      const closed = new Promise((resolve) => closing.close(resolve));
      closing.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Refuses more requests at the same time than the provider allows.
 * @param limit looked at for every request; null for no limit
 * @param refusal what is thrown beyond it
 */
export function limitConcurrency(limit: () => number | null, refusal: () => Error): RequestHandler {
  let open = 0;
  return (_req: Request, res: Response, next: NextFunction): void => {
    open += 1;
    res.once('close', () => {
      open -= 1;
    });
    const most = limit();
    if (most !== null && open > most) throw refusal();
    next();
  };
}
