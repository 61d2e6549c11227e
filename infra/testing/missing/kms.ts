import { json } from '../aws-request.ts';
import { put, type Route } from './route.ts';

/** Tags of replica keys: moto makes the key in the other region and forgets what it was tagged with. */
export const kmsRoutes: readonly Route[] = [
  [
    'kms',
    'POST',
    /^ReplicateKey$/,
    ({ body }, kept) => {
      put(kept, `replica-tags/${String(body['ReplicaRegion'])}/${String(body['KeyId'])}`, {
        Tags: body['Tags'],
      });
      return undefined;
    },
  ],
  [
    'kms',
    'POST',
    /^ListResourceTags$/,
    ({ body, call }, kept) => {
      const id = String(body['KeyId']).split('/').at(-1);
      const found = kept.get(`replica-tags/${call.region}/${id}`);
      return found === undefined ? undefined : json({ ...found, Truncated: false });
    },
  ],
];
