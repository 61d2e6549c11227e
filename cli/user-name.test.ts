import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { describe, it } from 'node:test';
import { userName } from './user-name.ts';

describe('userName', () => {
  const nameless = () => {
    throw new TypeError('uv_os_get_passwd returned ENOENT');
  };

  it('is the name that the system has', () => {
    const { username } = userInfo();
    assert.equal(userName({ info: userInfo, env: { USER: 'otto' }, uid: 7 }), username);
  });

  it('is a number where there is none, as in a container', () => {
    assert.equal(userName({ info: nameless, env: {}, uid: 54321 }), 'user 54321');
    assert.equal(userName({ info: nameless, env: { USER: '' }, uid: 54321 }), 'user 54321');
    assert.equal(userName({ info: nameless, env: { USER: 'anna' }, uid: 54321 }), 'anna');
  });
});
