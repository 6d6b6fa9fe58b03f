/** A cluster whose CAs are replaced, as files of its hosts: stages are carried out on them as a run would, whole or in part. */
import type { ClusterConfig } from '../../src/config/schema.ts'
import { kubeletClientCertificate, kubeletConf, pkiDirectory } from '../../src/constants.ts'
import { type Authorities, adoptAuthorities, trustBundle } from '../../src/pki/authorities.ts'
import { mintClient } from '../../src/pki/client.ts'
import { issueIdentity } from '../../src/pki/identity.ts'
import { clusterServer } from '../../src/pki/kubeconfig-table.ts'
import { kubeletKubeconfig } from '../../src/pki/kubeconfigs.ts'
import { newKubeletClient } from '../../src/pki/kubelet-client.ts'
import { type RotatableId, rotatableIds } from '../../src/pki/rotation/generations.ts'
import { authoritiesAt, type Rotation } from '../../src/pki/rotation/progress.ts'
import type { Stage } from '../../src/pki/rotation/stages.ts'
import { contentsOf, filesOf, issueFor } from './pki.ts'

export type Hosts = Readonly<Record<string, Readonly<Record<string, string>>>>

/** One file of one host, as a stage writes it. */
export type Write = { readonly host: string; readonly path: string; readonly content: string }

/** What stands on hosts that have joined: the kubelets have certificates of their own. */
export const joinedHosts = async (
  config: ClusterConfig,
  authorities: Authorities,
  now: Date,
): Promise<Hosts> => {
  const issued = await issueFor(config, authorities, {}, now)
  const entries = config.hosts.map(async (host) => {
    const client = await mintClient({
      authorities,
      commonName: `system:node:${host.name}`,
      organizations: ['system:nodes'],
      seconds: 86_400,
      now,
    })
    const conf = kubeletKubeconfig({
      server: clusterServer(config),
      caPem: trustBundle(authorities.ca),
      nodeName: host.name,
      pemFile: kubeletClientCertificate,
    })
    const own = host.role === 'worker' ? { [kubeletConf]: conf } : {}
    return [
      host.name,
      { ...contentsOf(filesOf(issued, host.name)), ...own, [kubeletClientCertificate]: client.certPem },
    ]
  })
  return Object.fromEntries(await Promise.all(entries))
}

export type Begun = Pick<Rotation, 'kept' | 'rollback'> & { readonly ids?: readonly RotatableId[] }

/** What a run would know when it looks at these hosts. */
export const rotationOf = (
  config: ClusterConfig,
  begun: Begun,
  hosts: Hosts,
  present = config.hosts,
): Rotation => {
  const there = adoptAuthorities(hosts['cp1'] ?? {})
  if (!there) throw new Error('the control plane of this test has no authorities')
  return {
    ...begun,
    there,
    ids: begun.ids ?? rotatableIds,
    hosts: present.map(({ name, role }) => ({ host: name, role, files: hosts[name] ?? {} })),
  }
}

/** In the order of the phases: who is trusted before what is signed, the control plane before the workers. */
const order = (path: string): number => {
  if (path === kubeletClientCertificate) return 3
  return path.startsWith(pkiDirectory) ? 1 : 2
}

export const writesOf = async (
  config: ClusterConfig,
  rotation: Rotation,
  stage: Stage,
  mayDrop: (id: RotatableId) => boolean,
  now: Date,
): Promise<readonly Write[]> => {
  // Refreshing restarts what has read its files: it writes none of these.
  if (stage === 'refresh') return []
  const authorities = authoritiesAt(rotation, stage, mayDrop)
  const writes: Write[] = []
  for (const { host: name, files } of rotation.hosts) {
    const host = config.hosts.find((each) => each.name === name)
    if (!host) continue
    const client =
      stage === 'issue'
        ? await newKubeletClient({ config, authorities, host, existing: files, now })
        : undefined
    const existing = { ...files, ...(client ? { [kubeletClientCertificate]: client.certPem } : {}) }
    const issued = await issueIdentity({ config, authorities, existing: new Map([[name, existing]]), now })
    const wanted = {
      ...contentsOf(filesOf(issued, name)),
      ...(client ? { [kubeletClientCertificate]: client.certPem } : {}),
    }
    for (const [path, content] of Object.entries(wanted))
      if (files[path] !== content) writes.push({ host: name, path, content })
  }
  return writes.toSorted((a, b) => order(a.path) - order(b.path))
}

export const written = (hosts: Hosts, writes: readonly Write[]): Hosts =>
  Object.fromEntries(
    Object.entries(hosts).map(([name, files]) => [
      name,
      {
        ...files,
        ...Object.fromEntries(
          writes.filter(({ host }) => host === name).map(({ path, content }) => [path, content]),
        ),
      },
    ]),
  )
