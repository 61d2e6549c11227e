import { json, jsonError, type AwsAnswer, type AwsRequest } from '../aws-request.ts';

/** A JSON object of an API. */
export type Fields = Readonly<Record<string, unknown>>;

/** What the operations remember between calls. */
export type Kept = Map<string, Fields>;

/** A call that matched a route: its body, and what stood in the path. */
export interface Matched {
  readonly call: AwsRequest;
  readonly body: Fields;
  readonly path: readonly string[];
  readonly arn: (resource: string) => string;
}

/** Answers a call; undefined hands it on to moto after all. */
export type Handler = (matched: Matched, kept: Kept) => AwsAnswer | undefined;

/** Which calls a handler answers: a path, or the operation's name where the protocol has no paths. */
export type Route = readonly [service: string, method: string, pattern: RegExp, handler: Handler];

/** The account that moto plays. */
export const account = '123456789012';

/** Seconds, as the JSON protocols give times. */
export const now = (): number => Date.now() / 1000;

/** What is kept under `key`, or the service's own way to say that nothing is. */
export function found(kept: Kept, key: string, present: (value: Fields) => unknown): AwsAnswer {
  const value = kept.get(key);
  return value === undefined
    ? jsonError(404, 'ResourceNotFoundException', `${key} is not there`)
    : json(present(value));
}

/** Takes away what is kept under `key`. */
export function removed(kept: Kept, key: string, present: (value: Fields) => unknown): AwsAnswer {
  const answer = found(kept, key, present);
  kept.delete(key);
  return answer;
}

/** Keeps a value, and gives it back. */
export function put(kept: Kept, key: string, value: Fields): Fields {
  kept.set(key, value);
  return value;
}
