/** Every Go module in a bundle is under the licence that bundle/licences.yaml says, as its own LICENSE file in Go's cache has it. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kubernetesReleases } from '../../src/bundle/catalog.ts'
import { openBundle } from '../../src/bundle/open.ts'
import type { Bom, BomComponent } from '../../src/bundle/sbom/cyclonedx.ts'
import { bomText } from '../../src/bundle/sbom/read-bom.ts'
import { goCaches } from '../../src/bundle/sources/go.ts'
import { wholeGoBundle } from '../support/bundles.ts'
import { licencesOfText } from '../support/licences-of-text.ts'

/** Go writes a capital as "!" and the small letter: the folder may be on a disk that takes no note of case. */
const folderOf = (path: string, version: string): string =>
  join(
    goCaches()['GOMODCACHE'] ?? '',
    `${path}@${version}`.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`),
  )

const licencesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying)/i.test(name))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .flatMap((file) => licencesOfText(readFileSync(file, 'utf8')))

const componentsOf = async (kubernetes: string): Promise<Bom['components']> => {
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`)
  }
  const file = await wholeGoBundle(kubernetes, say)
  const { components } = JSON.parse((await bomText(await openBundle(file))) ?? '') as Bom
  const refs = components.map((component) => component['bom-ref'])
  expect(refs).toEqual([...new Set(refs)])
  return components
}

const expressionOf = ([first]: NonNullable<BomComponent['licenses']>): string => {
  if (!first) return ''
  return 'license' in first ? first.license.id : first.expression
}

test('what differs is a line to be added or changed there: of all versions of a module in any release', async () => {
  const components: BomComponent[] = []
  for (const kubernetes of kubernetesReleases()) components.push(...(await componentsOf(kubernetes)))
  const modules = components.filter(
    ({ purl, name, version }) => purl?.startsWith('pkg:golang/') && existsSync(folderOf(name, version)),
  )
  const byPath = Map.groupBy(modules, ({ name }) => name)
  expect(byPath.size).toBeGreaterThan(300)
  const said = [...byPath].map(([path, [first]]) => `${path}: ${expressionOf(first?.licenses ?? [])}`)
  const read = [...byPath].map(([path, versions]) => {
    const found = versions.flatMap(({ name, version }) => licencesIn(folderOf(name, version)))
    return `${path}: ${[...new Set(found)].toSorted().join(' AND ')}`
  })
  expect(said).toEqual(read)
})
