import type { AwsAnswer, AwsRequest } from './aws-request.ts';

interface Policy {
  readonly Statement: readonly { readonly Effect: string; readonly Condition?: unknown }[];
}

/**
 * Keeps bucket policies whole for whoever asks, and gives moto what it understands: it looks at no condition, so a
 * denial "unless over TLS" would deny everything.
 */
export class BucketPolicies {
  readonly #whole = new Map<string, string>();

  /** The answer to a question for a policy; undefined for all other calls. */
  answer({ service, method, path, query }: AwsRequest): AwsAnswer | undefined {
    if (service !== 's3' || !query.has('policy')) return undefined;
    if (method === 'DELETE') this.#whole.delete(path);
    const policy = method === 'GET' ? this.#whole.get(path) : undefined;
    return policy === undefined
      ? undefined
      : { status: 200, headers: { 'content-type': 'application/json' }, body: policy };
  }

  /** The call as moto shall see it. */
  forMoto(call: AwsRequest): AwsRequest {
    if (call.service !== 's3' || call.method !== 'PUT' || !call.query.has('policy')) return call;
    const whole = call.body.toString();
    this.#whole.set(call.path, whole);
    const policy = JSON.parse(whole) as Policy;
    const Statement = policy.Statement.filter(
      ({ Effect, Condition }) => Effect === 'Allow' || Condition === undefined,
    );
    const body = Buffer.from(JSON.stringify({ ...policy, Statement }));
    return { ...call, body, headers: { ...call.headers, 'content-length': String(body.length) } };
  }
}
