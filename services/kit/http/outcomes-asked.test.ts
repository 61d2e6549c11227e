import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../../domain/errors.ts';
import { timedDocumentId } from '../../../domain/document-id.ts';
import { maxOutcomesAsked } from '../../../domain/outcomes.ts';
import { systemClock } from '../ports.ts';
import { readOutcomesAsked } from './outcomes-asked.ts';
import { served } from './test-server.ts';

const idOf = (index: number) => timedDocumentId({ nowMs: index, random: new Uint8Array(10) });
const ids = (count: number) => Array.from({ length: count }, (_, index) => idOf(index));

/** A server that says which documents it was asked about. */
const asked = (outcomes: () => void = () => {}) => ({
  outcomes: async ({ body }: { body: () => AsyncIterable<Buffer> }) => {
    outcomes();
    return { status: 200, json: await readOutcomesAsked(body(), systemClock) };
  },
});

describe('what is asked inside the cluster', () => {
  it('needs no token, and is counted under its own name', async test => {
    const { fetch, seen } = await served(test, asked());
    const answer = await fetch('/outcomes/documents', {
      method: 'POST',
      body: JSON.stringify({ ids: ids(maxOutcomesAsked) }),
    });
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), ids(maxOutcomesAsked));
    assert.deepEqual(
      seen.map(({ route }) => route),
      ['storage.outcomes'],
    );
  });

  it('answers 503 with its code while a dependency is away', async test => {
    const { fetch } = await served(
      test,
      asked(() => {
        throw new ParityError('database_unavailable', 'The database does not answer.', { retryAfterS: 5 });
      }),
    );
    const answer = await fetch('/outcomes/documents', { method: 'POST', body: '{"ids":[]}' });
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5']);
    const { error } = (await answer.json()) as { error: { code: string } };
    assert.equal(error.code, 'database_unavailable');
  });
});

describe('readOutcomesAsked', () => {
  const read = (text: string) => readOutcomesAsked(bodyOf(text), systemClock);

  async function* bodyOf(text: string) {
    yield Buffer.from(text);
  }

  it('takes each document once', async () => {
    assert.deepEqual(await read(JSON.stringify({ ids: [idOf(1), idOf(2), idOf(1)] })), [idOf(1), idOf(2)]);
  });

  it('refuses what is no question', async () => {
    const refusals: [string, RegExp][] = [
      ['no JSON', /A question is \{ "ids": \[ up to 1000 document ids \] \}/],
      ['{}', /A question is/],
      ['{"ids":["../etc"]}', /a document id/],
      [JSON.stringify({ ids: [], more: 1 }), /more/],
      [JSON.stringify({ ids: ids(maxOutcomesAsked + 1) }), /A question is/],
      [' '.repeat(64 * 1024 + 1), /^A question has at most 64 KiB\.$/],
    ];
    for (const [text, message] of refusals) {
      await assert.rejects(read(text), { code: 'invalid_request', message });
    }
  });
});
