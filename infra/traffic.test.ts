import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parities, peerOf } from '../domain/parity.ts';
import { flows, groupNames, ports } from './traffic.ts';

const to = (target: string) => flows.filter(flow => flow.to === target).map(flow => flow.from);

describe('flows', () => {
  it('say each way once, with a reason that AWS takes as a description', () => {
    const ways = flows.map(({ from, to, port }) => `${from} ${to} ${port}`);
    assert.equal(new Set(ways).size, ways.length);
    // Amazon EC2 API, IpRange: letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*
    for (const { why } of flows) assert.match(why, /^[\w .:/()#,@[\]+=&;{}!$*-]{10,255}$/);
  });

  it('let the world in only at the two entries, over TLS', () => {
    const open = flows.filter(flow => flow.from === 'world');
    assert.deepEqual(
      open.map(({ to, port }) => `${to} ${port}`),
      parities.map(parity => `entry-${parity} 443`),
    );
  });

  it('let every group be reached, and name no group that is not made', () => {
    for (const group of groupNames) {
      if (!/^(runner|rotation-.*|.*-rotation)$/.test(group))
        assert.notEqual(to(group).length, 0, `${group} cannot be reached`);
    }
  });

  it('open files, rows and queues to the nodes of both clusters and to nobody else', () => {
    const nodes = parities.map(parity => `nodes-${parity}`).sort();
    for (const group of ['spool', 'vault', 'cache'])
      assert.deepEqual([...new Set(to(group))].sort(), nodes, group);
    assert.deepEqual([...new Set(to('database'))].sort(), ['database-rotation', ...nodes]);
    for (const parity of parities) {
      const queues = flows.filter(flow => flow.to === `broker-${parity}` && flow.port === ports.amqps);
      assert.deepEqual(queues.map(({ from }) => from).sort(), nodes);
      assert.deepEqual([...new Set(to(`broker-${parity}`))].sort(), [...nodes, `rotation-${parity}`]);
    }
  });

  it('are the same for both clusters when the words are swapped', () => {
    const swap = (text: string) =>
      text.replace(/-(odd|even)$/, (_, parity: 'odd' | 'even') => `-${peerOf(parity)}`);
    const ways = flows.map(({ from, to, port, why }) => [from, to, port, why].join(' | ')).sort();
    const swapped = flows
      .map(({ from, to, port, why }) => [swap(from), swap(to), port, why].join(' | '))
      .sort();
    assert.deepEqual(swapped, ways);
  });
});
