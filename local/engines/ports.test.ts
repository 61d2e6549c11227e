import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import { choosePorts } from './ports.ts';

describe('choosePorts', () => {
  it('asks the operating system for different ones', async () => {
    const ports = await choosePorts('x', ['a', 'b', 'c'] as const);
    assert.equal(new Set(Object.values(ports)).size, 3);
    assert.ok(Object.values(ports).every(port => port > 1023));
  });
  it('keeps those that are given', async () => {
    const { a } = await choosePorts('x', ['a'] as const);
    const ports = await choosePorts('x', ['free', 'given'] as const, { given: a });
    assert.equal(ports.given, a);
    assert.notEqual(ports.free, a);
  });
  it('names a port that is taken, who wants it and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await assert.rejects(choosePorts('RabbitMQ odd', ['amqp'] as const, { amqp: port }), error => {
      assert.ok(isParityError(error, 'port_taken'));
      assert.match(
        error.message,
        new RegExp(`^Port ${port}, wanted by RabbitMQ odd, is taken\\. End what listens`),
      );
      return true;
    });
    server.close();
  });
});
