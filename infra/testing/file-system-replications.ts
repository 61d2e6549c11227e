import { json, jsonError, type AwsAnswer, type AwsRequest } from './aws-request.ts';
import { withBody } from './corrected-answers.ts';
import { account, now, type Fields } from './missing/route.ts';

const root = '/2015-02-01/file-systems';

/** One replication, of which each region has a side of its own. */
interface Replication {
  readonly source: FileSystem;
  readonly replica: FileSystem;
  readonly createdAt: number;
  /** The regions that still know of it. */
  readonly sides: Set<string>;
}

interface FileSystem {
  readonly id: string;
  readonly region: string;
  protection: 'ENABLED' | 'DISABLED' | 'REPLICATING';
}

/**
 * EFS replication between file systems that are there already, and the protection from being overwritten by one. moto
 * knows file systems and neither of these. Source: Amazon EFS User Guide, "Configuring replication to an existing EFS
 * file system", "Deleting replication configurations". Which codes AWS refuses by is written for one of the three cases
 * only (ReplicationAlreadyExists); the others are the nearest in the lists of the API reference.
 */
export class FileSystemReplications {
  readonly #fileSystems = new Map<string, FileSystem>();
  readonly #replications = new Set<Replication>();

  /** The answer to a call about replication or protection, or the refusal of a deletion; undefined for all others. */
  answer(call: AwsRequest): AwsAnswer | undefined {
    if (call.service !== 'elasticfilesystem' || !call.path.startsWith(`${root}/`)) return undefined;
    const [id = '', what = ''] = call.path.slice(root.length + 1).split('/');
    switch (`${call.method} ${what}`) {
      case 'PUT protection':
        return this.#protected(id, call);
      case 'POST replication-configuration':
        return this.#replicated(id, call);
      case 'DELETE replication-configuration':
        return this.#ended(id, call);
      case 'GET ':
        return id === 'replication-configurations' ? this.#described(call) : undefined;
      case 'DELETE ':
        return this.#sideOf(id, call.region) === undefined
          ? undefined
          : jsonError(
              409,
              'FileSystemInUse',
              `You cannot delete file system '${id}' because it is in a replication`,
            );
      default:
        return undefined;
    }
  }

  /** Learns of each new file system, and says of every one how it is protected. */
  correct(call: AwsRequest, answer: AwsAnswer): AwsAnswer {
    if (call.service !== 'elasticfilesystem' || call.path !== root || answer.status >= 300) return answer;
    const said = JSON.parse(answer.body.toString()) as Fields;
    if (call.method === 'GET') {
      const all = (said['FileSystems'] as Fields[]).map(each => this.#withProtection(each));
      return withBody(answer, JSON.stringify({ ...said, FileSystems: all }));
    }
    const id = String(said['FileSystemId']);
    this.#fileSystems.set(id, { id, region: call.region, protection: 'ENABLED' });
    return withBody(answer, JSON.stringify(this.#withProtection(said)));
  }

  /** Replications that were not ended. */
  get left(): readonly string[] {
    return [...this.#replications].map(({ source }) => `replication/${source.id}`);
  }

  #withProtection(said: Fields): Fields {
    const protection = this.#fileSystems.get(String(said['FileSystemId']))?.protection;
    return { ...said, FileSystemProtection: { ReplicationOverwriteProtection: protection } };
  }

  #sideOf(id: string, region: string): Replication | undefined {
    return [...this.#replications].find(
      ({ source, replica, sides }) => sides.has(region) && [source.id, replica.id].includes(id),
    );
  }

  #protected(id: string, { body, region }: AwsRequest): AwsAnswer {
    const fileSystem = this.#fileSystems.get(id);
    if (fileSystem?.region !== region) return notFound(id);
    if (fileSystem.protection === 'REPLICATING') {
      const why =
        'ReplicationOverwriteProtection cannot be changed while the file system is a replication destination';
      return jsonError(409, 'ReplicationAlreadyExists', why);
    }
    const asked = (JSON.parse(body.toString()) as Fields)['ReplicationOverwriteProtection'];
    fileSystem.protection = asked === 'DISABLED' ? 'DISABLED' : 'ENABLED';
    return json({ ReplicationOverwriteProtection: fileSystem.protection });
  }

  #replicated(id: string, { body, region }: AwsRequest): AwsAnswer {
    const [wanted = {}] = ((JSON.parse(body.toString()) as Fields)['Destinations'] ?? []) as Fields[];
    const source = this.#fileSystems.get(id);
    const replica = this.#fileSystems.get(String(wanted['FileSystemId']));
    if (source?.region !== region) return notFound(id);
    if (replica === undefined || replica.region !== wanted['Region'])
      return notFound(String(wanted['FileSystemId']));
    for (const { id: one, region: at } of [source, replica]) {
      if (this.#sideOf(one, at) === undefined) continue;
      return jsonError(409, 'ReplicationAlreadyExists', `${one} is part of a replication already`);
    }
    if (replica.protection !== 'DISABLED')
      return jsonError(400, 'BadRequest', `${replica.id} has its replication overwrite protection enabled`);
    replica.protection = 'REPLICATING';
    const made = { source, replica, createdAt: now(), sides: new Set([source.region, replica.region]) };
    this.#replications.add(made);
    return json(described(made));
  }

  /** From the replica's side on: it is a file system like any other, writable and protected again. */
  #ended(id: string, { query, region }: AwsRequest): AwsAnswer {
    const replication = this.#sideOf(id, region);
    if (replication === undefined || replication.source.id !== id)
      return jsonError(404, 'ReplicationNotFound', 'there is no replication');
    const { sides, replica } = replication;
    if (query.get('deletionMode') === 'LOCAL_CONFIGURATION_ONLY') sides.delete(region);
    else sides.clear();
    if (!sides.has(replica.region)) replica.protection = 'ENABLED';
    if (sides.size === 0) this.#replications.delete(replication);
    return json({});
  }

  /** Of one file system, or all that lead from or to this region. */
  #described({ region, query }: AwsRequest): AwsAnswer {
    const id = query.get('FileSystemId');
    if (id === null) {
      const here = [...this.#replications].filter(({ sides }) => sides.has(region));
      return json({ Replications: here.map(described) });
    }
    const found = this.#sideOf(id, region);
    return found === undefined
      ? jsonError(404, 'ReplicationNotFound', 'there is no replication')
      : json({ Replications: [described(found)] });
  }
}

/** A side that is alone does not heal again. */
function described({ source, replica, createdAt, sides }: Replication): Fields {
  const arn = `arn:aws:elasticfilesystem:${source.region}:${account}:file-system/${source.id}`;
  return {
    SourceFileSystemId: source.id,
    SourceFileSystemArn: arn,
    OriginalSourceFileSystemArn: arn,
    SourceFileSystemRegion: source.region,
    SourceFileSystemOwnerId: account,
    CreationTime: createdAt,
    Destinations: [
      {
        Status: sides.size === 2 ? 'ENABLED' : 'ERROR',
        FileSystemId: replica.id,
        Region: replica.region,
        LastReplicatedTimestamp: createdAt,
        OwnerId: account,
      },
    ],
  };
}

function notFound(id: string): AwsAnswer {
  return jsonError(404, 'FileSystemNotFound', `File system '${id}' does not exist.`);
}
