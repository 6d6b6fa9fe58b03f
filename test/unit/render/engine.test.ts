/** The engine, on templates of ours. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { render, renderObjects, renderYaml, templateNames } from '../../../src/render/engine.ts'
import { controlPlaneManifests, kubeletFiles } from '../../../src/render/files.ts'
import type { FileContent } from '../../../src/render/types.ts'
import { readUnambiguousYaml } from '../../../src/render/yaml-read.ts'
import { hostileStrings } from '../../support/hostile-strings.ts'
import { renderInput } from '../../support/render-input.ts'

describe('a template', () => {
  it('does not go without a value', () => {
    expect(() => render('var/lib/kubelet/kubeadm-flags.env.hbs', {})).toThrow(
      /kubeadm-flags.*"flags" not defined/,
    )
  })

  it.each([undefined, null, 7, {}])('takes no %o for a text', (runtimeEndpoint) => {
    expect(() => renderYaml('etc/crictl.yaml.hbs', { runtimeEndpoint })).toThrow(
      /crictl.*a text was expected/,
    )
  })

  it('has to be there', () => {
    expect(() => render('etc/passwd', {})).toThrow('there is no template etc/passwd')
  })

  it('that could be read in two ways is refused', () => {
    expect(() => renderObjects('addons/coredns.yaml.hbs', coredns({ replicas: '0644' }))).toThrow(
      /addons\/coredns.*do not read it alike/,
    )
    expect(renderObjects('addons/coredns.yaml.hbs', coredns({ replicas: '2' }))).toHaveLength(6)
  })
})

const coredns = (changes: object): object => ({
  corefile: '.:53 {}\n',
  clusterIP: '10.96.0.10',
  image: 'coredns:v1',
  ...changes,
})

describe('templates', () => {
  /** What is not a string: counts, booleans, and text for files that are not YAML. */
  const bare: readonly string[] = ['replicas', 'restrictOomScoreAdj', 'nftables', 'flags', 'dnsDomain']

  it.each(templateNames)('%s gets strings through a helper only', (name) => {
    const source = readFileSync(new URL(`../../../templates/${name}`, import.meta.url), 'utf8')
    const expressions = [...source.matchAll(/\{\{\{?([^}]*)\}/g)].map(([, inside = '']) => inside)
    const unhelped = expressions.filter((inside) => !/^(yaml|quote|#each|\/each|#if|\/if)\b/.test(inside))
    expect(unhelped.filter((inside) => !bare.includes(inside))).toEqual([])
  })
})

describe('hostile words of a cluster file', () => {
  const read = (files: readonly FileContent[], path: string): unknown =>
    readUnambiguousYaml(files.find((file) => file.path.endsWith(path))?.content ?? '')[0]

  it('stay strings in flags', () => {
    const extraArgs = Object.fromEntries(hostileStrings.map((word, index) => [`word-${index}`, word]))
    const manifests = controlPlaneManifests(
      renderInput({ config: { controlPlane: { apiServer: { extraArgs } } } }),
    )
    const flags = hostileStrings.map((word, index) => `--word-${index}=${word}`)
    expect(read(manifests, '/kube-apiserver.yaml')).toMatchObject({
      spec: { containers: [{ command: expect.arrayContaining(flags) }] },
    })
  })

  it('stay a path', () => {
    const dataDir = '/srv/{{image}} "on": \'0644\' #&*!'
    const manifests = controlPlaneManifests(renderInput({ config: { controlPlane: { etcd: { dataDir } } } }))
    expect(read(manifests, '/etcd.yaml')).toMatchObject({
      spec: { volumes: [{}, { hostPath: { path: dataDir } }] },
    })
  })

  it('stay keys and values of the kubelet configuration', () => {
    const words = Object.fromEntries(hostileStrings.map((word) => [word, word]))
    const config = { list: [...hostileStrings], map: words }
    const files = kubeletFiles(renderInput({ config: { kubelet: { config } } }))
    expect(read(files, '/kubelet/config.yaml')).toMatchObject(config)
  })
})
