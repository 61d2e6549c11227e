import { json, type AwsAnswer, type AwsRequest } from './aws-request.ts';
import { withBody } from './corrected-answers.ts';

interface RotateRequest {
  readonly SecretId: string;
  readonly ClientRequestToken: string;
  readonly RotationLambdaARN?: string;
  readonly RotationRules?: unknown;
}

interface Rotation {
  readonly rules: Readonly<Record<string, unknown>>;
  /** The version that waits for a value. */
  readonly version: string;
}

/**
 * Rotation of secrets. moto would run the function in Docker, four steps in one call; here it begins and stays open, as
 * in AWS while the function works: its version stands in AWSPENDING and has no value. Tests then do the function's part.
 */
export class SecretRotations {
  readonly #rotations = new Map<string, Rotation>();

  /** The answer to a call that moto must not see; undefined for all others. */
  answer({ service, operation, body }: AwsRequest): AwsAnswer | undefined {
    if (service !== 'secretsmanager' || !/^(Cancel)?RotateSecret$/.test(operation)) return undefined;
    const request = JSON.parse(body.toString()) as RotateRequest;
    const { SecretId: ARN, ClientRequestToken: version, RotationLambdaARN, RotationRules } = request;
    if (operation === 'CancelRotateSecret') this.#rotations.delete(ARN);
    else {
      const before = this.#rotations.get(ARN)?.rules;
      const rules = { ...before, RotationEnabled: true, ...pruned({ RotationLambdaARN, RotationRules }) };
      this.#rotations.set(ARN, { rules, version });
    }
    return json({ ARN, Name: ARN.split(':').at(-1), VersionId: version });
  }

  /** A secret's description, with what is known of its rotation. */
  correct({ service, operation }: AwsRequest, answer: AwsAnswer): AwsAnswer {
    if (service !== 'secretsmanager' || operation !== 'DescribeSecret' || answer.status >= 300) return answer;
    const said = JSON.parse(answer.body.toString()) as {
      ARN: string;
      VersionIdsToStages?: Record<string, string[]>;
    };
    const rotation = this.#rotations.get(said.ARN);
    if (rotation === undefined) return answer;
    const VersionIdsToStages = { [rotation.version]: ['AWSPENDING'], ...said.VersionIdsToStages };
    return withBody(answer, JSON.stringify({ ...said, ...rotation.rules, VersionIdsToStages }));
  }
}

function pruned(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
