import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation/index.js';
import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate/index.js';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record/index.js';
import type { Route53Zone } from '@cdktf/provider-aws/lib/route53-zone/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';

/** One certificate for every name below the domain, proven by a record and renewed by AWS; gives its ARN once issued. */
export function certificate(stack: TerraformStack, { configuration }: Estate, zone: Route53Zone): string {
  const made = new AcmCertificate(stack, 'certificate', {
    domainName: `*.${configuration.domain}`,
    validationMethod: 'DNS',
    keyAlgorithm: 'EC_prime256v1',
    lifecycle: { createBeforeDestroy: true },
  });
  const proof = made.domainValidationOptions.get(0);
  const record = new Route53Record(stack, 'certificate-proof', {
    zoneId: zone.zoneId,
    name: proof.resourceRecordName,
    type: proof.resourceRecordType,
    records: [proof.resourceRecordValue],
    ttl: 300,
    allowOverwrite: true,
  });
  return new AcmCertificateValidation(stack, 'certificate-issued', {
    certificateArn: made.arn,
    validationRecordFqdns: [record.fqdn],
  }).certificateArn;
}
