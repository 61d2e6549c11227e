import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ParityError } from '../../../domain/errors.ts';
import { dockerRefused, type DockerApi } from './docker-api.ts';

/** A container to make. */
export interface Creation {
  readonly name: string;
  /** As people know it, for messages. */
  readonly title: string;
  readonly body: unknown;
}

/** What a killed process left needs a moment to end and be removed. */
const patienceMs = 3_000;
const pollMs = 50;

const state = z.object({ State: z.object({ Status: z.string() }) });

/**
 * Makes a container, not yet started. Its name is its folder's: where it is taken, somebody works there, or one was
 * never started because its maker died in between, and is removed.
 * @throws ParityError `already_running`, `engine_failed`
 */
export async function createContainer(docker: DockerApi, { name, title, body }: Creation): Promise<void> {
  const request = { method: 'POST', path: '/containers/create', query: { name }, body } as const;
  const patience = AbortSignal.timeout(patienceMs);
  for (;;) {
    const answer = await docker.ask(request);
    if (answer.status === 201) return;
    if (answer.status !== 409) throw dockerRefused(request, answer);
    if (patience.aborted && !(await removeUnstarted(docker, name))) {
      throw new ParityError(
        'already_running',
        `${title}: the container ${name} works in its folder. End it (docker rm --force ${name}) or choose another folder.`,
      );
    }
    await pause(pollMs);
  }
}

/** True when it is gone. */
async function removeUnstarted(docker: DockerApi, name: string): Promise<boolean> {
  const { status, text } = await docker.ask({ method: 'GET', path: `/containers/${name}/json` });
  if (status === 404) return true;
  if (status !== 200 || state.parse(JSON.parse(text)).State.Status !== 'created') return false;
  const removed = await docker.ask({ method: 'DELETE', path: `/containers/${name}` });
  return removed.status === 204 || removed.status === 404;
}
