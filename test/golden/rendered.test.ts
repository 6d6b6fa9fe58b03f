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

const document = (objects: readonly KubeObject[]): string => objects.map((each) => toYaml(each)).join('---\n')

const clusterFiles = [
  { name: 'cluster/bootstrap.yaml', text: document([clusterAdminsBinding(), ...bootstrapObjects(cp1)]) },
  { name: 'cluster/configuration.yaml', text: document(clusterObjects(cp1)) },
  { name: 'cluster/addons.yaml', text: document(addonObjects(cp1, [])) },
]

const modes = hostFiles.map(({ name, mode }) => `${mode.toString(8)} ${name}\n`).join('')
const files = [...hostFiles, ...clusterFiles, { name: 'modes.txt', text: modes }]

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
