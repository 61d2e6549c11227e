import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import type { BrokerUsers, Credentials } from './ports.ts';

/** What every BrokerUsers must do: RabbitMQ's, and the fake that stands for it. */
export function brokerUsersContract(open: () => { users: BrokerUsers; administrator: Credentials }): void {
  const courier = { username: 'courier', password: 'first-of-courier' };

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
    const chief = { username: 'chief', password: 'first-of-chief' };
    await users.put(administrator, chief, 'administrator');
    await users.put(chief, { ...chief, password: 'second-of-chief' }, 'administrator');
    assert.equal(await users.roleOf({ ...chief, password: 'second-of-chief' }), 'administrator');
  });

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
