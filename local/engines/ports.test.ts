import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import { choosePorts, reservePorts } from './ports.ts';

describe('choosePorts', () => {
  it('chooses different ones, of which none can become that of an outgoing connection', async () => {
    const ports = Object.values(await choosePorts('x', ['a', 'b', 'c'] as const));
    const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    const [first = 0] = range.split(/\s+/).map(Number);
    assert.equal(new Set(ports).size, 3);
    assert.ok(
      ports.every(port => port > 1023 && port < first),
      `${ports.join(', ')} of below ${first}`,
    );
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
  it('chooses none twice, though nobody listens there yet', async () => {
    const chosen = new Set<number>();
    for (let time = 0; time < 1_000; time++) chosen.add((await choosePorts('x', ['a'] as const)).a);
    assert.equal(chosen.size, 1_000);
  });
  it('chooses none that is reserved: with every quiet port taken, the system chooses', async () => {
    const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    const [first = 0] = range.split(/\s+/).map(Number);
    reservePorts(Array.from({ length: first }, (_, port) => port));
    const { a } = await choosePorts('x', ['a'] as const);
    assert.ok(a >= first, `${a} of ${first} and above`);
  });
});
