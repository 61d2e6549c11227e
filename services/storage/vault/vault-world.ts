import type { TestContext } from 'node:test';
import { timedDocumentId } from '../../../domain/document-id.ts';
import { faultyFileSystem, type FaultyFileSystem } from '../../kit/faulty-file-system.ts';
import { nodeFileSystem } from '../../kit/file-system.ts';
import { systemRandom } from '../../kit/ports.ts';
import { testFolder } from '../../kit/test-folder.ts';
import { masterKeyWrapper } from './master-key.ts';
import { openVault, type Vault, type VaultOwner, type Written } from './vault.ts';
import type { KeyWrapper } from './key-wrapper.ts';

/** A vault in a folder of its own, on a file system that can be disturbed. */
export interface VaultWorld {
  readonly folder: string;
  readonly files: FaultyFileSystem;
  readonly keys: KeyWrapper;
  readonly vault: Vault;
  /** Where a vault file lies. */
  pathOf(file: string): string;
}

/** A master key as it stands in the file. */
export function buildMasterKey(id: string): { id: string; key: string } {
  return { id, key: systemRandom.bytes(32).toString('base64url') };
}

/** A master key file's text. */
export function masterKeyFileOf(...keys: unknown[]): string {
  return JSON.stringify({ keys });
}

/** Opens a vault for a test. */
export async function vaultWorld(
  test: TestContext,
  keys: KeyWrapper = masterKeyWrapper(masterKeyFileOf(buildMasterKey('first')), systemRandom),
): Promise<VaultWorld> {
  const folder = await testFolder(test);
  const files = faultyFileSystem(nodeFileSystem());
  const vault = await openVault({ folder, files, random: systemRandom, keys });
  return { folder, files, keys, vault, pathOf: file => `${folder}/${file.slice(35, 36)}/${file}` };
}

/** A document that nobody else has. */
export function buildOwner(): VaultOwner {
  const document = timedDocumentId({ nowMs: 1_700_000_000_000, random: systemRandom.bytes(10) });
  return { document, version: 1, owner: 'anna' };
}

/** A payload as a stream of chunks. */
export async function* inChunks(payload: Buffer, chunkBytes = 1024 * 1024): AsyncIterable<Buffer> {
  for (let at = 0; at < payload.length; at += chunkBytes) yield payload.subarray(at, at + chunkBytes);
}

/** Writes a payload as a document. */
export function writeDocument({ vault }: VaultWorld, of: VaultOwner, payload: Buffer): Promise<Written> {
  return vault.write(of, { bytes: inChunks(payload), url: `http://parity/v1/documents/${of.document}` });
}

/** Everything that comes out before the end or an error, and the error. */
export async function readAll(
  source: AsyncIterable<Buffer>,
): Promise<{ readonly bytes: Buffer; readonly error: unknown }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of source) chunks.push(chunk);
    return { bytes: Buffer.concat(chunks), error: undefined };
  } catch (error) {
    return { bytes: Buffer.concat(chunks), error };
  }
}
