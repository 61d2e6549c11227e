import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import { defaultTokenIssuer } from '../../services/kit/config.ts';
import { createLinks } from '../../services/kit/link.ts';
import { silentLog } from '../../services/kit/logger.ts';
import { systemClock, systemRandom } from '../../services/kit/ports.ts';
import { createTokenVerifier } from '../../services/kit/token-verifier.ts';
import { masterKeyWrapper } from '../../services/storage/vault/master-key.ts';
import { statePaths, type StatePaths } from '../state/state-paths.ts';
import { refuseLostMasterKey } from './lost-master-key.ts';
import { prepareKeys } from './prepare-keys.ts';
import { signAccessToken, type TokenHolder } from './sign-access-token.ts';
import { readTokenSigningKey, rotateTokenSigningKey } from './token-signing-key.ts';

const tokenUri = 'http://127.0.0.1:8083/token';

describe('prepareKeys', () => {
  it('makes every key in the form in which services read it', async context => {
    const { tokenVerifying, links, master } = await preparedKeys(context);
    const world = { clock: systemClock, log: silentLog };
    await createLinks({ keysFile: links, ...world });
    await createTokenVerifier({ keysFile: tokenVerifying, issuer: defaultTokenIssuer, ...world });
    assert.ok(masterKeyWrapper(await readFile(master, 'utf8'), systemRandom));
  });

  it('keeps secrets from everybody else', async context => {
    const { folder } = await preparedKeys(context);
    for (const name of await readdir(folder)) {
      assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600, name);
    }
  });

  it('makes them once', async context => {
    const keys = await preparedKeys(context);
    const before = await contents(keys);
    await prepareKeys(keys, { tokenUri, clock: systemClock, random: systemRandom });
    assert.deepEqual(await contents(keys), before);
  });

  it('refuses each that is damaged, says what is lost without it, and touches nothing', async context => {
    const keys = await preparedKeys(context);
    const lost = {
      fcmAccount: /: delete it, .*: a new account is made, and nothing is lost with the old one\.$/,
      tokenSigning: /: delete it, .*: a new key is made, and tokens of the old one are refused\.$/,
      links: /: put back a copy; or delete it, .*: a new key is made, and every link of before is refused\.$/,
      master:
        /: put back a copy, for what the vault holds opens with it alone \(npm start -- --fresh gives all of that up\)\.$/,
    } as const;
    for (const [name, message] of Object.entries(lost)) {
      const path = keys[name as keyof typeof lost];
      const good = await readFile(path, 'utf8');
      for (const damaged of ['', '{"keys', '{}', '{"keys":[]}']) {
        await writeFile(path, damaged);
        const again = prepareKeys(keys, { tokenUri, clock: systemClock, random: systemRandom });
        await assert.rejects(again, error => {
          assert.ok(isParityError(error, 'invalid_configuration'));
          assert.ok(error.message.startsWith(`${path} is ${damaged === '' ? 'empty' : 'damaged'}`));
          assert.match(error.message, message);
          return true;
        });
        assert.equal(await readFile(path, 'utf8'), damaged);
      }
      await writeFile(path, good);
    }
  });

  it('follows the stand-in when it moves', async context => {
    const keys = await preparedKeys(context);
    await prepareKeys(keys, {
      tokenUri: 'http://127.0.0.1:9003/token',
      clock: systemClock,
      random: systemRandom,
    });
    const account = JSON.parse(await readFile(keys.fcmAccount, 'utf8')) as { token_uri: string };
    assert.equal(account.token_uri, 'http://127.0.0.1:9003/token');
  });
});

describe('refuseLostMasterKey', () => {
  it('lets a new pair make one, and refuses to make another beside documents that need the old one', async context => {
    const paths = await somePaths(context);
    await mkdir(join(paths.vault, '07'), { recursive: true });
    await refuseLostMasterKey(paths);
    await writeFile(join(paths.vault, '07', 'document.1.ab'), 'sealed');
    await assert.rejects(refuseLostMasterKey(paths), {
      code: 'would_lose',
      message: `${paths.keys.master} is gone, and what the vault holds opens with it alone: put back a copy (npm start -- --fresh gives all of that up).`,
    });
    await prepareKeys(paths.keys, { tokenUri, clock: systemClock, random: systemRandom });
    await refuseLostMasterKey(paths);
  });
});

describe('signAccessToken', () => {
  it('says who a user is, and the services believe it', async context => {
    const keys = await preparedKeys(context);
    const token = await sign(keys, { user: 'anna', roles: ['driver', 'admin'], cohorts: ['beta', 'pilot'] });
    assert.deepEqual(await verify(keys, token), {
      sub: 'anna',
      roles: ['driver', 'admin'],
      bucket: '757',
      cohorts: ' beta pilot ',
    });
  });

  it('is good for twelve hours', async context => {
    const keys = await preparedKeys(context);
    const token = await sign(keys, { user: 'anna', roles: ['driver'], cohorts: [] });
    const hoursLater = (hours: number) => ({ ...systemClock, now: () => Date.now() + hours * 3_600_000 });
    await verify(keys, token, hoursLater(11.9));
    await assert.rejects(verify(keys, token, hoursLater(12.1)), { code: 'unauthenticated' });
  });

  it('refuses a cohort that no cluster could route', async context => {
    const keys = await preparedKeys(context);
    await assert.rejects(sign(keys, { user: 'anna', roles: ['driver'], cohorts: ['Beta 1'] }), {
      code: 'invalid_request',
      message: 'A cohort is a small letter, then small letters, digits and dashes: beta.',
    });
  });

  it('refuses a user without a name', async context => {
    const keys = await preparedKeys(context);
    await assert.rejects(sign(keys, { user: '', roles: ['driver'], cohorts: [] }), {
      code: 'invalid_request',
      message: /^A user id has 1 to 255 characters/,
    });
  });
});

describe('rotateTokenSigningKey', () => {
  it('has everybody see the new key before it signs, and believes the old one as long as its tokens last', async context => {
    const keys = await preparedKeys(context);
    const holder = { user: 'anna', roles: ['driver'], cohorts: [] } as const;
    const old = await sign(keys, holder);
    const seen: string[] = [];
    const clock = {
      ...systemClock,
      delay: async () => {
        await verify(keys, await sign(keys, holder));
        seen.push('waited');
      },
    };
    const publish = async (keySet: string) => {
      assert.equal(keySet, await readFile(keys.tokenVerifying, 'utf8'));
      seen.push(`published ${(JSON.parse(keySet) as { keys: unknown[] }).keys.length}`);
    };
    const kid = await rotateTokenSigningKey(keys, { clock, publish });
    assert.deepEqual(seen, ['published 2', 'waited']);
    assert.equal((await readTokenSigningKey(keys)).kid, kid);
    await verify(keys, await sign(keys, holder));
    await verify(keys, old);
    const later = (hours: number) => ({ ...systemClock, now: () => Date.now() + hours * 3_600_000 });
    await prepareKeys(keys, { tokenUri, clock: later(12), random: systemRandom });
    await verify(keys, old);
    await prepareKeys(keys, { tokenUri, clock: later(12.1), random: systemRandom });
    await assert.rejects(verify(keys, old), { code: 'unauthenticated' });
  });
});

describe('readTokenSigningKey', () => {
  it('says that a pair that was never started has no keys', async () => {
    await assert.rejects(readTokenSigningKey(statePaths('/nowhere').keys), {
      code: 'not_running',
      message: 'There are no keys yet: start Parity once with npm start.',
    });
  });
});

async function somePaths(context: TestContext): Promise<StatePaths> {
  const root = await mkdtemp(join(tmpdir(), 'parity-keys-'));
  context.after(() => rm(root, { recursive: true }));
  return statePaths(root);
}

async function preparedKeys(context: TestContext): Promise<StatePaths['keys']> {
  const { keys } = await somePaths(context);
  await prepareKeys(keys, { tokenUri, clock: systemClock, random: systemRandom });
  return keys;
}

async function contents({ folder }: StatePaths['keys']): Promise<string[]> {
  return Promise.all((await readdir(folder)).sort().map(name => readFile(join(folder, name), 'utf8')));
}

async function sign(keys: StatePaths['keys'], holder: TokenHolder): Promise<string> {
  return signAccessToken(holder, { key: await readTokenSigningKey(keys), clock: systemClock });
}

async function verify(keys: StatePaths['keys'], token: string, clock = systemClock) {
  const options = { keysFile: keys.tokenVerifying, issuer: defaultTokenIssuer, clock, log: silentLog };
  return (await createTokenVerifier(options)).verify(`Bearer ${token}`);
}
