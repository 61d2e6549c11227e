import { parities, type Parity } from '../../domain/parity.ts';
import { defaultTokenIssuer } from '../../services/kit/config.ts';
import { rotateTokenSigningKey } from '../keys/token-signing-key.ts';
import type { StatePaths } from '../state/state-paths.ts';
import { changeAuthority, identityOf, renewCertificates, type GatewayKeys } from './gateway-keys.ts';
import type { Gateway } from './gateway.ts';
import type { Minting } from './issue-certificates.ts';
import type { Rotatable } from './rotatable.ts';

/** Replaces keys of a running pair; resolves when both gateways work by the new ones. */
export type Rotate = (what: Rotatable) => Promise<void>;

/** @throws ParityError `gateway_refused`, `unreachable`: what was before still holds, and rotating again is safe */
export function rotation(
  keys: StatePaths['keys'],
  gateways: Record<Parity, Gateway>,
  minting: Minting,
): Rotate {
  const show = (made: GatewayKeys) =>
    Promise.all(parities.map(parity => gateways[parity].applyIdentity(identityOf(parity, made))));
  const publish = async (keySet: string) => {
    const trust = { issuer: defaultTokenIssuer, keySet };
    await Promise.all(parities.map(parity => gateways[parity].applyTrust(trust)));
  };
  const rotate = {
    certificates: async () => {
      await show(await renewCertificates(keys.gateways, minting));
    },
    authority: async () => {
      for await (const step of changeAuthority(keys.gateways, minting)) await show(step);
    },
    'signing-key': async () => {
      await rotateTokenSigningKey(keys, { clock: minting.clock, publish });
    },
  } satisfies Record<Rotatable, () => Promise<void>>;
  let turn = Promise.resolve();
  return what => {
    const mine = turn.then(rotate[what]);
    turn = mine.catch(() => {});
    return mine;
  };
}
