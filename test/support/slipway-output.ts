/** What Slipway would write on a first control plane and create in its cluster, in the same terms as kubeadm's. */

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename } from 'node:path'
import { addonObjects } from '../../src/addons/index.ts'
import { bootstrapTokenSecret } from '../../src/api/tokens.ts'
import type { KubeObject } from '../../src/api/types.ts'
import { versionsOf } from '../../src/bundle/catalog.ts'
import { imageRows } from '../../src/bundle/contents.ts'
import type { HostFacts } from '../../src/facts/types.ts'
import { controlPlaneManifests, kubeletFiles } from '../../src/render/files.ts'
import { bootstrapObjects, clusterObjects } from '../../src/render/objects/index.ts'
import type { FileContent, RenderInput } from '../../src/render/types.ts'
import { hostFacts } from './facts.ts'

export const bundleImages = (version: string): Readonly<Record<string, string>> =>
  Object.fromEntries(imageRows(versionsOf(version), 'plain').map(({ component, name }) => [component, name]))

/** kubeadm looks at the machine it runs on, so for a comparison that machine is the host. */
export const factsOfThisMachine = (): HostFacts =>
  hostFacts({
    hostname: hostname(),
    paths: Object.fromEntries(
      ['/etc/pki/ca-trust', '/etc/pki/tls/certs', '/etc/ca-certificates', '/usr/share/ca-certificates']
        .concat('/usr/local/share/ca-certificates')
        .filter((path) => existsSync(path))
        .map((path) => [path, 'directory']),
    ),
    resolvedActive: spawnSync('systemctl', ['is-active', '--quiet', 'systemd-resolved']).status === 0,
  })

/** kubeadm's own files, by name: what is only ours (units, containerd) is not compared with it. */
export const slipwayFiles = (input: RenderInput): ReadonlyMap<string, FileContent> =>
  new Map(
    [...controlPlaneManifests(input), ...kubeletFiles(input)]
      .filter(({ path }) => !path.startsWith('/etc/systemd/'))
      .map((file) => [basename(file.path), file]),
  )

export const slipwayObjects = (input: RenderInput, token: string): readonly KubeObject[] => [
  ...clusterObjects(input),
  ...bootstrapObjects(input),
  ...addonObjects(input, []),
  bootstrapTokenSecret({ token, expires: '2026-01-01T00:00:00Z', description: 'for a test' }),
]
