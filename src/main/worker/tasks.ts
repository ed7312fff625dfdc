// What the worker can be asked, and how questions and answers look on the wire between the two threads.
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { WorkerClient } from './worker.ts';

export type WorkerTasks = Omit<WorkerClient, 'close'>;

export interface WorkerRequest {
  id: number;
  task: keyof WorkerTasks;
  args: unknown[];
}

export type WorkerReply =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; code: ErrorCode; message: string };
