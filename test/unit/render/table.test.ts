/** The registry of templates: every template has its place, and every row its template. */
import { describe, expect, it } from 'vitest'
import { templateNames } from '../../../src/render/engine.ts'
import {
  containerdFiles,
  controlPlaneManifests,
  hostPrepFiles,
  kubeletFiles,
  targetPath,
} from '../../../src/render/files.ts'
import { templateRows } from '../../../src/render/table.ts'
import { renderInput } from '../../support/render-input.ts'

/** Files of pods: they are in ConfigMaps, so no row writes them on a host. */
const inPods = [
  'etc/cni/net.d/10-flannel.conflist',
  'etc/coredns/Corefile.hbs',
  'etc/kube-flannel/net-conf.json.hbs',
  'var/lib/kube-proxy/config.conf.hbs',
  'var/lib/kube-proxy/kubeconfig.conf.hbs',
]

/** One template, a file for each registry. */
const ofRegistries = 'etc/containerd/certs.d/hosts.toml.hbs'

describe('the table of templates', () => {
  it('has a row for each file of a host', () => {
    const others = [...inPods, ofRegistries]
    const onHosts = templateNames.filter((name) => /^(etc|var)\//.test(name) && !others.includes(name))
    expect(templateRows.map(({ template }) => template).toSorted()).toEqual(onHosts)
  })

  it('writes no path twice', () => {
    const paths = templateRows.map(targetPath)
    expect(new Set(paths).size).toBe(paths.length)
  })

  it('lets nobody but root write, and root alone read manifests and what the kubelet is told', () => {
    for (const row of templateRows) {
      const closed = row.part === 'kubelet' || row.part === 'static-pods'
      expect([row.template, row.mode.toString(8)]).toEqual([row.template, closed ? '600' : '644'])
    }
  })

  it('gives a worker no manifests', () => {
    const worker = renderInput({ on: 'w1', config: { proxy: { https: 'http://proxy.example.com:3128' } } })
    expect(controlPlaneManifests(worker)).toEqual([])
    const written = [hostPrepFiles, containerdFiles, kubeletFiles].flatMap((filesOf) => filesOf(worker))
    expect(written).toHaveLength(templateRows.filter(({ roles }) => roles.includes('worker')).length)
  })

  it('never has a half-written manifest where the kubelet looks', () => {
    const staged = controlPlaneManifests(renderInput()).map(({ staging }) => staging)
    expect(staged).toEqual(Array(4).fill('/etc/kubernetes'))
  })
})
