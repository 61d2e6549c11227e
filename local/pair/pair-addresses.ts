import { perParity, type Parity } from '../../domain/parity.ts';
import type { PairPorts } from './pair-ports.ts';

/** Where people and programs find the pair. */
export interface PairAddresses {
  /** Of the front door. */
  readonly url: string;
  readonly gateways: Record<Parity, string>;
  readonly phonesUrl: string;
}

/** The addresses that belong to the ports. */
export function pairAddresses(ports: PairPorts): PairAddresses {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return {
    url: at(ports.front),
    gateways: perParity(parity => at(ports.gateways[parity])),
    phonesUrl: at(ports.phones),
  };
}
