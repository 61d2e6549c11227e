import { ParityError } from '../../domain/errors.ts';
import type { ServerRole, ServerUsers, Credentials } from './ports.ts';

/** Of one request; the broker stands in the same network. */
const answerWithinMs = 5_000;

/**
 * What each role is to RabbitMQ. Services declare their own queues, and read their depth from the management API.
 * Source: RabbitMQ, "Management plugin", permissions.
 */
const tags: Readonly<Record<ServerRole, string>> = { administrator: 'administrator', service: 'monitoring' };

const everything = { configure: '.*', write: '.*', read: '.*' };

/** A RabbitMQ's users, by its management API at `url`. */
export function managementApi(url: string): ServerUsers {
  const ask = async (as: Credentials, path: string, body?: unknown) => {
    const request = {
      method: body === undefined ? 'GET' : 'PUT',
      headers: {
        authorization: `Basic ${Buffer.from(`${as.username}:${as.password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerWithinMs),
    };
    const answer = await fetch(new URL(path, url), request).catch((cause: unknown) => {
      throw unavailable(`does not answer ${path}`, cause);
    });
    const text = await answer.text();
    if (answer.status >= 500) throw unavailable(`answers ${path} with ${answer.status}`);
    return { status: answer.status, text };
  };
  const must = async (as: Credentials, path: string, body: unknown) => {
    const { status, text } = await ask(as, path, body);
    if (status < 300) return;
    throw new ParityError('forbidden', `The broker refuses ${as.username} ${path}: ${status} ${text}`);
  };
  return {
    put: async (as, user, role) => {
      const name = encodeURIComponent(user.username);
      await must(as, `/api/users/${name}`, { password: user.password, tags: tags[role] });
      // Whoever changed his own password is known by the new one from here on.
      await must(user.username === as.username ? user : as, `/api/permissions/%2F/${name}`, everything);
    },
    roleOf: async credentials => {
      const { status, text } = await ask(credentials, '/api/whoami');
      if (status >= 300) return undefined;
      const { tags: has } = JSON.parse(text) as { tags: readonly string[] };
      return (['administrator', 'service'] as const).find(role => has.includes(tags[role]));
    },
  };
}

function unavailable(what: string, cause?: unknown): ParityError {
  return new ParityError('broker_unavailable', `The broker's management API ${what}; try again.`, { cause });
}
