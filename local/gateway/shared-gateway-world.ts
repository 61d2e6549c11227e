import { after, before } from 'node:test';
import { openGatewayWorld, type GatewayWorld, type GatewayWorldOptions } from './gateway-world.ts';

/** For tests: one world for a whole suite, there from its first test to its last. */
export function sharedGatewayWorld(options: GatewayWorldOptions = {}): () => GatewayWorld {
  const endings: (() => unknown)[] = [];
  let world: GatewayWorld | undefined;
  before(async () => {
    world = await openGatewayWorld({ after: end => void endings.push(end as () => unknown) }, options);
  });
  after(async () => {
    for (const end of endings.reverse()) await end();
  });
  return () => {
    if (world === undefined) throw new TypeError('the world opens with the first test');
    return world;
  };
}
