import { isParityError } from '../../domain/errors.ts';
import type { Parity } from '../../domain/parity.ts';
import type { GatewayPort, Rendered } from '../../release/keeper/render.ts';
import type { Clock } from '../../services/kit/ports.ts';
import type { Control } from '../control/control-client.ts';
import { reaching } from '../control/reaching.ts';

/** A refusal costs a validation, and the same again rarely goes away by itself. */
const afterRefusalMs = 2_000;

/** A cluster's gateway, by way of the pair process that configures it. */
export function controlGateway(
  control: Pick<Control, 'applyRecord' | 'readBackRouting'>,
  { cluster, clock }: { readonly cluster: Parity; readonly clock: Clock },
): GatewayPort {
  let refused: { readonly what: string; readonly atMs: number; readonly error: unknown } | undefined;
  return {
    apply: async rendered => {
      const what = JSON.stringify(rendered);
      if (refused?.what === what && clock.monotonic() - refused.atMs < afterRefusalMs) throw refused.error;
      refused = undefined;
      try {
        await reaching(control.applyRecord({ cluster, rendered }));
      } catch (error) {
        if (isParityError(error, 'gateway_refused')) refused = { what, atMs: clock.monotonic(), error };
        throw error;
      }
    },
    readBack: async (): Promise<readonly Rendered[]> => await reaching(control.readBackRouting({ cluster })),
  };
}
