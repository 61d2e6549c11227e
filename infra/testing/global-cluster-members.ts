import type { AwsAnswer, AwsRequest } from './aws-request.ts';
import { withBody } from './corrected-answers.ts';
import { account } from './missing/route.ts';

interface Members {
  readonly arns: Set<string>;
  writer: string | undefined;
  /** Whom the writer's role goes to; seen from the second look on, for it takes time. */
  next: string | undefined;
  /** As it was changed last; undefined: as it was made. */
  protectedFromDeletion: boolean | undefined;
}

/**
 * Which halves a DocumentDB global cluster has, which of them is written to, and whether it may be deleted: moto knows
 * the first half alone, and no change of a global cluster.
 */
export class GlobalClusterMembers {
  readonly #clusters = new Map<string, Members>();

  /** The answer to a change of roles or protection; undefined for all other calls. */
  answer(call: AwsRequest): AwsAnswer | undefined {
    if (call.service !== 'rds' || !/^(Failover|Switchover|Modify)GlobalCluster$/.test(call.operation))
      return undefined;
    const form = new URLSearchParams(call.body.toString());
    const id = form.get('GlobalClusterIdentifier') ?? '';
    const members = this.#clusters.get(id);
    if (members === undefined) return notFound(id);
    let status = 'available';
    if (call.operation === 'ModifyGlobalCluster') {
      const asked = form.get('DeletionProtection');
      if (asked !== null) members.protectedFromDeletion = asked === 'true';
    } else {
      const target = form.get('TargetDbClusterIdentifier') ?? '';
      if (!members.arns.has(target)) return notFound(id);
      members.next = target;
      status = 'failing-over';
    }
    const cluster = `<GlobalCluster><GlobalClusterIdentifier>${id}</GlobalClusterIdentifier><Status>${status}</Status></GlobalCluster>`;
    const body = `<${call.operation}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${call.operation}Result>${cluster}</${call.operation}Result></${call.operation}Response>`;
    return { status: 200, headers: { 'content-type': 'text/xml' }, body };
  }

  /** Learns from what was asked for, and puts the members right where they are asked about. */
  correct(call: AwsRequest, answer: AwsAnswer): AwsAnswer {
    if (call.service !== 'rds' || answer.status >= 300) return answer;
    const form = new URLSearchParams(call.body.toString());
    const id = form.get('GlobalClusterIdentifier') ?? '';
    const arn = `arn:aws:rds:${call.region}:${account}:cluster:${form.get('DBClusterIdentifier') ?? ''}`;
    switch (call.operation) {
      case 'CreateDBCluster':
        if (id !== '') this.#join(id, arn, form.has('MasterUsername'));
        return answer;
      case 'RemoveFromGlobalCluster':
        this.#leave(form.get('DbClusterIdentifier') ?? '');
        return answer;
      case 'DeleteDBCluster':
        this.#leave(arn);
        return answer;
      case 'DescribeGlobalClusters':
        return withBody(answer, this.#withMembers(answer.body.toString()));
      default:
        return answer;
    }
  }

  #join(id: string, arn: string, writes: boolean): void {
    const members: Members = this.#clusters.get(id) ?? {
      ...{ arns: new Set(), writer: undefined, next: undefined },
      protectedFromDeletion: undefined,
    };
    members.arns.add(arn);
    if (writes) members.writer = arn;
    this.#clusters.set(id, members);
  }

  #leave(arn: string): void {
    for (const { arns } of this.#clusters.values()) arns.delete(arn);
  }

  /** Whoever looks sees the roles as they are, and sets a change on its way. */
  #withMembers(xml: string): string {
    let said = xml;
    for (const [id, members] of this.#clusters) {
      const name = `<GlobalClusterIdentifier>${id}</GlobalClusterIdentifier>`;
      const known = new RegExp(`(${name}.*?)<GlobalClusterMembers(/>|>.*?</GlobalClusterMembers>)`, 's');
      said = said.replace(known, `$1<GlobalClusterMembers>${membersXml(members)}</GlobalClusterMembers>`);
      said = withProtection(said, id, members.protectedFromDeletion);
      members.writer = members.next ?? members.writer;
    }
    return said;
  }
}

/** Replaces it inside the element of the one global cluster, wherever in it it stands. */
function withProtection(xml: string, id: string, isProtected: boolean | undefined): string {
  if (isProtected === undefined) return xml;
  const name = `<GlobalClusterIdentifier>${id}</GlobalClusterIdentifier>`;
  const clusters = xml.split('</GlobalCluster>');
  const told = clusters.map(cluster =>
    cluster.includes(name)
      ? cluster.replace(/<DeletionProtection>\w+</, `<DeletionProtection>${isProtected}<`)
      : cluster,
  );
  return told.join('</GlobalCluster>');
}

function membersXml({ arns, writer }: Members): string {
  const member = (arn: string) =>
    `<GlobalClusterMember><DBClusterArn>${arn}</DBClusterArn><Readers/><IsWriter>${arn === writer}</IsWriter></GlobalClusterMember>`;
  return [...arns].map(member).join('');
}

function notFound(id: string): AwsAnswer {
  const error = `<Error><Type>Sender</Type><Code>GlobalClusterNotFoundFault</Code><Message>${id} is not there</Message></Error>`;
  return {
    status: 404,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse>${error}</ErrorResponse>`,
  };
}
