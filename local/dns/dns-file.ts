import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { heaviestWeight, type DnsWeights } from '../../domain/dns-weights.ts';
import { ParityError } from '../../domain/errors.ts';
import { sayFileFault } from '../../domain/file-fault.ts';
import { parities, perParity } from '../../domain/parity.ts';
import type { DnsPort } from '../../release/ports.ts';
import { parseKept } from '../state/parse-kept.ts';
import { keepPrivateFile, writePrivateFile } from '../state/private-file.ts';

const weight = z.int().min(0).max(heaviestWeight);

/** Both at 0 would mean an equal split (Route 53), so nobody may say that. */
const weightsShape = z
  .strictObject(perParity(() => weight))
  .refine(weights => parities.some(parity => weights[parity] > 0), 'one of them must have a weight');

const wayOut = 'delete it, and start Parity again: DNS then points at the live cluster';

/** Writes the first weights of a new pair; those of an older one stay. @throws ParityError `invalid_configuration` */
export async function keepDnsFile(path: string, first: DnsWeights): Promise<void> {
  const text = await keepPrivateFile(path, () => JSON.stringify(first));
  parseKept(text, weightsShape, { path, wayOut });
}

/** Where DNS points on a laptop: a file that is replaced as a whole, so that both weights change at once. */
export function dnsFile(path: string): DnsPort {
  return {
    weights: async () => {
      try {
        return parseWeights(await readFile(path, 'utf8'));
      } catch (cause) {
        throw away('read', cause);
      }
    },
    setWeights: async weights => {
      try {
        await writePrivateFile(path, JSON.stringify(weightsShape.parse(weights)));
      } catch (cause) {
        throw away('written', cause);
      }
    },
  };
}

/**
 * The weights as the front door looks them up: read anew each time, for whoever wrote them does not tell. What cannot
 * be read for a moment stays as it was.
 */
export function followDnsFile(path: string, first: DnsWeights): () => DnsWeights {
  let known = first;
  return () => {
    try {
      known = parseWeights(readFileSync(path, 'utf8'));
    } catch {
      // A front door that stands still would take the pair with it.
    }
    return known;
  };
}

function parseWeights(text: string): DnsWeights {
  return weightsShape.parse(JSON.parse(text));
}

function away(what: 'read' | 'written', cause: unknown): ParityError {
  const why = sayFileFault(cause) ?? String(cause);
  return new ParityError('unreachable', `The weights of DNS could not be ${what}: ${why}`, { cause });
}
