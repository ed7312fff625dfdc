// Sample mode beside a real application: a second application with its own data folder, ports and keys. Sample calls
// never mix with real ones because nothing of the real application is handed to the second.
import type { z } from 'zod';
import type { sandboxPlaceInput, sandboxStatus } from '../preload/contract/system.ts';
import { AppError } from './domain/errors.ts';

export type SandboxStatus = z.infer<typeof sandboxStatus>;
export type PlaceInput = z.output<typeof sandboxPlaceInput>;

/** What the `sandbox.*` procedures act on. */
export interface SampleMode {
  status(): SandboxStatus;
  enter(): Promise<SandboxStatus>;
  leave(): Promise<SandboxStatus>;
  place(input: PlaceInput): Promise<{ callSids: string[] }>;
}

/** The second application, as far as this file needs to know it. */
export interface SampleApp {
  start(): Promise<{ consoleUrl: string }>;
  stop(): Promise<void>;
  /** A fresh address of its console. */
  consoleUrl(): string;
  callsPlaced(): number;
}

interface BesideDeps {
  /** `leave` is called by the sample console when its user wants to go back. */
  create: (leave: () => Promise<SandboxStatus>) => SampleApp;
  /** A fresh address of the real console. */
  realConsoleUrl: () => string;
}

/** For the real application: starts and stops the sample one. `url` is the console to go to next. */
export function createSampleModeBeside(deps: BesideDeps): SampleMode & { stop(): Promise<void> } {
  let sample: SampleApp | null = null;
  let starting: Promise<unknown> | null = null;

  const status = (): SandboxStatus => ({
    running: sample !== null,
    url: sample === null ? null : sample.consoleUrl(),
    callsPlaced: sample?.callsPlaced() ?? 0,
  });
  const stop = async (): Promise<void> => {
    const ending = sample;
    sample = null;
    if (ending === null) return;
    await ending.stop();
  };
  const leave = async (): Promise<SandboxStatus> => {
    const ended = { running: false, url: deps.realConsoleUrl(), callsPlaced: 0 };
    // The request may come through the very application that is to stop: answer first.
    setTimeout(() => void stop(), 300);
    return ended;
  };
  const start = async (): Promise<void> => {
    const app = deps.create(leave);
    await app.start();
    sample = app;
  };

  return {
    status,
    stop,
    leave,
    async enter() {
      // Two clicks are one start.
      if (sample === null) {
        starting ??= start().finally(() => {
          starting = null;
        });
        await starting;
      }
      return status();
    },
    async place() {
      throw new AppError('not_in_sample_mode', 'Calls can only be made up in sample mode.');
    },
  };
}

interface WithinDeps {
  consoleUrl: () => string;
  callsPlaced: () => number;
  place: (input: PlaceInput) => Promise<{ callSids: string[] }>;
  /** Null when the sample application was started on its own: there is nowhere to go back to. */
  leave: (() => Promise<SandboxStatus>) | null;
}

/** For the sample application itself. */
export function createSampleModeWithin(deps: WithinDeps): SampleMode {
  const status = (): SandboxStatus => ({
    running: true,
    url: deps.consoleUrl(),
    callsPlaced: deps.callsPlaced(),
  });
  return {
    status,
    enter: async () => status(),
    async leave() {
      if (deps.leave === null) {
        throw new AppError(
          'conflict',
          'Tapedeck was started with sample calls only. Stop it and run npm start.',
        );
      }
      return deps.leave();
    },
    place: deps.place,
  };
}
