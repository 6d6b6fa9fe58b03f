/** Addons: what the cluster file changes in them, and that what changes starts new pods. */
import { describe, expect, it } from 'vitest'
import { addonObjects, addons } from '../../../src/addons/index.ts'
import type { KubeObject } from '../../../src/api/types.ts'
import { UserError } from '../../../src/errors.ts'
import { renderInput } from '../../support/render-input.ts'

const objectsFor = (network: object = {}, sections: object = {}): readonly KubeObject[] =>
  addonObjects(renderInput({ config: { network, ...sections } }), [])

const find = (objects: readonly KubeObject[], kind: string, name: string): KubeObject => {
  const found = objects.find((each) => each.kind === kind && each.metadata.name === name)
  if (!found) throw new Error(`no ${kind} ${name}`)
  return found
}

const podAnnotations = (objects: readonly KubeObject[], name: string): unknown =>
  (
    find(objects, 'DaemonSet', name)['spec'] as {
      readonly template: { readonly metadata: { readonly annotations: unknown } }
    }
  ).template.metadata.annotations

const dataOf = (objects: readonly KubeObject[], name: string): Readonly<Record<string, string>> =>
  find(objects, 'ConfigMap', name)['data'] as Readonly<Record<string, string>>

describe('flannel', () => {
  it.each([
    ['nftables', true],
    ['iptables', false],
  ])('goes by the mode of kube-proxy: %s', (proxyMode, EnableNFTables) => {
    const netConf =
      dataOf(objectsFor({ proxyMode, podCIDR: '10.1.0.0/16' }), 'kube-flannel-cfg')['net-conf.json'] ?? ''
    expect(JSON.parse(netConf)).toEqual({
      Network: '10.1.0.0/16',
      EnableNFTables,
      Backend: { Type: 'vxlan' },
    })
  })

  it('is left out when the user brings another', () => {
    expect(
      objectsFor({ plugin: 'none' }).filter(({ metadata }) => metadata.name.includes('flannel')),
    ).toEqual([])
  })

  it('finds the API without kube-proxy', () => {
    const text = JSON.stringify(find(objectsFor(), 'DaemonSet', 'kube-flannel-ds'))
    expect(text).toContain('{"name":"KUBERNETES_SERVICE_HOST","value":"10.0.0.11"}')
    expect(text).toContain('{"name":"KUBERNETES_SERVICE_PORT","value":"6443"}')
  })
})

describe('pods that read their configuration at their start', () => {
  it('are replaced when it changes, and only then', () => {
    const before = objectsFor()
    const after = objectsFor({ proxyMode: 'iptables' }, { addons: { coredns: { replicas: 3 } } })
    for (const name of ['kube-proxy', 'kube-flannel-ds']) {
      expect(podAnnotations(objectsFor(), name)).toEqual(podAnnotations(before, name))
      expect(podAnnotations(after, name)).not.toEqual(podAnnotations(before, name))
    }
  })
})

describe('addons', () => {
  it.each(addons)('$id says what the bundle lacks', ({ objects }) => {
    const render = () => objects(renderInput({ images: {} }))
    expect(render).toThrow(UserError)
    expect(render).toThrow(/the bundle has no image of/)
  })

  it('come before what the user adds', () => {
    const text = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: mine }\n'
    const objects = addonObjects(renderInput(), [{ file: 'mine.yaml', text }])
    expect(objects.at(-1)?.metadata.name).toBe('mine')
  })
})
