/** Kubernetes' own reader of YAML, in the shape of kubectl, finds in what we write what we meant, and we read as it does. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { controlPlaneManifests } from '../../src/render/files.ts'
import { readKubernetesYaml } from '../../src/render/yaml-read.ts'
import { toYaml } from '../../src/render/yaml-write.ts'
import { anyString, hostileStrings } from '../support/hostile-strings.ts'
import { kubectlBinary, runOracle } from '../support/kubeadm.ts'
import { renderInput } from '../support/render-input.ts'
import { scratchDirectory } from '../support/scratch.ts'

/** What kubectl makes of a manifest, without a cluster. */
const readByKubectl = async (manifest: string): Promise<{ readonly spec: unknown }> => {
  const file = join(scratchDirectory('kubectl'), 'manifest.yaml')
  writeFileSync(file, manifest)
  const { stdout } = await runOracle(await kubectlBinary(), [
    'label',
    '--local',
    '-f',
    file,
    'read=yes',
    '-o',
    'json',
  ])
  return JSON.parse(stdout) as { readonly spec: unknown }
}

const thing = (spec: string): string =>
  `apiVersion: example.test/v1\nkind: Thing\nmetadata: { name: a }\nspec:\n${spec}`

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ')

test('strings of any kind, as keys and as values', async () => {
  const strings = [...hostileStrings, ...fc.sample(anyString, 500)]
  const spec = { list: strings, map: Object.fromEntries(strings.map((each) => [each, each])) }
  expect((await readByKubectl(thing(indented(toYaml(spec))))).spec).toEqual(spec)
})

test('a manifest with hostile words in its flags', async () => {
  const extraArgs = Object.fromEntries(hostileStrings.map((word, index) => [`word-${index}`, word]))
  const input = renderInput({ config: { controlPlane: { scheduler: { extraArgs } } } })
  const manifest = controlPlaneManifests(input).find(({ path }) => path.endsWith('/kube-scheduler.yaml'))
  const { spec } = await readByKubectl(manifest?.content ?? '')
  const flags = hostileStrings.map((word, index) => `--word-${index}=${word}`)
  expect(spec).toMatchObject({ containers: [{ command: expect.arrayContaining(flags) }] })
})

/** What both make of the same spec. */
const bothRead = async (spec: string): Promise<readonly [unknown, unknown]> => {
  const [document] = readKubernetesYaml(thing(spec))
  const ours: unknown = JSON.parse(JSON.stringify(document?.value))
  return [(ours as { readonly spec: unknown }).spec, (await readByKubectl(thing(spec))).spec]
}

test("a user's manifest means to us what it means to kubectl", async () => {
  const [ours, theirs] = await bothRead(`
  list: [0644, yes, off, 12:34:56, 2001-01-01, e1, ., ~, 190:20:30, 1.20, NULL, No, nUll, 1.2.3]
  map: { on: 2, 3: 4 }
  base: &base { a: 1 }
  merged: { <<: *base, b: 2 }
`)
  expect(ours).toEqual(theirs)
})

test('what looks like a number is one when it is one to kubectl', async () => {
  const words = fc.sample(fc.stringMatching(/^[-+]?[.0-9eExXob_]{1,6}$/), 1000)
  const [ours, theirs] = await bothRead(words.map((word) => `  - ${word}\n`).join(''))
  const withWords = (values: unknown) =>
    words.map((word, index) => [word, (values as readonly unknown[])[index]])
  expect(withWords(ours)).toEqual(withWords(theirs))
})
