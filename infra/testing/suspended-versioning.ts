import type { AwsAnswer, AwsRequest } from './aws-request.ts';

/**
 * Versioning is suspended before a bucket is emptied and deleted. What has versions keeps them, and each can still be
 * deleted; moto then deletes by name, and falls over its own delete markers. So it never hears of it.
 */
export function suspendsVersioning({ service, method, query, body }: AwsRequest): AwsAnswer | undefined {
  if (service !== 's3' || method !== 'PUT' || !query.has('versioning')) return undefined;
  return /<Status>Suspended<\/Status>/.test(body.toString()) ? { status: 200, body: '' } : undefined;
}
