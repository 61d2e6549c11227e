import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../domain/release.ts';
import type { Upload } from './fleet/upload.ts';
import { whereUsersWent } from './kept-release.ts';

/** A paper of `user` that was taken by its last try. */
function paper(user: string, sentAt: number, ...servedBy: string[]): Upload {
  const tries = servedBy.map((by, at) => ({
    ...{ sentAt: sentAt + at * 100, ms: 20, servedBy: by },
    status: at === servedBy.length - 1 ? 202 : 0,
  }));
  return { user, key: 'k', sha256: 'abc', bytes: 3, tries, id: 'a' };
}

const [one, two] = [parseRelease('1'), parseRelease('2')];
const testers = ['anna', 'ben'];
const fault = {
  ...{ fromMs: 1_000, untilMs: 2_000, live: one },
  releaseOf: (user: string) => (testers.includes(user) ? two : one),
};

describe('whereUsersWent', () => {
  it('tells who stayed, whom the live release helped out, and who was elsewhere', () => {
    const uploads = [
      paper('anna', 1_500, '', 'even/2'),
      ...[paper('ben', 1_200, 'even/2'), paper('ben', 1_500, 'odd/1')],
      paper('carl', 1_500, 'even/2'),
    ];
    assert.deepEqual(whereUsersWent(uploads, fault), {
      ...{ kept: 1, onLive: 1 },
      elsewhere: ['carl, who is on 1: 2'],
    });
  });

  it('leaves out what was sent before and after', () => {
    const uploads = [paper('anna', 500, 'odd/1'), paper('anna', 2_500, 'odd/1')];
    assert.deepEqual(whereUsersWent(uploads, fault), { kept: 0, onLive: 0, elsewhere: [] });
  });
});
