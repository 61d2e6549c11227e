import type { z } from 'zod';
import { catalogue, type InsideCall, type ServiceName } from '../../domain/catalogue.ts';
import { ParityError } from '../../domain/errors.ts';
import { documentOutcomes, pushOutcomes } from '../../domain/outcomes.ts';
import type { Release } from '../../domain/release.ts';
import type { OutcomesPort } from '../../release/keeper/judge-documents.ts';
import type { ReleaseWorkload } from '../control/control-api.ts';

/** A database that is slow makes the answer slow, and then there is no verdict: it must not make it late as well. */
const answerWithinMs = 2_000;

/** Who runs in the keeper's cluster, and which of them is asked first. */
export interface ServicesInReach {
  readonly workloads: () => Promise<readonly ReleaseWorkload[]>;
  /** The newest release whose work is taken for good: no release is asked about itself while it is judged. */
  readonly proven: () => Release | undefined;
}

/**
 * What became of documents, from the services of this cluster: any release that answers knows it of all, but only the
 * proven one opens what the judged one has stored.
 */
export function askServices(reach: ServicesInReach): OutcomesPort {
  return {
    documents: async ids =>
      (await ask('storage', { call: catalogue.storage.inside.outcomes, ids, shape: documentOutcomes, reach }))
        .documents,
    pushes: async ids =>
      (
        await ask('notification', {
          call: catalogue.notification.inside.outcomes,
          ids,
          shape: pushOutcomes,
          reach,
        })
      ).pushes,
  };
}

interface Asked<T> {
  readonly call: InsideCall;
  readonly ids: readonly string[];
  readonly shape: z.ZodType<T>;
  readonly reach: ServicesInReach;
}

async function ask<T>(service: ServiceName, { call, ids, shape, reach }: Asked<T>): Promise<T> {
  const proven = reach.proven();
  const workloads = await reach.workloads();
  const inOrder = workloads.toSorted((a, b) => Number(b.release === proven) - Number(a.release === proven));
  const ports = inOrder.flatMap(({ processes }) =>
    processes.filter(({ services }) => services.includes(service)).map(({ port }) => port),
  );
  let cause: unknown;
  for (const port of ports) {
    try {
      return await askOne(port, { call, ids, shape });
    } catch (error) {
      cause = error;
    }
  }
  throw new ParityError('unreachable', `No ${service} of this cluster says what became of documents.`, {
    cause,
  });
}

async function askOne<T>(port: number, { call, ids, shape }: Omit<Asked<T>, 'reach'>): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port}${call.path}`, {
    method: call.method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ids }),
    signal: AbortSignal.timeout(answerWithinMs),
  });
  if (answer.ok) return shape.parse(await answer.json());
  throw new ParityError('unreachable', `Port ${port} answers ${answer.status}: ${await answer.text()}`);
}
