import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const patienceMs = 5_000;

/**
 * Opens an AMQP 0-9-1 connection as far as the server's greeting (Connection.Start), which tells its version without
 * any credentials.
 *
 * @throws Error when nobody answers, or not as RabbitMQ does
 */
export async function rabbitMqVersion(url: URL): Promise<string> {
  const secure = url.protocol === 'amqps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (secure ? 5671 : 5672));
  const signal = AbortSignal.timeout(patienceMs);
  const socket = secure ? connectTls({ host, port, servername: host }) : connect({ host, port });
  try {
    await once(socket, secure ? 'secureConnect' : 'connect', { signal });
    socket.write('AMQP\x00\x00\x09\x01', 'latin1');
    const [greeting] = (await once(socket, 'data', { signal })) as [Buffer];
    return versionIn(greeting);
  } finally {
    socket.destroy();
  }
}

/** In the table of server properties: the key `version`, then a long string (`S`, length in four bytes, text). */
function versionIn(greeting: Buffer): string {
  const marker = Buffer.from('\x07versionS', 'latin1');
  const at = greeting.indexOf(marker);
  if (at < 0 || !greeting.includes('RabbitMQ')) throw new TypeError('what answers there is not RabbitMQ');
  const start = at + marker.length;
  return greeting.toString('utf8', start + 4, start + 4 + greeting.readUInt32BE(start));
}
