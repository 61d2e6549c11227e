import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { choosePorts } from '../engines/ports.ts';
import { takePorts, pairPorts } from './pair-ports.ts';

describe('pairPorts', () => {
  it('follow the front door’s, which is 8080 when nobody says otherwise', () => {
    const expected = { front: 8080, gateways: { odd: 8081, even: 8082 }, phones: 8083 };
    assert.deepEqual(pairPorts(undefined), expected);
    assert.deepEqual(pairPorts(''), expected);
    assert.equal(pairPorts('9000').phones, 9003);
  });

  it('refuse what is no port with three after it', () => {
    for (const given of ['0', '65533', 'http', '80.5', '-1', '8e3', '0x50', ' ']) {
      assert.throws(() => pairPorts(given), {
        code: 'invalid_configuration',
        message: `PARITY_PORT must be a port from 1 to 65532, not "${given}".`,
      });
    }
  });
});

describe('takePorts', () => {
  it('names every taken port, whose it would be, and what to do', async context => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const ports = { front: port, gateways: { odd: 0, even: port }, phones: 0 };
    await assert.rejects(takePorts(ports), {
      code: 'port_taken',
      message:
        `Taken on 127.0.0.1: port ${port} (the front door), ${port} (even's gateway). End what listens there ` +
        '(ss -ltnp shows it), or start on others: PARITY_PORT=9080 npm start takes 9080 to 9083.',
    });
  });

  it('keeps free ones for the pair', async () => {
    const kept = new Set<number>();
    for (let front = 20_000; front < 22_000; front += 4) {
      const ports = { front, gateways: { odd: front + 1, even: front + 2 }, phones: front + 3 };
      const had = await takePorts(ports).then(
        () => [0, 1, 2, 3],
        () => [],
      );
      for (const offset of had) kept.add(front + offset);
    }
    assert.ok(kept.size > 1_000, `${kept.size} were free`);
    for (let time = 0; time < 500; time++) {
      const { port } = await choosePorts('an engine', ['port'] as const);
      assert.ok(!kept.has(port), String(port));
    }
  });

  it('leaves free ports free', async () => {
    const ports = { front: 0, gateways: { odd: 0, even: 0 }, phones: 0 };
    await takePorts(ports);
    await takePorts(ports);
  });
});
