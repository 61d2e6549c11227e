import type { AwsAnswer, AwsRequest } from './aws-request.ts';

/** S3 compares and writes in one step; moto in two, between which another writer fits: so they come one by one. */
export class OneWriteAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Answers the call when the conditional writes of the same object before it have been answered. */
  async answer(call: AwsRequest, ask: () => Promise<AwsAnswer>): Promise<AwsAnswer> {
    if (call.service !== 's3' || !isConditionalWrite(call)) return await ask();
    const before = this.#last.get(call.path) ?? Promise.resolve();
    const mine = before.then(ask, ask);
    this.#last.set(call.path, mine);
    return await mine;
  }
}

function isConditionalWrite({ method, headers }: AwsRequest): boolean {
  return method === 'PUT' && (headers['if-match'] !== undefined || headers['if-none-match'] !== undefined);
}
