import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { catalogue, probes, Route, RouteAccess, ServiceName } from '../../../domain/catalogue.ts';
import type { Claims } from '../../../domain/claims.ts';
import type { RequestBody } from './request-body.ts';

type ParamName<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamName<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

type Caller<Access extends RouteAccess> = Access extends 'public' ? undefined : Claims;

/** A request as a route's handler sees it, after access was granted. */
export interface Call<R extends Route = Route> {
  /** The verified caller; undefined on a public route. */
  readonly claims: Caller<R['access']>;
  /** The path's `:names`, decoded. */
  readonly params: { readonly [Name in ParamName<R['path']>]: string };
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  /** Names this request in our logs and in the answer. */
  readonly correlationId: string;
  /**
   * The verified caller also on a public route, for a handler whose policy demands one.
   * @throws ParityError `unauthenticated`, `keys_unavailable`.
   */
  signedIn(): Promise<Claims>;
  /** The request's bytes as they come; a client that waits (`Expect: 100-continue`) is told to send them. */
  body(): RequestBody;
}

/** What a handler answers; Content-Length is worked out except for a stream. */
export type Answer = {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
} & (
  | { readonly json: unknown }
  | { readonly text: string }
  /** Nothing is sent before its first byte is there, so that a stream that fails at once is still a coded error. */
  | { readonly stream: Readable }
  | { readonly empty: true }
);

/** Answers one route. Throws ParityError for every refusal; anything else thrown is answered as `internal`. */
export type Handler<R extends Route = Route> = (call: Call<R>) => Answer | Promise<Answer>;

/** Answers what is asked inside the cluster alone; as a `Handler`, but nobody is signed in. */
export type InsideHandler = (call: Pick<Call, 'body' | 'correlationId'>) => Answer | Promise<Answer>;

type Routes = { readonly [S in ServiceName]: (typeof catalogue)[S]['routes'] };

type Inside = { readonly [S in ServiceName]: (typeof catalogue)[S]['inside'] };

/** One handler for each thing that the catalogue says a service is asked: forgetting one does not compile. */
export type Handlers<S extends ServiceName> = {
  readonly [Name in keyof Routes[S]]: Routes[S][Name] extends Route ? Handler<Routes[S][Name]> : never;
} & { readonly [Name in keyof Inside[S]]: InsideHandler };

/** The handlers of the services that this process runs. */
export type ServiceHandlers = { readonly [S in ServiceName]?: Handlers<S> };

/** One handler for each probe of the catalogue. */
export type ProbeHandlers = Readonly<
  Record<keyof typeof probes, (query: URLSearchParams) => Answer | Promise<Answer>>
>;
