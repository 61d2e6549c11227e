import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stdout } from 'node:process';

/** The most that Node's own HTTP server can do here: it reads the body, keeps nothing and answers 202. */
const server = createServer((request, response) => {
  request.once('end', () => response.writeHead(202, { 'content-length': 0 }).end()).resume();
});
server.listen({ host: '127.0.0.1', port: 0 }, () => {
  const { port } = server.address() as AddressInfo;
  stdout.write(`${JSON.stringify({ message: 'serving', port })}\n`);
});
