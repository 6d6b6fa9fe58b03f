import { describe, expect, test } from 'vitest'
import { controlPlaneProxy, runtimeProxy } from '../../../src/render/proxy.ts'
import { clusterConfig } from '../../support/check-input.ts'

const https = 'http://proxy.example.com:3128'

const hosts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `h${index}.lan`,
    address: `10.0.0.${index + 1}`,
    role: index === 0 ? 'control-plane' : 'worker',
  }))

const noProxy = (sections: object, environment = controlPlaneProxy): string | undefined =>
  environment(clusterConfig({ ...sections })).find(({ name }) => name === 'NO_PROXY')?.value

describe('the environment of a proxy', () => {
  test('no proxy, no variables', () => {
    expect(runtimeProxy(clusterConfig())).toEqual([])
    expect(controlPlaneProxy(clusterConfig())).toEqual([])
  })

  test.each([
    [{ http: 'http://a:1' }, ['HTTP_PROXY', 'NO_PROXY']],
    [{ https: 'http://a:1' }, ['HTTPS_PROXY', 'NO_PROXY']],
    [{ http: 'http://a:1', https: 'http://a:1' }, ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']],
  ])('%j', (proxy, names) => {
    expect(runtimeProxy(clusterConfig({ proxy })).map(({ name }) => name)).toEqual(names)
  })

  test('reached without it: hosts, the endpoint, the networks and names of the cluster; what the user adds comes last', () => {
    const controlPlane = { endpoint: { host: 'api.example', port: 6443 } }
    const network = { podCIDR: '10.244.0.0/16', serviceCIDR: '10.96.0.0/12', dnsDomain: 'k8s.example' }
    const sections = {
      hosts: hosts(2),
      controlPlane,
      network,
      proxy: { https, noProxy: ['b.example', 'a.example'] },
    }
    const [start, networks, end] = [
      'localhost,127.0.0.0/8,10.0.0.1,10.0.0.2',
      'api.example,10.244.0.0/16,10.96.0.0/12,.svc,.k8s.example',
      'b.example,a.example',
    ]
    expect(noProxy(sections)).toBe(`${start},${networks},${end}`)
    expect(noProxy(sections, runtimeProxy)).toBe(`${start},h0.lan,h1.lan,${networks},${end}`)
  })

  test.each([
    [
      'an endpoint that is a host',
      { controlPlane: { endpoint: { host: '10.0.0.1', port: 6443 } } },
      '10.0.0.1',
    ],
    ['what the user says again', { proxy: { https, noProxy: ['localhost', '10.0.0.1'] } }, '10.0.0.1'],
  ])('%s stands there once', (_what, sections, twice) => {
    const items = noProxy({ hosts: hosts(1), proxy: { https }, ...sections })?.split(',') ?? []
    expect(items.filter((item) => item === twice)).toHaveLength(1)
    expect(new Set(items).size).toBe(items.length)
  })

  test('a further host changes nothing where a network and a domain cover it already', () => {
    const proxy = { https, noProxy: ['10.0.0.0/24', '.lan'] }
    const of = (count: number, environment: typeof runtimeProxy) =>
      noProxy({ hosts: hosts(count), proxy }, environment)
    for (const environment of [runtimeProxy, controlPlaneProxy])
      expect(of(9, environment)).toBe(of(3, environment))
    expect(noProxy({ hosts: hosts(4), proxy: { https } })).not.toBe(
      noProxy({ hosts: hosts(3), proxy: { https } }),
    )
  })
})
