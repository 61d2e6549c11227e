import Router from '@koa/router';
import type { Middleware, ParameterizedContext } from 'koa';
import {
  catalogue,
  probes,
  type InsideCall,
  type Route,
  type RouteAccess,
  type ServiceName,
} from '../../../domain/catalogue.ts';
import type { Claims } from '../../../domain/claims.ts';
import { ParityError } from '../../../domain/errors.ts';
import type { TokenVerifier } from '../token-verifier.ts';
import type { RequestState } from './edge.ts';
import type { Call, Handler, InsideHandler, ProbeHandlers, ServiceHandlers } from './exchange.ts';
import { requestBody } from './request-body.ts';

type Exchange = ParameterizedContext<RequestState> & { readonly params: Readonly<Record<string, string>> };

/** What is routed, and who may pass. */
export interface Routed {
  readonly services: ServiceHandlers;
  readonly probes: ProbeHandlers;
  readonly verifier: TokenVerifier;
}

/** What the catalogue says the given services are asked, and the probes, as middleware. */
export function routes({ services, probes: probeHandlers, verifier }: Routed): Middleware<RequestState> {
  const router = new Router<RequestState>({ strict: true, sensitive: true });
  for (const [service, handlers] of Object.entries(services)) {
    for (const [name, route] of Object.entries<Route>(catalogue[service as ServiceName].routes)) {
      // `Handlers` paired each handler with its own route; the loop cannot keep that apart.
      const handle = (handlers as unknown as Record<string, Handler>)[name] as Handler;
      router.register(route.path, [route.method], async (exchange: Exchange) => {
        exchange.state.route = `${service}.${name}`;
        const claims = await admit(route.access, exchange.req.headers.authorization, verifier);
        exchange.state.answer = await handle(callOf(exchange, claims, verifier));
      });
    }
    for (const [name, asked] of Object.entries<InsideCall>(catalogue[service as ServiceName].inside)) {
      const answer = (handlers as unknown as Record<string, InsideHandler>)[name] as InsideHandler;
      router.register(asked.path, [asked.method], async (exchange: Exchange) => {
        exchange.state.route = `${service}.${name}`;
        exchange.state.answer = await answer(callOf(exchange, undefined, verifier));
      });
    }
  }
  for (const [name, path] of Object.entries(probes)) {
    const handle = probeHandlers[name as keyof ProbeHandlers];
    router.get(path, async ({ state, querystring }) => {
      state.route = `probe.${name}`;
      state.answer = await handle(new URLSearchParams(querystring));
    });
  }
  return router.routes() as Middleware<RequestState>;
}

/** Access is the catalogue's word and is settled before any handler runs. */
async function admit(
  access: RouteAccess,
  authorization: string | undefined,
  verifier: TokenVerifier,
): Promise<Claims | undefined> {
  if (access === 'public') return undefined;
  const claims = await verifier.verify(authorization);
  if (access !== 'user' && !claims.roles.includes(access)) {
    throw new ParityError('forbidden', `This needs the role ${access}.`);
  }
  return claims;
}

function callOf(
  { req, res, params, querystring, state }: Exchange,
  claims: Claims | undefined,
  verifier: TokenVerifier,
): Call {
  return {
    claims,
    params,
    headers: req.headers,
    query: new URLSearchParams(querystring),
    correlationId: state.correlationId,
    signedIn: async () => claims ?? verifier.verify(req.headers.authorization),
    body: () => {
      if (req.headers.expect !== undefined && !state.bodyAsked) res.writeContinue();
      state.bodyAsked = true;
      return requestBody(req);
    },
  };
}
