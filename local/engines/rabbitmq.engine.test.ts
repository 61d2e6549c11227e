import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'amqplib';
import type { ChannelModel } from 'amqplib';
import type { ProcessIdentity } from './process-tree.ts';
import { processTree, stillLiving } from './process-tree.ts';
import { startRabbitMq } from './rabbitmq.ts';
import type { RunningBroker } from './rabbitmq.ts';
import { isInRange } from './version-range.ts';

const machine = { env: process.env, progress: (line: string) => void process.stderr.write(`${line}\n`) };

async function withConnection<T>(
  { url }: RunningBroker,
  use: (model: ChannelModel) => Promise<T>,
): Promise<T> {
  const model = await connect(url);
  // Brokers die here on purpose.
  model.on('error', () => {});
  return use(model).finally(() => model.close().catch(() => {}));
}

const publish = (broker: RunningBroker, text: string) =>
  withConnection(broker, async model => {
    const channel = await model.createConfirmChannel();
    await channel.assertQueue('papers', { durable: true });
    channel.sendToQueue('papers', Buffer.from(text), { persistent: true });
    await channel.waitForConfirms();
  });

const take = (broker: RunningBroker) =>
  withConnection(broker, async model => {
    const channel = await model.createChannel();
    const message = await channel.get('papers', { noAck: true });
    return message && message.content.toString();
  });

/** Resolves when none of them lives; the test's own time limit is the deadline. */
async function gone(processes: readonly ProcessIdentity[]): Promise<void> {
  while ((await stillLiving(processes)).length > 0) await pause(20);
}

describe('startRabbitMq', { timeout: 600_000 }, () => {
  let folder = '';
  let odd: RunningBroker;
  let even: RunningBroker;
  const start = (name: string, ports?: RunningBroker['ports']) =>
    startRabbitMq({ machine, name, folder: join(folder, name), ...(ports ? { ports } : {}) });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parity-rabbitmq-'));
    [odd, even] = await Promise.all([start('odd'), start('even')]);
  });
  after(async () => {
    await Promise.all([odd.stop(), even.stop()]);
    await rm(folder, { recursive: true });
  });

  it('starts two at once, of a version that we know', () => {
    for (const broker of [odd, even])
      assert.ok(isInRange(broker.version, { from: '4.2', below: '5' }), broker.version);
  });

  it('answers on the management API, to its own user alone', async () => {
    const { origin, username, password } = new URL(odd.managementUrl ?? '');
    const ask = (key: string) =>
      fetch(`${origin}/api/overview`, { headers: { authorization: `Basic ${btoa(`${username}:${key}`)}` } });
    const overview = (await (await ask(password)).json()) as { rabbitmq_version: string };
    assert.equal(overview.rabbitmq_version, odd.version);
    assert.equal((await ask('guess')).status, 401);
  });

  it('refuses what Amazon MQ refuses: transient queues that outlive their connection', async () => {
    const model = await connect(odd.url);
    const refused = once(model, 'error') as Promise<[Error]>;
    const channel = await model.createChannel();
    channel.on('error', () => {});
    const fleeting = { durable: false, arguments: { 'x-queue-type': 'classic' } };
    await assert.rejects(channel.assertQueue('fleeting', fleeting));
    assert.match((await refused)[0].message, /^Connection closed: 541 /);
  });

  it('leaves no process when it is stopped, and keeps what it had', async () => {
    await publish(odd, 'kept');
    const tree = await processTree(odd.pid ?? 0);
    await odd.stop();
    assert.deepEqual(await stillLiving(tree), []);
    odd = await start('odd', odd.ports);
    assert.equal(await take(odd), 'kept');
  });

  // A quorum queue that is killed within its first second forgets even confirmed messages (Ra writes its directory
  // of queues only every half second), so this one has been through an orderly stop before.
  it('keeps a confirmed message over kill -9 and restart, on the same ports; the other broker notices nothing', async () => {
    await publish(odd, 'paper');
    const others = await processTree(even.pid ?? 0);
    await odd.kill();
    assert.equal(await odd.exited, 'RabbitMQ odd ended with SIGKILL');
    assert.deepEqual(await stillLiving(others), others);
    await publish(even, 'other paper');
    odd = await start('odd', odd.ports);
    assert.equal(await take(odd), 'paper');
    assert.equal(await take(even), 'other paper');
  });

  it('says that the folder is in use', async () => {
    await assert.rejects(start('odd'), {
      code: 'already_running',
      message: new RegExp(
        `^RabbitMQ odd: process ${odd.pid} works in .*End it \\(kill ${odd.pid}\\) or choose another`,
      ),
    });
  });

  it('does not outlive the process that started it', async () => {
    await odd.stop();
    const script = `
      import { startRabbitMq } from ${JSON.stringify(join(import.meta.dirname, 'rabbitmq.ts'))};
      const machine = { env: process.env, progress: () => {} };
      const broker = await startRabbitMq({ machine, name: 'odd', folder: ${JSON.stringify(join(folder, 'odd'))} });
      console.log(broker.pid);`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    const tree = await processTree(Number(pid.toString()));
    assert.notDeepEqual(tree, []);
    parent.kill('SIGKILL');
    await gone(tree);
    odd = await start('odd');
  });
});
