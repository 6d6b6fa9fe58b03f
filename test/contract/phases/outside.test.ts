/** What the cluster file no longer says about registries and proxies is taken away; what somebody else wrote stays; on every shell. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outsideSteps } from '../../../src/phases/outside.ts'
import type { PlanInput } from '../../../src/phases/types.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { plannedCluster } from '../../support/plan-input.ts'
import { attempt, statuses } from '../../support/programs.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const { input } = await plannedCluster()

const asking = (sections: object, registryTexts: NonNullable<PlanInput['registryTexts']>): PlanInput => ({
  ...input,
  config: clusterConfig({ ...sections }),
  registryTexts,
})

const full = asking(
  {
    registry: {
      mirrors: { 'docker.io': [{ endpoint: 'https://mirror.example' }] },
      credentials: { 'private.example:5000': { user: 'me', passwordFile: 'x' } },
      caFile: 'x',
    },
    proxy: { https: 'http://proxy.example:3128' },
  },
  { caPem: 'PEM\n', passwords: new Map([['private.example:5000', 'of mine']]) },
)
const empty = asking({}, { caPem: undefined, passwords: new Map() })

const folder = (host: ShellHost): string => join(host.root, 'etc/containerd')

const present = (host: ShellHost): readonly string[] =>
  readdirSync(folder(host), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder(host).length + 1))
    .toSorted()

const bring = async (host: ShellHost, to: PlanInput) => statuses(await attempt(host, outsideSteps(to)))

describe.each(shells)('%s', (shell) => {
  test('files come, stay, and go', async () => {
    const host = shellHost(shell)
    const theirs = join(folder(host), 'certs.d/their.example/hosts.toml')
    mkdirSync(dirname(theirs), { recursive: true })
    writeFileSync(theirs, '# ours\nserver = "https://their.example"\n')

    const proxy = join(host.root, 'etc/systemd/system/containerd.service.d/http-proxy.conf')
    mkdirSync(dirname(proxy), { recursive: true })
    writeFileSync(proxy, '[Service]\n')

    expect(new Set(await bring(host, full))).toContain('changed')
    expect(present(host)).toEqual([
      'certs.d/_default/hosts.toml',
      'certs.d/docker.io/hosts.toml',
      'certs.d/private.example_5000_/hosts.toml',
      'certs.d/their.example/hosts.toml',
      'registry-ca.pem',
    ])
    const secret = join(folder(host), 'certs.d/private.example_5000_/hosts.toml')
    expect(statSync(secret).mode & 0o777).toBe(0o600)
    expect(new Set(await bring(host, full))).toEqual(new Set(['unchanged']))

    expect(existsSync(proxy)).toBe(true)

    expect(await bring(host, empty)).toEqual(['changed', 'changed', 'changed'])
    expect(existsSync(proxy)).toBe(false)
    expect(present(host)).toEqual(['certs.d/their.example/hosts.toml'])
    expect(readdirSync(join(folder(host), 'certs.d'))).toEqual(['their.example'])
    expect(await bring(host, empty)).toEqual(['unchanged', 'unchanged', 'unchanged'])
  })
})

test('a host that joins without a cluster file keeps what it has', () => {
  const { registryTexts: _, ...joining } = input
  expect(outsideSteps(joining)).toEqual([])
})
