import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serviceNames } from './catalogue.ts';
import { resources } from './resources.ts';

describe('resources', () => {
  it('keep less free than they allow', () => {
    for (const name of serviceNames) {
      const { requests, limits } = resources[name];
      assert.ok(requests.memoryMiB < limits.memoryMiB, name);
    }
  });
});
