import { ParityError } from '../../domain/errors.ts';
import { isOlder, type GatewayPort, type Rendered } from '../keeper/render.ts';

/** A gateway of two replicas in memory that refuses what is older than what it has. */
export interface FakeGateway extends GatewayPort {
  /** What it routes by; undefined before it was ever told. */
  current(): Rendered | undefined;
}

/** A gateway that answers while `isUp`. */
export function fakeGateway(isUp: () => boolean): FakeGateway {
  let current: Rendered | undefined;
  const demandUp = () => {
    if (!isUp()) throw new ParityError('unreachable', 'The gateway does not answer.');
  };
  return {
    current: () => current,
    apply: async rendered => {
      demandUp();
      if (current === undefined || !isOlder(rendered, current)) current = rendered;
    },
    readBack: async () => {
      demandUp();
      return current === undefined ? [] : [current, current];
    },
  };
}
