/** The kubelet's files: what facts and the user change in them. */
import { describe, expect, it } from 'vitest'
import { kubeletFiles } from '../../../src/render/files.ts'
import { clusterObjects } from '../../../src/render/objects/index.ts'
import { readUnambiguousYaml } from '../../../src/render/yaml-read.ts'
import { hostFacts } from '../../support/facts.ts'
import { type RenderChanges, renderInput } from '../../support/render-input.ts'

const fileOf = (path: string, changes: RenderChanges = {}): string =>
  kubeletFiles(renderInput(changes)).find((file) => file.path === path)?.content ?? ''

const configuration = (changes: RenderChanges = {}): unknown =>
  readUnambiguousYaml(fileOf('/var/lib/kubelet/config.yaml', changes))[0]

describe('the kubelet configuration', () => {
  it('names the resolver behind systemd-resolved where it runs', () => {
    const resolvConf = '/run/systemd/resolve/resolv.conf'
    expect(configuration({ facts: hostFacts({ resolvedActive: true }) })).toMatchObject({ resolvConf })
    expect(configuration({ facts: hostFacts({ resolvedActive: false }) })).not.toHaveProperty('resolvConf')
  })

  it('lets the user have the last word, whatever it is about', () => {
    const config = {
      resolvConf: '/etc/mine.conf',
      containerRuntimeEndpoint: 'unix:///run/other.sock',
      authentication: { x509: { clientCAFile: '/etc/mine.crt' } },
      clusterDNS: ['10.0.0.53'],
      evictionHard: { 'nodefs.available': '1Gi' },
    }
    expect(configuration({ config: { kubelet: { config } } })).toMatchObject({
      ...config,
      authentication: { ...config.authentication, anonymous: { enabled: false }, webhook: { enabled: true } },
    })
  })

  it('takes swap for what it is when it is kept', () => {
    expect(configuration()).not.toHaveProperty('failSwapOn')
    expect(configuration({ config: { hostPrep: { swap: 'keep' } } })).toMatchObject({ failSwapOn: false })
  })

  it('does not change with the order in which the user wrote it', () => {
    const withConfig = (config: object) =>
      fileOf('/var/lib/kubelet/config.yaml', { config: { kubelet: { config } } })
    expect(withConfig({ maxPods: 10, evictionHard: { b: '1', a: '2' } })).toBe(
      withConfig({ evictionHard: { a: '2', b: '1' }, maxPods: 10 }),
    )
  })
})

describe('the kubelet flags', () => {
  it.each([
    ['w1', '--node-ip=10.0.0.21'],
    ['ip-10-0-0-21.example', '--node-ip=10.0.0.21 --hostname-override=w1'],
  ])('on a host that is called %s', (hostname, flags) => {
    const changes = { on: 'w1', facts: hostFacts({ hostname }) }
    expect(fileOf('/var/lib/kubelet/kubeadm-flags.env', changes)).toBe(`KUBELET_KUBEADM_ARGS="${flags}"\n`)
  })
})

describe('the ConfigMap kubelet-config', () => {
  const annotations = (config: object): unknown =>
    clusterObjects(renderInput({ config: { ...config } })).find(
      ({ metadata }) => metadata.name === 'kubelet-config',
    )?.metadata.annotations

  it('is marked as generated, so that kubeadm may make it anew, unless the user had a say in it', () => {
    expect(annotations({})).toMatchObject({
      'kubeadm.kubernetes.io/component-config.hash': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    })
    expect(annotations({ kubelet: { config: { maxPods: 10 } } })).toBeUndefined()
    expect(annotations({ hostPrep: { swap: 'keep' } })).toBeUndefined()
  })
})
