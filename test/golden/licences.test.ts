/** Every Go module in a bundle is under the licence that bundle/licences.yaml says, as its own LICENSE file in Go's cache has it. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kubernetesReleases } from '../../src/bundle/catalog.ts'
import { createBundle } from '../../src/bundle/create.ts'
import { openBundle } from '../../src/bundle/open.ts'
import type { Bom } from '../../src/bundle/sbom/cyclonedx.ts'
import { bomText } from '../../src/bundle/sbom/read-bom.ts'
import { goCaches } from '../../src/bundle/sources/go.ts'
import { machineArch } from '../../src/bundle/sources/machine-arch.ts'
import { licencesOfText } from '../support/licences-of-text.ts'

/** Go writes a capital as "!" and the small letter: the folder may be on a disk that takes no note of case. */
const folderOf = (path: string, version: string): string =>
  join(
    goCaches()['GOMODCACHE'] ?? '',
    `${path}@${version}`.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`),
  )

const licenceIn = (folder: string): string => {
  const files = readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying)/i.test(name))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
  const found = new Set(files.flatMap((file) => licencesOfText(readFileSync(file, 'utf8'))))
  return [...found].toSorted().join(' AND ')
}

test.each(kubernetesReleases())(
  '%s: what differs is a line to be added or changed there',
  async (kubernetes) => {
    const file = await createBundle({
      kubernetes,
      arches: [machineArch],
      say: (line) => process.stderr.write(`${line}\n`),
    })
    const { components } = JSON.parse((await bomText(await openBundle(file))) ?? '') as Bom
    const refs = components.map((component) => component['bom-ref'])
    expect(refs).toEqual([...new Set(refs)])
    const modules = components.filter(
      ({ purl, name }) => purl?.startsWith('pkg:golang/') && name !== 'stdlib',
    )
    const read = modules.filter(({ name, version }) => existsSync(folderOf(name, version)))
    expect(read.length).toBeGreaterThan(300)
    const said = read.map(({ name, licenses: [first] = [] }) => {
      const expression = first && ('license' in first ? first.license.id : first.expression)
      return `${name}: ${expression ?? ''}`
    })
    expect(said).toEqual(read.map(({ name, version }) => `${name}: ${licenceIn(folderOf(name, version))}`))
  },
)
