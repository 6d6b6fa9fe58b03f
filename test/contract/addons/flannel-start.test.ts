/**
 * The start of flannel's container, on the shells that it may have: the CNI configuration, by which a node becomes Ready, is there
 * when flannel has a subnet, whole, and not before.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { flannel } from '../../../src/addons/flannel.ts'
import { renderInput } from '../../support/render-input.ts'
import { scratchDirectory } from '../../support/scratch.ts'

type Container = { readonly command: readonly string[] }
type DaemonSet = {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } }
}

const objects = flannel.objects(renderInput())

const patiently = { timeout: 60_000, interval: 20 }

const script = (): string => {
  const daemonSet = objects.find(({ kind }) => kind === 'DaemonSet') as unknown as DaemonSet
  const [shell, option, text] = daemonSet.spec.template.spec.containers[0]?.command ?? []
  expect([shell, option]).toEqual(['/bin/sh', '-c'])
  return text ?? ''
}

const cniConf = (): string => {
  const [data] = objects.filter(({ kind }) => kind === 'ConfigMap').map((each) => each['data'])
  return (data as Readonly<Record<string, string>>)['cni-conf.json'] ?? ''
}

type Started = {
  readonly conflist: string
  readonly subnet: string
  readonly configurations: () => readonly string[]
  readonly said: () => string
}

/** The container's files below a directory, and for flanneld a program that says how it was called and waits. */
const startContainer = (shell: readonly string[], prepare: (root: string) => void = () => {}): Started => {
  const root = scratchDirectory('flannel')
  for (const path of ['run/flannel', 'etc/cni/net.d', 'etc/kube-flannel', 'opt/bin'])
    mkdirSync(join(root, path), { recursive: true })
  writeFileSync(join(root, 'etc/kube-flannel/cni-conf.json'), cniConf())
  const daemon = join(root, 'opt/bin/flanneld')
  writeFileSync(
    daemon,
    `#!/bin/sh\necho "$@" >${root}/said.new; mv ${root}/said.new ${root}/said; exec sleep 60\n`,
  )
  chmodSync(daemon, 0o755)
  prepare(root)
  const inRoot = script().replaceAll(/(?<=[=\s])\/(run|etc|opt)\//g, `${root}/$1/`)
  const [command = '', ...args] = [...shell, '-c', inRoot]
  const child: ChildProcess = spawn(command, args, {
    env: { PATH: process.env['PATH'], NODE_ADDRESS: '10.0.0.21' },
    detached: true,
    stdio: 'ignore',
  })
  onTestFinished(() => {
    if (child.pid !== undefined) process.kill(-child.pid)
  })
  return {
    conflist: join(root, 'etc/cni/net.d/10-flannel.conflist'),
    subnet: join(root, 'run/flannel/subnet.env'),
    configurations: () => readdirSync(join(root, 'etc/cni/net.d')),
    said: () => readFileSync(join(root, 'said'), 'utf8'),
  }
}

const shells: Readonly<Record<string, readonly string[]>> = {
  dash: ['dash'],
  bash: ['bash'],
  'busybox sh': ['busybox', 'sh'],
}

describe.each(Object.entries(shells))('%s', (_name, shell) => {
  it('places the CNI configuration when there is a subnet, and leaves flanneld in its own place', async () => {
    const container = startContainer(shell)
    await vi.waitFor(
      () => expect(container.said()).toBe('--ip-masq --kube-subnet-mgr --iface=10.0.0.21\n'),
      patiently,
    )
    expect(container.configurations()).toEqual([])
    writeFileSync(container.subnet, 'FLANNEL_SUBNET=10.244.1.1/24\n')
    await vi.waitFor(() => expect(container.configurations()).toEqual(['10-flannel.conflist']), patiently)
    expect(readFileSync(container.conflist, 'utf8')).toBe(cniConf())
  })

  it('removes one that a reboot left behind', async () => {
    const container = startContainer(shell, (root) =>
      writeFileSync(join(root, 'etc/cni/net.d/10-flannel.conflist'), '{}'),
    )
    await vi.waitFor(() => expect(container.said()).not.toBe(''), patiently)
    expect(existsSync(container.conflist)).toBe(false)
  })

  it('keeps it over a restart of the container', async () => {
    const container = startContainer(shell, (root) => {
      writeFileSync(join(root, 'run/flannel/subnet.env'), 'FLANNEL_SUBNET=10.244.1.1/24\n')
      writeFileSync(join(root, 'etc/cni/net.d/10-flannel.conflist'), '{}')
    })
    await vi.waitFor(() => expect(container.said()).not.toBe(''), patiently)
    expect(existsSync(container.conflist)).toBe(true)
    await vi.waitFor(() => expect(readFileSync(container.conflist, 'utf8')).toBe(cniConf()), patiently)
  })
})
