import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Call, Handlers } from './exchange.ts';

type Show = Call<{ method: 'GET'; path: '/v1/documents/:id/content'; access: 'user'; class: 'content' }>;
type Open = Call<{ method: 'GET'; path: '/l/:token'; access: 'public'; class: 'link' }>;

// What must not compile, checked by tsc: an expected error that is none is one.
describe('Handlers', () => {
  it('must have one for every route of the catalogue, and none beside', () => {
    // @ts-expect-error accept is missing
    const forgetful: Handlers<'processor'> = {};
    const accept = () => ({ status: 202, json: {} });
    // @ts-expect-error the catalogue has no such route
    const inventive: Handlers<'processor'> = { accept, invented: accept };
    assert.deepEqual([Object.keys(forgetful), Object.keys(inventive)], [[], ['accept', 'invented']]);
  });

  it('know the names in their path, and whether there is a caller', () => {
    const id = ({ params, claims }: Pick<Show, 'params' | 'claims'>) => `${claims.sub}/${params.id}`;
    // @ts-expect-error the path has no :name
    const name = ({ params }: Pick<Show, 'params'>): unknown => params.name;
    const nobody = ({ claims }: Pick<Open, 'claims'>): undefined => claims;
    const claims = { sub: 'u', roles: [], bucket: '001', cohorts: ' ' } as unknown as Show['claims'];
    const params = { id: '7' };
    assert.deepEqual(
      [id({ params, claims }), name({ params }), nobody({ claims: undefined })],
      ['u/7', undefined, undefined],
    );
  });
});
