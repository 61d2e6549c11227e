import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { readConfig } from '../../services/kit/config.ts';
import { ownContract } from '../releases/contract/release-contract.ts';
import { statePaths } from '../state/state-paths.ts';
import { serviceEnvironment, type ServiceSurroundings } from './service-environment.ts';

const around: ServiceSurroundings = {
  prepared: {
    release: parseRelease('1'),
    fault: undefined,
    contract: ownContract,
  },
  paths: statePaths('/state'),
  place: { services: ['storage'], port: 7102 },
  publicUrl: 'http://127.0.0.1:8080',
  brokerUrls: { odd: 'amqp://odd', even: 'amqp://even' },
  databaseUrl: 'mongodb://database',
  fcmUrl: 'http://127.0.0.1:8083',
  keeperUrl: 'http://127.0.0.1:7000',
  env: {},
};

describe('serviceEnvironment', () => {
  it('is a whole configuration of the services', () => {
    const config = readConfig(serviceEnvironment('even', around));
    assert.equal(config.cluster, 'even');
    assert.equal(config.release, '1');
    assert.deepEqual(config.services, ['storage']);
    assert.deepEqual(config.listen, { host: '127.0.0.1', port: 7102 });
    assert.equal(config.uses.broker?.urls.even.reveal(), 'amqp://even');
    assert.equal(config.uses.vault?.masterKey, '/state/keys/master.json');
  });

  it('hands on what may be set for services, and nothing else', () => {
    const env = { PARITY_SWEEP_AFTER_MS: '500', PARITY_PORT: '9000', HOME: '/home/anna' };
    const given = serviceEnvironment('odd', { ...around, env });
    assert.equal(given['PARITY_SWEEP_AFTER_MS'], '500');
    assert.equal('PARITY_PORT' in given || 'HOME' in given || 'PARITY_CRASH_FILE' in given, false);
  });

  it('is that of the release, not ours: a new variable is handed on, and one that is missing named', () => {
    const contract = {
      ...around.prepared.contract,
      environmentOf: () => ({ required: ['PARITY_CLUSTER', 'PARITY_OCR_URL'], optional: ['PARITY_FAULT'] }),
    };
    const prepared = { release: parseRelease('2'), fault: 'errors=5%', contract };
    const env = { PARITY_OCR_URL: 'http://ocr', PARITY_FAULT: 'crash' };
    assert.deepEqual(serviceEnvironment('odd', { ...around, prepared, env }), {
      PARITY_CLUSTER: 'odd',
      PARITY_OCR_URL: 'http://ocr',
      PARITY_FAULT: 'errors=5%',
    });
    assert.throws(() => serviceEnvironment('odd', { ...around, prepared }), {
      code: 'release_unfit',
      message: 'Release 2 wants PARITY_OCR_URL, of which this pair knows nothing: set it for npm start.',
    });
  });
});
