import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../domain/release.ts';
import type { Reprocessed } from '../domain/reprocessed.ts';
import { reprocessRelease } from './reprocess-release.ts';

describe('reprocessRelease', () => {
  it('asks for page after page, and adds up', async () => {
    const pages: Reprocessed[] = [
      { redone: 2, unchanged: 1, impossible: [], next: '2026-11-27T00:00:00.000Z/a' },
      { redone: 0, unchanged: 0, impossible: [{ document: 'a', why: 'gone' }] },
    ];
    const asked: string[] = [];
    const api = {
      ask: async ({ method, path }: { method?: string; path: string }) => {
        asked.push(`${method} ${path}`);
        return { status: 200, json: pages.shift(), servedBy: 'odd/1', attempts: 1 };
      },
    };
    const looked: number[] = [];
    const total = await reprocessRelease(api, parseRelease('43'), soFar => looked.push(soFar.looked));
    assert.deepEqual(total, {
      looked: 4,
      redone: 2,
      unchanged: 1,
      impossible: [{ document: 'a', why: 'gone' }],
    });
    assert.deepEqual(looked, [3, 4]);
    assert.deepEqual(asked, [
      'POST /v1/admin/releases/43/reprocess',
      'POST /v1/admin/releases/43/reprocess?after=2026-11-27T00%3A00%3A00.000Z%2Fa',
    ]);
  });
});
