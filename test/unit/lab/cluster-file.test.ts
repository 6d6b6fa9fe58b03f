import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { clusterSchema } from '../../../src/config/schema.ts'
import { type ClusterFileInput, clusterFileText } from '../../../src/lab/cluster-file.ts'
import { overlap } from '../../../src/lab/network.ts'

const input: ClusterFileInput = {
  lab: 'dev',
  kubernetes: '1.37.1',
  hosts: [
    { name: 'cp1', address: '172.30.7.11', role: 'control-plane' },
    { name: 'w1', address: '172.30.7.21', role: 'worker' },
  ],
  identityFile: '/home/a user/.cache/slipway/lab/dev/id_ed25519',
  knownHostsFile: '/home/a user/.cache/slipway/lab/dev/known_hosts',
  limits: { cgroupV1: true, noSysResource: true },
}

describe('the cluster file of a lab', () => {
  test('is a cluster file', () => {
    const config = clusterSchema.parse(parse(clusterFileText(input)))
    expect(config.hosts.map(({ name, address, role }) => ({ name, address, role }))).toEqual(input.hosts)
    expect(config.ssh).toMatchObject({
      user: 'root',
      identityFile: input.identityFile,
      knownHostsFile: input.knownHostsFile,
    })
    expect(config.kubernetes.version).toBe('1.37.1')
  })

  test('states thresholds that a shared, fairly full disk can meet', () => {
    const { kubelet } = clusterSchema.parse(parse(clusterFileText(input)))
    expect(kubelet.config).toMatchObject({
      evictionHard: {
        'nodefs.available': '1Gi',
        'imagefs.available': '1Gi',
        'memory.available': '100Mi',
      },
      imageGCHighThresholdPercent: 100,
    })
  })

  test.each([
    [
      { cgroupV1: true, noSysResource: true },
      { failCgroupV1: false, oomScoreAdj: 0 },
    ],
    [{ cgroupV1: true, noSysResource: false }, { failCgroupV1: false }],
    [{ cgroupV1: false, noSysResource: true }, { oomScoreAdj: 0 }],
    [{ cgroupV1: false, noSysResource: false }, {}],
  ])('answers the limits of the machine and no others: %o', (limits, expected) => {
    const { kubelet, kubeProxy } = clusterSchema.parse(parse(clusterFileText({ ...input, limits })))
    const { evictionHard: _, imageGCHighThresholdPercent: __, ...rest } = kubelet.config
    expect(rest).toEqual(expected)
    expect(kubeProxy.config['oomScoreAdj']).toBe(limits.noSysResource ? 0 : undefined)
  })

  test('has networks that no lab network overlaps', () => {
    const { network } = clusterSchema.parse(parse(clusterFileText(input)))
    expect(overlap(network.podCIDR, '172.30.0.0/16')).toBe(false)
    expect(overlap(network.serviceCIDR, '172.30.0.0/16')).toBe(false)
  })
})
