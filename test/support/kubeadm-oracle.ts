/**
 * What the real kubeadm would write on a first control plane and create in its cluster. Takes a kubeadm configuration, and proxies; gives the
 * files and the objects. Everything is a dry run in a directory of the test's own: no host and no cluster are needed.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubeObject } from '../../src/api/types.ts'
import { readKubernetesYaml } from '../../src/render/yaml-read.ts'
import { kubeadmBinary, runOracle } from './kubeadm.ts'

export type OracleFile = { readonly mode: number; readonly content: string }

export type KubeadmOutput = {
  /** File name → what kubeadm makes of it. */
  readonly files: ReadonlyMap<string, OracleFile>
  readonly objects: readonly KubeObject[]
  /** Of the CA that its cluster-info is about. */
  readonly caPem: string
}

/** Each ends with a line of kubeadm's own, which begins with a bracket. */
const attachedObjects = (said: string): readonly KubeObject[] =>
  said
    .split('[dryrun] Attached object:\n')
    .slice(1)
    .map((text) => text.split(/^\[/m)[0] ?? '')
    .flatMap((text) => readKubernetesYaml(text))
    .map(({ value }) => value as KubeObject)

export const kubeadmOutput = async (
  configuration: string,
  directory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<KubeadmOutput> => {
  const kubeadm = await kubeadmBinary()
  const config = join(directory, 'kubeadm.yaml')
  writeFileSync(config, configuration)
  const pki = join(directory, 'pki')
  const withCa = join(directory, 'with-ca.yaml')
  writeFileSync(
    withCa,
    configuration.replace('kubernetesVersion:', `certificatesDir: ${pki}\nkubernetesVersion:`),
  )

  const run = (...phase: readonly string[]) =>
    runOracle(kubeadm, ['init', 'phase', ...phase], { ...environment, KUBEADM_INIT_DRYRUN_DIR: directory })
  // A dry run of what goes into the cluster still wants an admin.conf to look at.
  await run('certs', 'ca', '--config', withCa)
  await run('kubeconfig', 'admin', '--config', withCa, '--kubeconfig-dir', directory)

  const before = new Set(readdirSync(directory))
  const dry = ['--dry-run', '--config', config]
  await run('control-plane', 'all', ...dry)
  await run('etcd', 'local', ...dry)
  await run('kubelet-start', ...dry)
  const files = readdirSync(directory)
    .filter((name) => !before.has(name))
    .map((name) => join(directory, name))
    .map((path): [string, OracleFile] => [
      path.slice(directory.length + 1),
      { mode: statSync(path).mode & 0o777, content: readFileSync(path, 'utf8') },
    ])

  const intoCluster = ['upload-config all', 'bootstrap-token', 'addon all'].map((phase) =>
    run(...phase.split(' '), ...dry, '--kubeconfig', join(directory, 'admin.conf')),
  )
  const said = await Promise.all(intoCluster)
  return {
    files: new Map(files),
    objects: said.flatMap(({ stdout }) => attachedObjects(stdout)),
    caPem: readFileSync(join(pki, 'ca.crt'), 'utf8'),
  }
}
