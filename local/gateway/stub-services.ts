import { createServer } from 'node:http';
import { probes } from '../../domain/catalogue.ts';

/**
 * For tests: a process that stands in for all services of a release in a cluster, and does nothing but say so. Started
 * as `node stub-services.ts <port> <cluster>/<release>`; answers what it was sent.
 */
const [port, servedBy = ''] = process.argv.slice(2);

createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => (bytes += chunk.length));
  request.on('end', () => {
    const { method, url, headers } = request;
    const probed = url === probes.liveness || url?.startsWith(probes.readiness);
    const accepted = method === 'POST' && !probed;
    response.writeHead(accepted ? 202 : 200, {
      'content-type': 'application/json',
      'x-parity-served-by': servedBy,
      'x-correlation-id': headers['x-correlation-id'] ?? 'none',
    });
    response.end(JSON.stringify({ method, url, headers, bytes }));
  });
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));
