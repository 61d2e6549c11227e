import type { ReleaseRecord } from '../../domain/record.ts';
import type { Clock } from '../ports.ts';
import { renderAt, type GatewayPort, type Rendered } from './render.ts';

/** What a keeper has had its gateway do. */
export interface KeptRoutes {
  /** Has the gateway route by `record` as of now, and asks every replica. @throws ParityError `unreachable` */
  render(record: ReleaseRecord): Promise<void>;
  /** What was rendered last. */
  rendered(): Rendered | undefined;
  /** True when every replica routed like that when it was asked last. */
  readBack(): boolean;
}

/** The routes of a keeper that begins. What an earlier life of it rendered as lapsed stays so. */
export function keptRoutes(gateway: GatewayPort, clock: Clock): KeptRoutes {
  let rendered: Rendered | undefined;
  let readBack = false;
  return {
    rendered: () => rendered,
    readBack: () => readBack,
    render: async record => {
      const before = rendered ?? (await gateway.readBack().catch(() => []))[0];
      const next = renderAt(record, clock.now(), before);
      if (rendered === undefined || !isSame(next, rendered)) {
        readBack = false;
        await gateway.apply(next);
        rendered = next;
      }
      const replicas = await gateway.readBack();
      readBack = replicas.length > 0 && replicas.every(replica => isSame(replica, next));
    },
  };
}

function isSame(a: Rendered, b: Rendered): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
