import { z } from 'zod';
import type { Machine } from '../engine.ts';
import { dockerRefused, type DockerApi } from './docker-api.ts';

/** An official image, by name and full version: what runs tomorrow is what runs today. */
export interface Image {
  readonly name: string;
  readonly tag: string;
}

const failure = z.object({ error: z.string() });

/**
 * Makes sure that the engine has an image, by pulling it once. False, and said, when it cannot be had: then this way
 * to an engine is not open.
 */
export async function haveImage(machine: Machine, docker: DockerApi, { name, tag }: Image): Promise<boolean> {
  const found = { method: 'GET', path: `/images/${name}:${tag}/json` } as const;
  const looked = await docker.ask(found);
  if (looked.status === 200) return true;
  if (looked.status !== 404) throw dockerRefused(found, looked);
  machine.progress(`engines: the Docker engine pulls ${name}:${tag} (once) …`);
  const pulled = await docker.ask({
    method: 'POST',
    path: '/images/create',
    query: { fromImage: name, tag },
  });
  const why = pulled.status === 200 ? failureIn(pulled.text) : pulled.text.trim();
  if (why === undefined) return true;
  machine.progress(`engines: the Docker engine cannot pull ${name}:${tag}: ${why.slice(0, 300)}`);
  return false;
}

/** The answer begins with 200 and goes on as lines of JSON; what went wrong comes in one of them. */
function failureIn(lines: string): string | undefined {
  return lines
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => failure.safeParse(JSON.parse(line)).data?.error)
    .find(error => error !== undefined);
}
