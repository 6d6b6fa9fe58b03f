import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCluster } from '../../../src/config/parse.ts'
import type { ClusterConfig } from '../../../src/config/schema.ts'

const options = { checkIds: ['Swap'] }

const configOf = (text: string): ClusterConfig => {
  const parsed = parseCluster(text, 'c.yaml', options)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.config
}

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/config/${name}`, import.meta.url), 'utf8')

describe('parseCluster', () => {
  it('fills in the defaults that a user would choose', () => {
    expect(configOf(fixture('valid-minimal.yaml'))).toMatchInlineSnapshot(`
      {
        "addons": {
          "coredns": {
            "replicas": 2,
          },
          "manifests": [],
        },
        "apiVersion": "slipway/v1",
        "bundle": {},
        "certificates": {
          "algorithm": "ECDSA-P256",
          "authorities": {},
          "caValidity": "3650d",
          "validity": "365d",
        },
        "controlPlane": {
          "apiServer": {
            "extraArgs": {},
          },
          "certSANs": [],
          "controllerManager": {
            "extraArgs": {},
          },
          "etcd": {
            "dataDir": "/var/lib/etcd",
            "extraArgs": {},
          },
          "scheduler": {
            "extraArgs": {},
          },
        },
        "hostPrep": {
          "hostsFile": true,
          "selinux": "permissive",
          "swap": "disable",
        },
        "hosts": [
          {
            "address": "10.0.0.11",
            "labels": {},
            "name": "cp1",
            "role": "control-plane",
          },
        ],
        "kind": "Cluster",
        "kubeProxy": {
          "config": {},
        },
        "kubelet": {
          "config": {},
        },
        "kubernetes": {
          "version": "1.37.1",
        },
        "name": "demo",
        "network": {
          "dnsDomain": "cluster.local",
          "plugin": "flannel",
          "podCIDR": "10.244.0.0/16",
          "proxyMode": "nftables",
          "serviceCIDR": "10.96.0.0/12",
        },
        "preflight": {
          "ignore": [],
        },
        "proxy": {
          "noProxy": [],
        },
        "registry": {
          "credentials": {},
          "mirrors": {},
        },
        "ssh": {},
      }
    `)
  })

  it('reads YAML 1.2: no and on are words, anchors are values', () => {
    const [first, second] = configOf(fixture('valid-yaml-1.2.yaml')).hosts
    expect(first?.name).toBe('no')
    expect(second?.labels).toEqual({ country: 'no', switch: 'on', mode: '0644', size: '1e3' })
  })

  it('gives a place inside the file for every problem of any text, and never throws', () => {
    const bits = fc.constantFrom(
      ...['apiVersion: slipway/v1\n', 'kind: Cluster\n', 'hosts:\n', '  - name: a\n', '    role: worker\n'],
      ...[
        'network: {',
        'podCIDR: 10.0.0.0/8',
        '}',
        '[',
        ']',
        '&a ',
        '*a',
        '<<: *a\n',
        '- ',
        '? ',
        '!!str ',
        '---\n',
      ],
      ...[
        '\t',
        '"',
        "'",
        '|\n',
        '%YAML 1.1\n',
        '\u0000',
        '\u001b[2J',
        '{{x}}',
        '__proto__: ',
        '1e3',
        '\r\n',
        '#',
      ],
    )
    const text = fc.array(fc.oneof(bits, fc.string({ maxLength: 8 })), { maxLength: 30 })
    fc.assert(
      fc.property(text, (parts) => {
        const joined = parts.join('')
        const parsed = parseCluster(joined, 'c.yaml', options)
        const lines = joined.split('\n').length
        const problems = parsed.ok ? [] : parsed.problems
        expect(parsed.ok || problems.length > 0).toBe(true)
        for (const { line, column, what, hint } of problems) {
          expect(line).toBeGreaterThanOrEqual(1)
          expect(line).toBeLessThanOrEqual(lines + 1)
          expect(column).toBeGreaterThanOrEqual(1)
          // Nothing of the file reaches a terminal as it is, but in YAML's own words on one line.
          expect(`${what}${hint}`).not.toMatch(/\p{Cc}/u)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('does not let deep nesting end the process', () => {
    expect(parseCluster('['.repeat(20_000), 'c.yaml', options)).toMatchObject({ ok: false })
  })
})
