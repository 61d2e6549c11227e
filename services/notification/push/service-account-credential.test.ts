import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { createServiceAccount, publicAccount } from '../../../local/fcm/service-account.ts';
import { createTokenEndpoint } from '../../../local/fcm/token-endpoint.ts';
import type { ApiAnswer } from '../../../local/fcm/google-error.ts';
import { systemClock, systemRandom } from '../../kit/ports.ts';
import { createServiceAccountCredential } from './service-account-credential.ts';

const time = { monotonic: 0, now: systemClock.now() };
const clock = { ...systemClock, monotonic: () => time.monotonic, now: () => time.now };

let asked = 0;
let reply: (form: string) => Promise<ApiAnswer> | ApiAnswer;
const server = createServer((request, response) => {
  void text(request)
    .then(form => reply(form))
    .then(({ status, body }) => {
      asked += 1;
      response.writeHead(status).end(JSON.stringify(body));
    });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const tokenUri = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/token`;
const account = await createServiceAccount({ projectId: 'parity-test', tokenUri });
after(() => server.close());

/** A credential against the stand-in's endpoint, with nothing kept yet. */
function aCredential(key = account) {
  const google = createTokenEndpoint({
    account: publicAccount(account),
    audience: tokenUri,
    clock,
    random: systemRandom,
  });
  reply = form => google.exchange(form);
  asked = 0;
  return createServiceAccountCredential(key, clock);
}

describe('createServiceAccountCredential', () => {
  it('asks once for all who come meanwhile, and keeps the token', async () => {
    const credential = aCredential();
    const tokens = await Promise.all([credential.token(), credential.token(), credential.token()]);
    assert.equal(new Set([...tokens, await credential.token()]).size, 1);
    assert.equal(asked, 1);
  });

  it('asks anew a minute before the end, whatever the wall clock says', async () => {
    const credential = aCredential();
    const first = await credential.token();
    time.monotonic += 3_539_000;
    time.now += 7_200_000;
    assert.equal(await credential.token(), first);
    time.monotonic += 1000;
    assert.notEqual(await credential.token(), first);
    assert.equal(asked, 2);
  });

  it('drops a refused token once: a late refusal of the old one leaves the new one alone', async () => {
    const credential = aCredential();
    const first = await credential.token();
    credential.drop(first);
    const second = await credential.token();
    credential.drop(first);
    assert.equal(await credential.token(), second);
    assert.equal(asked, 2);
  });

  it('says push_refused when the account is not accepted, and asks again next time', async () => {
    const stranger = await createServiceAccount({ projectId: 'parity-test', tokenUri });
    const credential = aCredential(stranger);
    const refusal = {
      code: 'push_refused',
      message: `Google does not accept the service account ${stranger.client_email} (invalid_grant: Invalid JWT Signature.); check its key file and this machine's clock.`,
    };
    await assert.rejects(credential.token(), refusal);
    await assert.rejects(credential.token(), refusal);
    assert.equal(asked, 2);
  });

  it('says push_unavailable when the endpoint fails', async () => {
    const credential = aCredential();
    reply = () => ({ status: 503, body: { error: 'internal_failure' } });
    await assert.rejects(credential.token(), {
      code: 'push_unavailable',
      message: 'The token endpoint answered 503; trying again later.',
    });
  });

  it('says push_unavailable when nobody answers in time', async () => {
    const impatient = { ...clock, delay: async () => {} };
    const credential = createServiceAccountCredential(account, impatient);
    reply = () => new Promise(() => {});
    await assert.rejects(credential.token(), {
      code: 'push_unavailable',
      message: `The token endpoint ${tokenUri} cannot be reached.`,
    });
    server.closeAllConnections();
  });
});
