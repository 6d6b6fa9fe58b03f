/** gather.sh for real, on this machine, with each of the shells and tools that a host may have. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HostError } from '../../../src/errors.ts'
import { gatherFacts } from '../../../src/facts/gather.ts'
import type { Host } from '../../../src/host/types.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const now = () => Date.now()
const read = (path: string): string => readFileSync(path, 'utf8').trim()

/** The same host, with Kubernetes' folders elsewhere: the script is sent with other paths, and answers with the usual ones. */
const relocated = (host: ShellHost): Host => ({
  ...host,
  exec: async (request) => {
    const script = String(request.input).replaceAll(
      /\/(etc\/kubernetes|var\/lib\/(kubelet|slipway))/g,
      `${host.root}/$1`,
    )
    const command = request.command.map((word) => word.replace(/^\/var\/lib\/etcd$/, `${host.root}$&`))
    const result = await host.exec({ ...request, command, input: script })
    return { ...result, stdout: result.stdout.replaceAll(host.root, '') }
  },
})

const place = (host: ShellHost, path: string, content: string): void => {
  mkdirSync(dirname(join(host.root, path)), { recursive: true })
  writeFileSync(join(host.root, path), content)
}

describe.each(shells)('%s', (shell) => {
  test('says what this machine is, in one channel', async () => {
    const host = shellHost(shell)
    const facts = await gatherFacts(host, { names: [], now })
    expect(host.channels()).toBe(1)
    expect(facts).toMatchObject({
      host: shell,
      uid: process.getuid?.(),
      hostname: read('/proc/sys/kernel/hostname'),
      kernel: read('/proc/sys/kernel/osrelease'),
      machineId: read('/etc/machine-id'),
      cpus: Number(execFileSync('nproc', { encoding: 'utf8' })),
      arch: { x64: 'amd64', arm64: 'arm64' }[process.arch as string],
    })
    const interfaces = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    const addresses = interfaces.filter(({ family, internal }) => family === 'IPv4' && !internal)
    expect(facts.addresses).toEqual(expect.arrayContaining(addresses.map(({ address }) => address)))
    expect(facts.memoryMB).toBeGreaterThan(100)
    expect(facts.commands['tar']).toMatch(/tar$/)
    expect(facts.kernelFeatures).toHaveProperty('overlay')
    expect(facts.cgroupControllers).toContain('memory')
    expect(facts.disks.map(({ path }) => path)).toContain('/var/lib/containerd')
    expect(facts.disks.every(({ totalMB }) => totalMB > 0)).toBe(true)
    expect(Math.abs(facts.clock.host - facts.clock.workstation)).toBeLessThan(facts.clock.roundTrip + 2)
  })

  test('sees a socket that listens, and not one that has gone', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const bound = server.address()
    if (bound === null || typeof bound === 'string') throw new Error('the server has no port')
    const listening = { address: '127.0.0.1', port: bound.port }
    const host = shellHost(shell)
    expect((await gatherFacts(host, { names: [], now })).listening).toContainEqual(listening)
    await new Promise((resolve) => server.close(resolve))
    expect((await gatherFacts(host, { names: [], now })).listening).not.toContainEqual(listening)
  })

  test('reads PKI files and kubeconfigs as they are, and nothing of the key that is the kubelet’s own', async () => {
    const host = shellHost(shell)
    const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
    const hostile = 'a: "b\tc"\nuid\t7\n/etc/passwd:x\n\n  end\nend\n$(touch /nowhere) `id` \\n ü\n'
    place(host, '/etc/kubernetes/pki/ca.crt', certificate)
    place(host, '/etc/kubernetes/pki/etcd/ca.key', 'etcd-ca-key\n')
    place(host, '/etc/kubernetes/kubelet.conf', hostile)
    place(host, '/etc/kubernetes/manifests/etcd.yaml', 'kind: Pod\n')
    place(
      host,
      '/var/lib/kubelet/pki/kubelet-client-current.pem',
      `${certificate}-----BEGIN EC PRIVATE KEY-----\ns3cr3t\n`,
    )
    place(host, '/var/lib/slipway/cluster', 'name=demo\ncaHash=sha256:ab\n')
    mkdirSync(join(host.root, '/var/lib/etcd/lost+found'), { recursive: true })

    const facts = await gatherFacts(relocated(host), { names: [], now })
    expect(facts.identity).toEqual({
      '/etc/kubernetes/pki/ca.crt': certificate,
      '/etc/kubernetes/pki/etcd/ca.key': 'etcd-ca-key\n',
      '/etc/kubernetes/kubelet.conf': hostile,
      '/var/lib/kubelet/pki/kubelet-client-current.pem': certificate,
    })
    expect(facts.cluster).toEqual({ name: 'demo', caHash: 'sha256:ab' })
    expect(facts.uid).toBe(process.getuid?.())
    expect(facts.paths).toMatchObject({
      '/etc/kubernetes/manifests': 'directory',
      '/etc/kubernetes/manifests/etcd.yaml': 'file',
      '/etc/kubernetes/kubelet.conf': 'file',
      '/var/lib/etcd': 'empty-directory',
      '/var/lib/kubelet/pki/kubelet-client-current.pem': 'file',
    })
    expect(facts.paths).not.toHaveProperty('/etc/kubernetes/bootstrap-kubelet.conf')
  })

  test('names and folders are only ever data', async () => {
    const host = shellHost(shell)
    const hostile = `$(touch ${host.root}/broken)`
    const facts = await gatherFacts(host, {
      names: ['localhost', hostile, '-x', "';reboot"],
      etcdDataDir: `/var/lib/%s ${hostile}`,
      now,
    })
    expect(facts.resolves).toEqual({ localhost: '127.0.0.1' })
    expect(facts.disks.map(({ path }) => path)).toContain(`/var/lib/%s ${hostile}`)
    expect(() => readFileSync(join(host.root, 'broken'))).toThrow('ENOENT')
  })
})

test('an answer that was cut off is an error that names the host, not a host without anything', async () => {
  const host = shellHost('dash')
  const cutOff: Host = {
    ...host,
    exec: async (request) => {
      const result = await host.exec(request)
      return { ...result, stdout: result.stdout.slice(0, -10) }
    },
  }
  const failure = await gatherFacts(cutOff, { names: [], now }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(HostError)
  expect(failure).toMatchObject({ failure: { host: 'dash', doing: 'asking the host what it is' } })
})
