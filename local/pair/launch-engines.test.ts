import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { systemClock } from '../../services/kit/ports.ts';
import { statePaths } from '../state/state-paths.ts';
import { allEngines, launchEngines } from './launch-engines.ts';

describe('launchEngines', () => {
  it('takes a database that is given with all hosts of its replica set', async context => {
    const server = createServer(socket => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => server.close());
    const at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const url = `mongodb://u:p@${at},${at}/?replicaSet=rs0`;
    const env = {
      PARITY_MONGODB_URL: url,
      PARITY_RABBITMQ_ODD_URL: 'none',
      PARITY_RABBITMQ_EVEN_URL: 'none',
      PARITY_PROMETHEUS_URL: 'none',
    };
    const machine = { env, progress: () => {} };
    const engines = launchEngines({ paths: statePaths('/nowhere'), machine, clock: systemClock });
    context.after(() => Promise.all(allEngines(engines).map(engine => engine.stop())));
    assert.equal((await engines.database.started()).url, url);
  });
});
