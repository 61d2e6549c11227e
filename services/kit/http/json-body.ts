import { ParityError } from '../../../domain/errors.ts';

/**
 * A request's body as JSON; undefined when it is none, which whoever knows the form that it should have says best.
 * @throws ParityError `invalid_request` that begins with `what`, as soon as it is longer than `maxBytes`
 */
export async function readJsonBody(
  body: AsyncIterable<Uint8Array>,
  { what, maxBytes }: { readonly what: string; readonly maxBytes: number },
): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new ParityError('invalid_request', `${what} has at most ${maxBytes / 1024} KiB.`);
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
