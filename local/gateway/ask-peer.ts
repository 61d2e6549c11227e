import { once } from 'node:events';
import { connect, type ClientHttp2Stream } from 'node:http2';
import type { KeyPair } from './envoy/tls.ts';

/** Who asks a gateway's listener for its peer, and what for. */
export interface PeerQuestion {
  /** What it shows; nothing when undefined. */
  readonly shown?: KeyPair | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** For tests: the status of the answer; rejects when there is none. */
export async function askPeer(port: number, { shown, headers = {} }: PeerQuestion): Promise<number> {
  const certificate = shown === undefined ? {} : { cert: shown.chain, key: shown.key };
  // Only what the server thinks of us is looked at here.
  const session = connect(`https://127.0.0.1:${port}`, { ...certificate, rejectUnauthorized: false });
  const failed = Promise.withResolvers<never>();
  session.once('error', failed.reject);
  session.once('goaway', code => failed.reject(new TypeError(`went away with ${code}`)));
  try {
    const asked = session.request({ ':path': '/v1/documents', ...headers });
    asked.once('error', failed.reject);
    return await Promise.race([statusOf(asked), failed.promise]);
  } finally {
    session.destroy();
  }
}

async function statusOf(asked: ClientHttp2Stream): Promise<number> {
  const [headers] = (await once(asked, 'response')) as [Readonly<Record<string, unknown>>];
  return Number(headers[':status']);
}
