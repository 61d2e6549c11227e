import type { AwsAnswer, AwsRequest } from './aws-request.ts';
import { withBody } from './corrected-answers.ts';

const ours = 'docdb';
const motos = 'neptune';

/** DocumentDB speaks RDS's API, where moto knows every engine but this one: it is Neptune to moto, and comes back. */
export function engineForMoto(call: AwsRequest): AwsRequest {
  if (call.service !== 'rds' || !/^CreateDB(Cluster|Instance)$/.test(call.operation)) return call;
  const form = new URLSearchParams(call.body.toString());
  if (form.get('Engine') !== ours) return call;
  form.set('Engine', motos);
  // Nobody leaves moto's global cluster again, which then cannot be deleted: its members are known to us alone.
  form.delete('GlobalClusterIdentifier');
  const body = Buffer.from(form.toString());
  return { ...call, body, headers: { ...call.headers, 'content-length': String(body.length) } };
}

/** The answer with the engine's real name. */
export function engineForUs({ service }: AwsRequest, answer: AwsAnswer): AwsAnswer {
  if (service !== 'rds') return answer;
  const named = answer.body.toString().replaceAll(`<Engine>${motos}</Engine>`, `<Engine>${ours}</Engine>`);
  // Neptune has a storage type where DocumentDB's standard storage has none.
  return withBody(answer, named.replaceAll('<StorageType>gp2</StorageType>', ''));
}
