/** A finding of checkov, or a grave one of trivy, that is not put right, and until when that is accepted. */
export interface Suppression {
  readonly check: string;
  /** The resource's address, or its beginning. */
  readonly resource: string;
  readonly reason: string;
  /** The day on which somebody must think of it again. */
  readonly expires: string;
}

/** Every finding that is accepted. A test fails when one is not needed any more, or when its day has come. */
export const suppressions: readonly Suppression[] = [
  {
    check: 'CKV2_AWS_18',
    resource: 'aws_efs_file_system.spool',
    reason:
      'the spool is outside the backups on purpose: what lies there is stored within seconds or sent again',
    expires: '2027-11-01',
  },
  {
    check: 'CKV2_AWS_18',
    resource: 'aws_efs_file_system.vault-replica',
    reason: 'its source is backed up, and the daily backup is copied to the same region',
    expires: '2027-11-01',
  },
  {
    check: 'CKV2_AWS_23',
    resource: 'aws_route53_record.api',
    reason: 'an alias to another name of the same zone; the scanner only knows aliases to objects',
    expires: '2027-11-01',
  },
  {
    check: 'CKV2_AWS_38',
    resource: 'aws_route53_zone.zone',
    reason:
      'DNSSEC needs a key in us-east-1 and a DS record at the registrar: not before the first account is proven',
    expires: '2027-05-01',
  },
  {
    check: 'CKV2_AWS_39',
    resource: 'aws_route53_zone.zone',
    reason: 'query logs go to us-east-1 only, and hold who asked for what; nobody reads them yet',
    expires: '2027-05-01',
  },
  {
    check: 'CKV2_AWS_5',
    resource: 'aws_security_group.group-',
    reason: 'the groups are attached in other stacks; the scanner sees one stack at a time',
    expires: '2027-11-01',
  },
  {
    check: 'CKV2_AWS_57',
    resource: 'aws_secretsmanager_secret.links',
    reason: 'a key of links leaves a day after the next has come; until there is a job for that, an operator',
    expires: '2027-11-01',
  },
  {
    check: 'CKV2_AWS_57',
    resource: 'aws_secretsmanager_secret.push',
    reason: "Google makes FCM's key; an operator renews it there, and no function of AWS can",
    expires: '2027-11-01',
  },
  {
    check: 'CKV2_AWS_62',
    resource: 'aws_s3_bucket.',
    reason: 'nobody waits for events of these buckets',
    expires: '2027-11-01',
  },
  {
    check: 'CKV2_AWS_71',
    resource: 'aws_acm_certificate.certificate',
    reason: 'one certificate serves every name of a zone that holds nothing else',
    expires: '2027-11-01',
  },
  {
    check: 'CKV_AWS_144',
    resource: 'aws_s3_bucket.',
    reason:
      'the record is rebuilt from what runs, states by import; in a lost region both speak of what is gone',
    expires: '2027-05-01',
  },
  {
    check: 'CKV_AWS_145',
    resource: 'aws_s3_bucket.logs-bucket',
    reason: 'load balancers deliver access logs only to buckets under keys of S3',
    expires: '2027-11-01',
  },
  {
    check: 'CKV_AWS_115',
    resource: 'resource.rotation',
    reason:
      'a new account has ten concurrent runs, of which none can be reserved; Secrets Manager starts one at a time',
    expires: '2027-11-01',
  },
  {
    check: 'CKV_AWS_116',
    resource: 'resource.rotation',
    reason: 'Secrets Manager starts a rotation that failed again by itself, and reports it (RotationFailed)',
    expires: '2027-11-01',
  },
  {
    check: 'CKV_AWS_272',
    resource: 'resource.rotation',
    reason:
      'its code is in the reviewed plan, by its hash; a signing profile would sign what the same hands deploy',
    expires: '2027-11-01',
  },
  {
    check: 'CKV_AWS_50',
    resource: 'resource.rotation',
    reason: 'a few calls a month need no traces; its log says each step that failed',
    expires: '2027-11-01',
  },
  {
    check: 'aws-lambda-restrict-source-arn',
    resource: 'aws_lambda_permission.rotation-by-secrets-manager',
    reason:
      "for rotation AWS names the account as the condition, which is set; both secrets are this stack's",
    expires: '2027-11-01',
  },
  {
    check: 'aws-ec2-no-public-egress-sgr',
    resource: 'aws_vpc_security_group_egress_rule.out-',
    reason:
      'FCM, image registries and package sources have no fixed addresses: three rules, TLS only, with reasons',
    expires: '2027-11-01',
  },
  {
    check: 'aws-elb-alb-not-public',
    resource: 'aws_lb.',
    reason: 'the two entries are the front doors: a law lets nothing else be public',
    expires: '2027-11-01',
  },
];
