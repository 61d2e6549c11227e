import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../../domain/errors.ts';
import { callAws } from './call-aws.ts';

/** An error as the SDK throws it: with a status when AWS answered, without one when nothing came. */
function sdkError(name: string, message: string, httpStatusCode?: number): object {
  return Object.assign(new TypeError(message), { name, $metadata: { httpStatusCode } });
}

const failing = (error: object) => callAws('look at the weights', () => Promise.reject(error as TypeError));

describe('callAws', () => {
  it('gives what AWS gave, and a signal that ends the call', async () => {
    assert.equal(await callAws('look', async ({ abortSignal }) => abortSignal.aborted), false);
  });

  it('says that the control plane is down when nothing came, or nothing but excuses', async () => {
    const errors = [
      sdkError('TimeoutError', 'no answer'),
      sdkError('AbortError', 'Request aborted'),
      sdkError('ServiceUnavailable', 'Please try again', 503),
      sdkError('TooManyRequestsException', 'slower', 429),
      sdkError('ThrottlingException', 'Rate exceeded', 400),
      sdkError('PriorRequestNotComplete', 'Route 53 is still changing this zone', 400),
    ];
    for (const error of errors)
      await assert.rejects(failing(error), {
        code: 'control_plane_down',
        message:
          /^AWS does not answer to look at the weights \(\w+: .+\)\. Traffic does not need it; try again later\.$/,
      });
  });

  it('gives AWS’ own words when it refuses; without credentials it always does', async () => {
    await assert.rejects(failing(sdkError('AccessDenied', 'not yours', 403)), {
      code: 'control_plane_refused',
      message: 'AWS refuses to look at the weights: AccessDenied: not yours',
    });
    const nobody = sdkError('CredentialsProviderError', 'Could not load credentials from any providers');
    await assert.rejects(failing(nobody), { code: 'control_plane_refused' });
  });

  it('leaves our own errors as they are', async () => {
    const ours = new ParityError('release_refused', 'no');
    await assert.rejects(failing(ours), ours);
  });
});
