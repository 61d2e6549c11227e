import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../../domain/release.ts';
import { silentLog, type Log } from '../logger.ts';
import { manualClock } from '../manual-clock.ts';
import { createMetrics } from '../metrics.ts';
import { brokerMetrics } from './broker-metrics.ts';
import { FakeBrokers } from './fake-broker.ts';
import { recordConsumption } from './recorded-consumption.ts';

function observed() {
  const metrics = createMetrics({ cluster: 'odd', release: parseRelease('1'), clock: manualClock() });
  const alarms: unknown[] = [];
  const log: Log = { ...silentLog, error: ({ alarm }) => alarms.push(alarm) };
  const observer = brokerMetrics({ metrics, log });
  /** The series that are not 0. */
  const counted = async () =>
    (await metrics.render()).text
      .replaceAll(',cluster="odd",release="1"', '')
      .split('\n')
      .filter(line => /^parity_\w+_(total|count)\b/.test(line) && !line.endsWith(' 0'));
  return { observer, alarms, counted };
}

describe('brokerMetrics', () => {
  it('counts what is tried again and what is parked, by kind and why', async () => {
    const { observer, counted } = observed();
    const brokers = new FakeBrokers({ observer });
    const consumption = recordConsumption();
    brokers.inject('odd', 'document.accepted', { payload: Buffer.from('no message') });
    brokers.connect('odd').consume('document.accepted', consumption);
    await consumption.awaitParked();
    await brokers.idle();
    observer.retried('document.stored');
    assert.deepEqual(await counted(), [
      'parity_messages_retried_total{kind="document.stored"} 1',
      'parity_messages_parked_total{kind="document.accepted",why="unreadable"} 1',
    ]);
  });

  it('counts publishes and confirms by broker', async () => {
    const { observer, counted } = observed();
    observer.published('even');
    observer.confirmed('even', 3);
    assert.deepEqual(await counted(), [
      'parity_messages_published_total{broker="even"} 1',
      'parity_message_confirm_seconds_count{cluster="odd",release="1",broker="even"} 1',
    ]);
  });

  it('raises the alarm when a queue that is in use is missing', async () => {
    const { observer, alarms, counted } = observed();
    observer.returned('odd');
    assert.deepEqual(alarms, ['queue_missing']);
    assert.deepEqual(await counted(), ['parity_messages_returned_total{broker="odd"} 1']);
  });
});
