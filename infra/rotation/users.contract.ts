import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import type { ServerUsers, Credentials } from './ports.ts';

interface World {
  readonly users: ServerUsers;
  readonly administrator: Credentials;
}

const courier = { username: 'courier', password: 'first-of-courier' };

/** What every ServerUsers must do: RabbitMQ's, the database's, and the fake that stands for both. */
export function usersContract(open: () => World): void {
  it('knows its administrator, and nobody by a wrong password or an unknown name', async () => {
    const { users, administrator } = open();
    assert.equal(await users.roleOf(administrator), 'administrator');
    assert.equal(await users.roleOf({ ...administrator, password: 'wrong' }), undefined);
    assert.equal(await users.roleOf({ username: 'nobody', password: 'wrong' }), undefined);
  });

  it('makes a user of a role, again and with another password too', async () => {
    const { users, administrator } = open();
    await users.put(administrator, courier, 'service');
    await users.put(administrator, courier, 'service');
    assert.equal(await users.roleOf(courier), 'service');
    const later = { ...courier, password: 'second-of-courier' };
    await users.put(administrator, later, 'service');
    assert.equal(await users.roleOf(courier), undefined);
    assert.equal(await users.roleOf(later), 'service');
  });

  it('lets an administrator change his own password', async () => {
    const { users, administrator } = open();
    const later = { ...administrator, password: 'second-of-administrator' };
    await users.put(administrator, later, 'administrator');
    assert.equal(await users.roleOf(administrator), undefined);
    assert.equal(await users.roleOf(later), 'administrator');
    await users.put(later, administrator, 'administrator');
    assert.equal(await users.roleOf(administrator), 'administrator');
  });
}

/** What they must do besides where roles are kept apart: the database that tests have lets everybody do everything. */
export function rolesContract(open: () => World): void {
  it('takes no user from a service', async () => {
    const { users, administrator } = open();
    await users.put(administrator, courier, 'service');
    await assert.rejects(
      users.put(courier, { username: 'friend', password: 'of-courier' }, 'administrator'),
      (error: unknown) => isParityError(error, 'forbidden') && /refuses courier/.test(error.message),
    );
    assert.equal(await users.roleOf({ username: 'friend', password: 'of-courier' }), undefined);
  });
}
