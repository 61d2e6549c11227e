import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { createLogger } from './logger.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  const log = createLogger({
    cluster: 'odd',
    release: parseRelease('1'),
    service: 'processor',
    destination: { write: line => void lines.push(line) },
  });
  write(log);
  return lines.map(line => JSON.parse(line) as Record<string, unknown>);
}

describe('createLogger', () => {
  it('writes one line of JSON that says where it comes from', () => {
    const [line] = logged(log => log.info({ document: 'd-1' }, 'Stored.'));
    const { time, ...rest } = line ?? {};
    assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual(rest, {
      level: 'info',
      cluster: 'odd',
      release: '1',
      service: 'processor',
      document: 'd-1',
      message: 'Stored.',
    });
  });

  it('keeps to its level', () => {
    assert.deepEqual(
      logged(log => log.debug({}, 'Nothing to see.')),
      [],
    );
  });

  it('hides fields whose name says that they are secret', () => {
    const [line] = logged(log =>
      log.warn({ authorization: 'Bearer abc', headers: { authorization: 'x' }, device: { token: 'y' } }, 'm'),
    );
    assert.equal(line?.authorization, '[redacted]');
    assert.deepEqual(line?.headers, { authorization: '[redacted]' });
    assert.deepEqual(line?.device, { token: '[redacted]' });
  });

  it('hides what looks like a secret anywhere, also in the cause of an error', () => {
    const cause = new TypeError('connect amqp://user:hunter2@host:5672 failed');
    const error = new TypeError('GET /l/eyJhbGciOiJkaXIifQ..aa.bb.cc with Bearer zzz-yyy', { cause });
    const text = JSON.stringify(logged(log => log.error({ error }, 'Refused.')));
    assert.doesNotMatch(text, /hunter2|eyJ|zzz/);
    assert.match(text, /amqp:\/\/\[redacted\]@host:5672/);
  });

  it('says of an error its name, code, message, stack and cause, and nothing else', () => {
    const error = Object.assign(new TypeError('broken'), { code: 'E1', request: { body: 'private' } });
    const [line] = logged(log => log.error({ error }, 'Failed.'));
    const { name, code, message, stack, ...rest } = line?.error as Record<string, unknown>;
    assert.deepEqual([name, code, message, rest], ['TypeError', 'E1', 'broken', {}]);
    assert.match(String(stack), /logger\.test\.ts/);
  });
});
