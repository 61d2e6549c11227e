import { parityOfSprint } from '../../../../domain/parity.ts';
import type { VirtualClock } from '../../../testing/virtual-clock.ts';
import { testPolicy, testWorld, type TestWorld } from '../../../testing/test-world.ts';
import { route53Dns } from '../route53-dns.ts';
import { s3Objects } from '../s3-objects.ts';
import { makeBucket, type AwsWorld } from './aws-world.ts';
import { makeZone, type ZoneContract } from './make-zone.ts';

/** A pair whose clusters are in memory, and whose record and weights are on AWS. */
export interface AwsPair {
  readonly world: TestWorld;
  readonly zone: ZoneContract;
  readonly bucket: string;
}

/** A new pair with a bucket and a zone of its own, where release 41 is live on the cluster of odd sprints. */
export async function awsPair({ access }: AwsWorld, name: string): Promise<AwsPair> {
  const bucket = await makeBucket(access, `record-${name}`);
  const zone = await makeZone(access, parityOfSprint(41));
  const world = await testWorld(testPolicy, clock => ({
    objects: held(clock, s3Objects({ ...access, bucket })),
    dns: held(clock, route53Dns({ ...access, ...zone, clock: { ...clock, delay: clock.delayInHold } })),
  }));
  return { world, zone, bucket };
}

/** A port whose every call holds the clock. */
function held<Port extends object>({ hold }: VirtualClock, port: Port): Port {
  return new Proxy(port, {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => hold(async () => (await Reflect.apply(method, target, args)) as unknown);
    },
  });
}
