import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { ParityError } from '../domain/errors.ts';
import { fakeCli } from './fake-world.ts';
import { runCli } from './program.ts';

const nobody = () => new Response(null, { status: 404 });

describe('the command line', () => {
  it('teaches a first walk with --help', async context => {
    const { run } = await fakeCli(context);
    const { code, out } = await run('--help');
    assert.equal(code, 0);
    for (const step of ['npm start', 'send samples/licence.jpg', 'local kill odd', 'local heal odd']) {
      assert.match(out, new RegExp(step));
    }
  });

  it('teaches each command by examples', async context => {
    const { run } = await fakeCli(context);
    const papers = ['start', 'status', 'send', 'document', 'revoke', 'token', 'logs'];
    const releases = ['plan', 'history', 'ship', 'promote', 'shift', 'rollback', 'abort', 'turn', 'drill'];
    const ofGroups = {
      local: ['kill', 'heal', 'rotate'],
      parked: ['list', 'show', 'replay', 'drop'],
      beta: ['add', 'remove', 'list'],
    };
    const groups = Object.entries(ofGroups).flatMap(([group, names]) => [
      [group],
      ...names.map(name => [group, name]),
    ]);
    for (const command of [...[...papers, ...releases].map(name => [name]), ...groups]) {
      const { code, out } = await run(...command, '--help');
      assert.equal(code, 0, command.join(' '));
      assert.match(out, new RegExp(`^Usage: parity ${command.join(' ')}`));
      assert.match(out, /Examples?:\n {2}\$ /);
    }
  });

  it('answers a wrong usage with 2, and says what is right', async context => {
    const { run } = await fakeCli(context);
    const said = async (...args: string[]) => {
      const { code, err } = await run(...args);
      assert.equal(code, 2, args.join(' '));
      return err;
    };
    assert.match(await said('statsu'), /^parity: unknown command 'statsu'\s+\(Did you mean status\?\)/);
    assert.match(await said('local', 'kill', 'left'), /Allowed choices are odd, even, database, peer-link/);
    assert.match(
      await said('local', 'kill', 'odd', '--what', 'phones'),
      /services, gateway, keeper, broker, all/,
    );
    assert.match(await said('token'), /missing required argument 'user'/);
    assert.match(await said('logs', '-n', 'many'), /^parity: 'many' is no count\. Give a whole number\./);
    assert.match(await said(), /Say what to do/);
  });

  it('tells errors as JSON to programs', async context => {
    const { run } = await fakeCli(context);
    const { code, out, err } = await run('status', '--json');
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.deepEqual(JSON.parse(err), {
      error: { code: 'not_running', message: 'Parity is not running here: start it with npm start.' },
    });
    assert.equal(
      (JSON.parse((await run('--json', 'statsu')).err) as { error: { code: string } }).error.code,
      'invalid_request',
    );
    for (const args of [['local'], ['help', 'statsu'], []])
      assert.deepEqual(JSON.parse((await run('--json', ...args)).err), {
        error: { code: 'invalid_request', message: 'Say what to do.' },
      });
  });
});

describe('a state folder that is none', () => {
  it('is told as what it is, and not as a fault of the CLI', async context => {
    const { run, world } = await fakeCli(context, nobody);
    await rm(world.paths.logFolder, { recursive: true, force: true });
    await writeFile(world.paths.logFolder, 'no folder');
    const { code, err } = await run('logs', 'odd', '--json');
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(err), {
      error: {
        code: 'file_unavailable',
        message: `${world.paths.logs.odd}.1 cannot be used: a part of that path is no folder (ENOTDIR). Move that away, or choose another place.`,
      },
    });
  });
});

describe('--why', () => {
  it('is one line that the record can carry', async context => {
    const { run } = await fakeCli(context, nobody);
    const orders = [
      ['turn'],
      ['abort'],
      ['rollback'],
      ['promote'],
      ['resume'],
      ['shift', '5'],
      ['ship', '2'],
    ];
    for (const order of orders) {
      for (const why of ['', ' ', 'two\nlines', 'x'.repeat(501)]) {
        const { code, err } = await run(...order, '--why', why);
        assert.equal(code, 2, order.join(' '));
        assert.match(err, /Say why in one line of at most 500 characters, or leave --why out\./);
      }
    }
  });
});

describe('parity token', () => {
  it('prints nothing but the token', async context => {
    const { run } = await fakeCli(context, nobody);
    const { code, out } = await run(
      'token',
      'otto',
      '--role',
      'admin',
      '--role',
      'agent',
      '--cohort',
      'beta',
    );
    assert.equal(code, 0);
    const { sub, roles, cohorts } = decodeJwt(out);
    assert.deepEqual({ sub, roles, cohorts }, { sub: 'otto', roles: ['admin', 'agent'], cohorts: ' beta ' });
  });

  it('makes a driver of whom no role is said', async context => {
    const { run } = await fakeCli(context, nobody);
    const { token } = JSON.parse((await run('token', 'anna', '--json')).out) as { token: string };
    assert.deepEqual(decodeJwt(token)['roles'], ['driver']);
  });

  it('refuses a role that nobody has', async context => {
    const { run } = await fakeCli(context, nobody);
    const { code, err } = await run('token', 'anna', '--role', 'root');
    assert.equal(code, 2);
    assert.match(err, /Allowed choices are driver, agent, admin/);
  });

  it('needs a pair that was started once', async context => {
    const { run } = await fakeCli(context);
    const { code, err } = await run('token', 'anna');
    assert.deepEqual([code, err], [1, 'parity: There are no keys yet: start Parity once with npm start.']);
  });
});

describe('parity beta add', () => {
  it('is pointed to when it is used wrongly, and not what is above it', async context => {
    const { run } = await fakeCli(context, nobody);
    const help = async (...args: string[]) => /\(see (.*)\)$/.exec((await run(...args)).err)?.[1];
    assert.equal(await help('beta', 'add'), './parity beta add --help');
    assert.equal(await help('beta', 'add', 'list', '--never'), './parity beta add --help');
    assert.equal(await help('beta', 'ad'), './parity beta --help');
    assert.equal(await help('ship'), './parity ship --help');
    assert.equal(await help('shop'), './parity --help');
  });

  for (const day of ['2099-02-31', '2099-13-01', 'tomorrow', '2099-1-1']) {
    it(`refuses ${day}, which is no day`, async context => {
      const { run } = await fakeCli(context, nobody);
      const { code, err } = await run('beta', 'add', 'anna', '--until', day);
      assert.equal(code, 2);
      assert.match(err, /Give a day such as 2027-01-31/);
    });
  }
});

describe('parity start', () => {
  it('names a taken port before it starts anything', async context => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    context.after(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    const { world } = await fakeCli(context);
    const errors: string[] = [];
    const env = { PARITY_PORT: String(port) };
    const code = await runCli(['start'], { ...world, env, mention: line => errors.push(line) });
    assert.equal(code, 1);
    assert.match(
      errors.join('\n'),
      new RegExp(`^parity: Taken on 127.0.0.1: port ${port} \\(the front door\\)`),
    );
  });
});

describe('parity logs', () => {
  const line = {
    level: 'info',
    time: '2026-11-22T06:29:11.415Z',
    cluster: 'odd',
    release: '1',
    service: 'services',
  };

  it('shows the last lines for people', async context => {
    const { run, world } = await fakeCli(context);
    await mkdir(dirname(world.paths.logs.odd), { recursive: true });
    const said = { ...line, document: 'd1', error: { message: 'no disk' }, message: 'Stored.' };
    await writeFile(world.paths.logs.odd, `not JSON\n${JSON.stringify(said)}\n`);
    const { out } = await run('logs', 'odd', '-n', '2');
    assert.equal(out, 'odd  not JSON\n06:29:11.415 odd  info  Stored. document=d1 error="no disk"');
  });

  it('gives programs the lines as they are, and nothing where there is no log', async context => {
    const { run, world } = await fakeCli(context);
    await mkdir(dirname(world.paths.logs.even), { recursive: true });
    await writeFile(world.paths.logs.even, `${JSON.stringify(line)}\n`);
    assert.equal((await run('logs', '--json')).out, JSON.stringify(line));
  });

  it('follows a log from where it began, also when it is put aside', async context => {
    const { world } = await fakeCli(context);
    const file = world.paths.logs.odd;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'one\ntwo\nthr');
    const meanwhile = [
      () => appendFile(file, 'ee\nfour\n'),
      () => rename(file, `${file}.1`).then(() => writeFile(file, 'five\n')),
      () => Promise.reject(new ParityError('internal', 'That was all.')),
    ];
    const out: string[] = [];
    const clock = { ...world.clock, delay: async () => void (await meanwhile.shift()?.()) };
    await runCli(['logs', 'odd', '-f', '-n', '1'], { ...world, clock, print: line => out.push(line) });
    assert.deepEqual(out, ['odd  two', 'odd  three', 'odd  four', 'odd  five']);
  });
});
