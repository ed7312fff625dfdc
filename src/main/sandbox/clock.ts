import type { NextFunction, Request, Response } from 'express';

/** The part of the product's clock that the sandbox goes by, so that both run at the same speed. */
export interface SandboxClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `delayMs` of this clock's time, or at once when `signal` aborts. */
  delay(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Dates every answer by the stand-in's own clock, as a real server does by its own. @param now epoch milliseconds */
export function tellDate(now: () => number) {
  return (_req: Request, res: Response, next: NextFunction): void => {
    res.setHeader('Date', new Date(now()).toUTCString());
    next();
  };
}
