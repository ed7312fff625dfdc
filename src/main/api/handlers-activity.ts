// Handlers of what came in and what is being done about it: deliveries, refused requests, jobs.
import type { Handlers } from '../../preload/contract/api.ts';
import { AppError } from '../domain/errors.ts';
import type { DeliveryWithBody, HeaderPair } from '../store/store.ts';
import type { HandlerDeps } from './handlers.ts';
import { deliveryView, jobView, refusalView } from './views.ts';

type ActivityProcedure =
  | 'deliveries.list'
  | 'deliveries.get'
  | 'deliveries.refused'
  | 'jobs.list'
  | 'jobs.retry'
  | 'jobs.retryAll';

export function createActivityHandlers({
  store,
  jobs,
  views,
  retryDeadJobs,
}: Pick<HandlerDeps, 'store' | 'jobs' | 'views' | 'retryDeadJobs'>): Pick<Handlers, ActivityProcedure> {
  return {
    async 'deliveries.list'({ limit, cursor, callId, providerId }) {
      const page = await store.listDeliveries({ callId, providerId }, limit, cursor ?? null);
      return { items: page.items.map(deliveryView), nextCursor: page.nextCursor };
    },
    async 'deliveries.get'({ deliveryId }) {
      const row = await store.getDelivery(deliveryId);
      if (row === null) throw new AppError('not_found', 'There is no delivery with this id.');
      return { delivery: deliveryView(row), ...shownRequest(row) };
    },
    async 'deliveries.refused'({ limit, cursor }) {
      const page = await store.listRefusals(limit, cursor ?? null);
      return { items: page.items.map(refusalView), nextCursor: page.nextCursor };
    },
    async 'jobs.list'({ limit, cursor, ...query }) {
      const [page, total] = await Promise.all([
        store.listJobs(query, limit, cursor ?? null),
        store.countMatchingJobs(query),
      ]);
      const callIds = [...new Set(page.items.flatMap(({ callId }) => callId ?? []))];
      const calls = await Promise.all(callIds.map((callId) => store.getCallRow(callId)));
      return {
        items: page.items.map(jobView),
        nextCursor: page.nextCursor,
        total,
        calls: calls.flatMap((call) => (call === null ? [] : [views.call(call)])),
      };
    },
    async 'jobs.retryAll'({ filter }) {
      const count = await retryDeadJobs(filter);
      jobs.wake();
      return { count };
    },
    async 'jobs.retry'({ jobId }) {
      const before = await store.getJob(jobId);
      if (before === null) throw new AppError('not_found', 'There is no job with this id.');
      if (before.state !== 'dead') {
        throw new AppError('conflict', 'This job has not given up, so there is nothing to run again.');
      }
      const job = await store.retryJob(jobId);
      if (job === null) throw new AppError('not_found', 'There is no job with this id.');
      jobs.wake();
      return { job: jobView(job) };
    },
  };
}

function shownRequest({ method, path, headers, body, bodySha256, events }: DeliveryWithBody): {
  method: string;
  path: string;
  headers: HeaderPair[];
  body: string | null;
  bodySha256: string;
  events: DeliveryWithBody['events'];
} {
  return {
    method,
    path,
    headers,
    body: body === null ? null : Buffer.from(body).toString('utf8'),
    bodySha256,
    events,
  };
}
