import type { ReleaseRecord } from '../../domain/record.ts';
import type { Clock } from '../ports.ts';
import { isOlder, renderAt, type GatewayPort, type Rendered } from './render.ts';

/** What a keeper has had its gateway do. */
export interface KeptRoutes {
  /** Has the gateway route by `record` as of now, and asks every replica. @throws ParityError `unreachable` */
  render(record: ReleaseRecord): Promise<void>;
  /** What was rendered last. */
  rendered(): Rendered | undefined;
  /** True when every replica routed like that when it was asked last. */
  readBack(): boolean;
}

/**
 * The routes of a keeper that begins. What an earlier life of it rendered as lapsed stays so. Rendering a newer record
 * does not wait for an older one that the gateway is still looking at: users who are taken back must not.
 */
export function keptRoutes(gateway: GatewayPort, clock: Clock): KeptRoutes {
  let rendered: Rendered | undefined;
  let readBack = false;
  let applying: { readonly what: Rendered; readonly done: Promise<void> } | undefined;

  const apply = async (what: Rendered) => {
    readBack = false;
    await gateway.apply(what);
    if (rendered === undefined || !isOlder(what, rendered)) rendered = what;
  };
  const applyOnce = (what: Rendered): Promise<void> => {
    if (applying !== undefined && isSame(applying.what, what)) return applying.done;
    const done = apply(what).finally(() => {
      if (applying === mine) applying = undefined;
    });
    const mine = { what, done };
    applying = mine;
    return done;
  };
  return {
    rendered: () => rendered,
    readBack: () => readBack,
    render: async record => {
      const before = rendered ?? (await gateway.readBack().catch(() => []))[0];
      const next = renderAt(record, clock.now(), before);
      if (rendered === undefined || !isSame(next, rendered)) await applyOnce(next);
      const asked = rendered;
      const replicas = await gateway.readBack();
      // Whoever rendered something newer meanwhile asks for himself.
      if (asked === rendered && asked !== undefined)
        readBack = replicas.length > 0 && replicas.every(replica => isSame(replica, asked));
    },
  };
}

function isSame(a: Rendered, b: Rendered): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
