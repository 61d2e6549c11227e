import { argv, stdout } from 'node:process';
import type { AddressInfo } from 'node:net';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

/** The program we are measured against: `@tus/server` with its file store, as its README sets it up. */
const [, , directory = ''] = argv;
const server = new Server({ path: '/files', datastore: new FileStore({ directory }) });
const listening = server.listen({ host: '127.0.0.1', port: 0 }, () => {
  const { port } = listening.address() as AddressInfo;
  stdout.write(`${JSON.stringify({ message: 'serving', port })}\n`);
});
