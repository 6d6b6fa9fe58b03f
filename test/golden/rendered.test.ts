/**
 * Everything that is written on hosts and in the cluster, for a cluster file that never changes, as files to read in a review. A
 * change of a template shows up there; `npx vitest run --project golden -u` writes them anew.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addonObjects } from '../../src/addons/index.ts'
import type { KubeObject } from '../../src/api/types.ts'
import {
  containerdFiles,
  controlPlaneManifests,
  hostPrepFiles,
  kubeletFiles,
} from '../../src/render/files.ts'
import { bootstrapObjects, clusterAdminsBinding, clusterObjects } from '../../src/render/objects/index.ts'
import { registryFiles } from '../../src/render/registries.ts'
import type { FileContent } from '../../src/render/types.ts'
import { toYaml } from '../../src/render/yaml-write.ts'
import { hostFacts } from '../support/facts.ts'
import { renderInput } from '../support/render-input.ts'

const folder = join(import.meta.dirname, 'rendered')

const cp1 = renderInput()
/** All that facts can change: a hostname that is not the node's, no systemd-resolved, a container for a host. */
const w1 = renderInput({
  on: 'w1',
  facts: hostFacts({ hostname: 'ip-10-0-0-21', resolvedActive: false, canLowerOomScore: false }),
})

const hostFiles = [cp1, w1].flatMap((input) =>
  [hostPrepFiles, containerdFiles, kubeletFiles, controlPlaneManifests]
    .flatMap((filesOf) => filesOf(input))
    .map(({ path, mode, content }) => ({ name: `${input.host.name}${path}`, text: content, mode })),
)

/** What a proxy and registries change on a host, and what they add. */
const outside = renderInput({
  config: {
    proxy: {
      http: 'http://proxy.example.com:3128',
      https: 'http://proxy.example.com:3128',
      noProxy: ['192.168.0.0/16', '.example.com'],
    },
    registry: {
      mirrors: {
        'docker.io': [
          { endpoint: 'https://harbor.example.com/v2/hub', overridePath: true },
          { endpoint: 'http://10.0.0.5:5000', insecure: true, capabilities: ['pull'] },
        ],
        'registry.example.com:5000': [{ endpoint: 'https://mirror.example.com' }],
      },
      credentials: {
        'harbor.example.com': { user: 'robot$hub', passwordFile: 'a' },
        'registry.example.com:5000': { user: 'me', passwordFile: 'b' },
      },
      caFile: 'ca.pem',
    },
  },
})
const registryTexts = {
  caPem: '-----BEGIN CERTIFICATE-----\nof a registry\n-----END CERTIFICATE-----\n',
  passwords: new Map([
    ['harbor.example.com', 'of the robot'],
    ['registry.example.com:5000', 'mine'],
  ]),
}
const differing = (name: string, all: readonly FileContent[]) =>
  all
    .filter(
      ({ path, content }) => !hostFiles.some((same) => same.name === `cp1${path}` && same.text === content),
    )
    .map(({ path, mode, content }) => ({ name: `${name}${path}`, text: content, mode }))

const outsideFiles = differing('outside', [
  ...containerdFiles(outside),
  ...registryFiles(outside.config, registryTexts),
  ...kubeletFiles(outside),
  ...controlPlaneManifests(outside),
])

/** What is different where no host has the key of a CA, and another CA is above it. */
const external = renderInput({
  config: { certificates: { authorities: { ca: { certificate: 'ca.crt' } } } },
})
const externalFiles = differing('external-ca', [
  ...kubeletFiles(external),
  ...controlPlaneManifests(external),
])

const document = (objects: readonly KubeObject[]): string => objects.map((each) => toYaml(each)).join('---\n')

const clusterFiles = [
  { name: 'cluster/bootstrap.yaml', text: document([clusterAdminsBinding(), ...bootstrapObjects(cp1)]) },
  { name: 'cluster/configuration.yaml', text: document(clusterObjects(cp1)) },
  { name: 'cluster/addons.yaml', text: document(addonObjects(cp1, [])) },
]

const modes = [...hostFiles, ...outsideFiles, ...externalFiles]
  .map(({ name, mode }) => `${mode.toString(8)} ${name}\n`)
  .join('')
const files = [
  ...hostFiles,
  ...outsideFiles,
  ...externalFiles,
  ...clusterFiles,
  { name: 'modes.txt', text: modes },
]

describe('rendered', () => {
  it.each(files)('$name', async ({ name, text }) => {
    await expect(text).toMatchFileSnapshot(join(folder, name))
  })

  it('holds nothing that is no longer written', () => {
    const there = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    expect(there.toSorted()).toEqual(files.map(({ name }) => name).toSorted())
  })
})
