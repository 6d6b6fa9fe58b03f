/** A cluster as it describes itself gives a joining host what its cluster file would have given. */
import { describe, expect, test } from 'vitest'
import { configOfCluster } from '../../../src/config/from-cluster.ts'
import type { ClusterConfig } from '../../../src/config/schema.ts'
import { kubeletFiles } from '../../../src/render/files.ts'
import { kubeadmConfig } from '../../../src/render/objects/kubeadm-config.ts'
import { kubeletConfig } from '../../../src/render/objects/kubelet-config.ts'
import { type RenderChanges, renderInput } from '../../support/render-input.ts'

const endpoint = { host: '10.0.0.11', port: 6443 }
const node = { name: 'w1', address: '10.0.0.21', endpoint }

const text = (object: object, key: string): string =>
  (object as { readonly data: Readonly<Record<string, string>> }).data[key] ?? ''

const described = (changes: RenderChanges): ClusterConfig => {
  const input = renderInput({ on: 'w1', ...changes })
  return configOfCluster(
    {
      cluster: text(kubeadmConfig(input), 'ClusterConfiguration'),
      kubelet: text(kubeletConfig(input.config), 'kubelet'),
      name: input.config.name,
    },
    { ...node, address: input.host.address },
  )
}

const clusters: readonly (readonly [string, NonNullable<RenderChanges['config']>])[] = [
  ['with every default', {}],
  [
    'with networks of its own',
    { network: { podCIDR: '10.32.0.0/16', serviceCIDR: '10.64.0.0/16', dnsDomain: 'k8s.example' } },
  ],
  [
    'with the user’s words for kubelets',
    { kubelet: { config: { maxPods: 50, evictionHard: { a: '1Gi' } } } },
  ],
  ['with swap kept', { hostPrep: { swap: 'keep' } }],
]

describe('the cluster file that a cluster stands for', () => {
  test.each(clusters)('gives a kubelet the same files: %s', (_what, config) => {
    const input = renderInput({ on: 'w1', config })
    const ours = described({ config })
    const [host] = ours.hosts
    if (!host) throw new Error('no host')
    expect(kubeletFiles({ ...input, config: ours, host })).toEqual(kubeletFiles(input))
    expect(ours.name).toBe(input.config.name)
    expect(ours.hostPrep.swap).toBe(input.config.hostPrep.swap)
  })

  test('is not had where nobody signs what a host that joins asks for', () => {
    expect(() => described({ config: { certificates: { keysOnHosts: false } } })).toThrow(
      'no host joins the cluster demo by itself: nobody in it signs certificates',
    )
    expect(() => described({ config: { kubelet: { config: { rotateCertificates: false } } } })).not.toThrow()
  })

  test('is a kubeadm cluster’s too: dual-stack networks, no annotation', () => {
    const config = configOfCluster(
      {
        cluster:
          'kubernetesVersion: v1.37.1\nnetworking: {podSubnet: "10.1.0.0/16,fd00::/64", serviceSubnet: 10.2.0.0/16}',
        kubelet: 'kind: KubeletConfiguration',
        name: undefined,
      },
      node,
    )
    expect(config.name).toBe('kubernetes')
    expect(config.kubernetes.version).toBe('1.37.1')
    expect(config.network).toMatchObject({ podCIDR: '10.1.0.0/16', serviceCIDR: '10.2.0.0/16' })
  })

  test.each([
    ['nothing', '', ''],
    ['no version', 'clusterName: x', 'kind: KubeletConfiguration'],
    ['no YAML', '{', '{'],
  ])('is refused when it says %s', (_what, cluster, kubelet) => {
    expect(() => configOfCluster({ cluster, kubelet, name: undefined }, node)).toThrow('not understood')
  })
})
