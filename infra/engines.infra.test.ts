import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findProviderMirror, mirroredVersions } from './engine/provider-mirror.ts';
import { runProgram } from './engine/run-program.ts';
import { openTerraform } from './engine/terraform-program.ts';
import { openScanners } from './testing/scanners.ts';
import { startMoto } from './testing/start-moto.ts';
import { openTrivy } from './testing/trivy.ts';

/** Everything that the other suites of the estate demand; a machine without one of them fails here, and says which. */
describe('the engines of these suites', { timeout: 1_200_000 }, () => {
  const { env } = process;
  const cache = join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'parity', 'scanners');

  it('are Terraform, and a mirror of the one version of the provider that the code is written for', async context => {
    const folder = await mkdtemp(join(tmpdir(), 'parity-engines-'));
    context.after(() => rm(folder, { recursive: true }));
    const terraform = await openTerraform({ env, folder, run: runProgram, mirrorOnly: true });
    const version = JSON.parse(await terraform.must(folder, 'version', '-json')) as Record<string, unknown>;
    const mirror = findProviderMirror({ given: env['TF_PROVIDER_MIRROR'], home: env['HOME'], root: '/' });
    const versions = mirroredVersions(mirror);
    context.diagnostic(
      `terraform ${String(version['terraform_version'])} (${terraform.path}), provider ${versions.join(', ')}`,
    );
    assert.ok(versions.includes('5.100.0'), versions.join(', '));
  });

  it('are moto, which answers', async context => {
    const moto = await startMoto(env);
    context.after(() => moto.stop());
    assert.equal((await fetch(`${moto.url}/moto-api/data.json`)).status, 200);
    const ask = 'from importlib.metadata import version; print(version("moto"))';
    const { stdout } = await runProgram('python3', ['-c', ask], { cwd: '.', env });
    context.diagnostic(`moto ${stdout.trim() || 'of an unknown version'}`);
  });

  it('are the scanners', async context => {
    const [scanners, trivy] = [await openScanners(cache, env), await openTrivy(cache, env)];
    context.diagnostic(`${scanners.versions}, trivy ${trivy.version}`);
    assert.match(scanners.versions, /^Python 3\..*, checkov==.*, cloudsplaining==/);
  });
});
