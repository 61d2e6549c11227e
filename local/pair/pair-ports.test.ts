import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { checkPorts, pairPorts } from './pair-ports.ts';

describe('pairPorts', () => {
  it('follow the front door’s, which is 8080 when nobody says otherwise', () => {
    const expected = { front: 8080, gateways: { odd: 8081, even: 8082 }, phones: 8083 };
    assert.deepEqual(pairPorts(undefined), expected);
    assert.deepEqual(pairPorts(''), expected);
    assert.equal(pairPorts('9000').phones, 9003);
  });

  it('refuse what is no port with three after it', () => {
    for (const given of ['0', '65533', 'http', '80.5', '-1']) {
      assert.throws(() => pairPorts(given), {
        code: 'invalid_configuration',
        message: `PARITY_PORT must be a port from 1 to 65532, not "${given}".`,
      });
    }
  });
});

describe('checkPorts', () => {
  it('names every taken port, whose it would be, and what to do', async context => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const ports = { front: port, gateways: { odd: 0, even: port }, phones: 0 };
    await assert.rejects(checkPorts(ports), {
      code: 'port_taken',
      message:
        `Taken on 127.0.0.1: port ${port} (the front door), ${port} (even's gateway). End what listens there ` +
        '(ss -ltnp shows it), or start on others: PARITY_PORT=9080 npm start takes 9080 to 9083.',
    });
  });

  it('leaves free ports free', async () => {
    const ports = { front: 0, gateways: { odd: 0, even: 0 }, phones: 0 };
    await checkPorts(ports);
    await checkPorts(ports);
  });
});
