/** `slipway certs check` as a user runs it, over real SSH servers: one host answers, one is lost while it does, one is off. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { stringify } from 'yaml'
import type { Authorities } from '../../../src/pki/authorities.ts'
import type { CertificatesJson } from '../../../src/report/certificates-json.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, filesOf, issueFor, placeFiles } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { slipway } from '../../support/slipway.ts'
import { sshWay } from '../../support/ssh-target.ts'

const made: { authorities?: Authorities } = {}
beforeAll(async () => {
  made.authorities = await authoritiesFor(clusterConfig(), new Date())
})

const isReading = (command: string): boolean => command.endsWith("'sh' '-s'")

/** The script for Kubernetes' folders, run on those below `root`. */
const readingBelow = (root: string) => (command: string) => {
  const folders = `s#/etc/kubernetes#${root}&#g; s#/var/lib/kubelet#${root}&#g`
  return ['/bin/sh', '-c', isReading(command) ? `sed '${folders}' | sh -s | sed 's#^${root}##'` : command]
}

/** An address of loopback that nobody listens on. */
const reaches = '127.6.4.43'

type Way = Awaited<ReturnType<typeof sshWay>>

const hostOf = (name: string, role: string, address: string, { server, target }: Way) => ({
  name,
  role,
  address,
  ssh: {
    address: '127.0.0.1',
    port: server.port,
    user: 'ops',
    identityFile: target.identityFiles[0],
    knownHostsFile: target.knownHostsFiles[0],
    agent: false,
  },
})

/** cp1 has all that a control plane has; w1 is gone once it is asked for its files; w2 cannot be reached. */
const clusterFile = async (workers: boolean): Promise<string> => {
  if (!made.authorities) throw new Error('there are no CAs')
  const root = scratchDirectory('cp1')
  placeFiles(root, filesOf(await issueFor(clusterConfig(), made.authorities, {}, new Date()), 'cp1'))
  const [cp1, w1, w2] = await Promise.all([
    sshWay({ reaches, argv: readingBelow(root) }),
    sshWay({ reaches, argv: (command) => ['/bin/sh', '-c', isReading(command) ? 'exit 1' : command] }),
    sshWay(),
  ])
  onTestFinished(() => Promise.all([cp1.server.close(), w1.server.close()]).then(() => undefined))
  await w2.server.close()
  const file = join(scratchDirectory('cluster'), 'cluster.yaml')
  const hosts = [
    hostOf('cp1', 'control-plane', '10.0.0.11', cp1),
    ...(workers ? [hostOf('w1', 'worker', '10.0.0.21', w1), hostOf('w2', 'worker', '10.0.0.22', w2)] : []),
  ]
  const { apiVersion, kind, name, kubernetes } = clusterConfig()
  writeFileSync(file, stringify({ apiVersion, kind, name, kubernetes, hosts }))
  return file
}

describe('certs check', () => {
  test('shows the hosts that answer, names the others, and fails', async () => {
    const file = await clusterFile(true)
    const { code, stdout, stderr } = await slipway('certs', 'check', '-c', file)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^cp1 +pki\/apiserver\.crt +kube-apiserver +kubernetes /m)
    expect(stdout).toMatch(/^cp1 serves nothing on 6443 \(kube-apiserver\), 2379 \(etcd\)/m)
    expect(stderr).toMatch(/^error: not all hosts could be looked at: w2 \(.*\); w1 \(/)
    const json = await slipway('certs', 'check', '-c', file, '--output', 'json')
    const { certificates, unreachable }: CertificatesJson = JSON.parse(json.stdout)
    expect(unreachable.map(({ host }) => host).toSorted()).toEqual(['w1', 'w2'])
    expect(new Set(certificates.map(({ host }) => host))).toEqual(new Set(['cp1']))
  })

  test('warns with exit code 3, only when it is asked to, and only of what has less', async () => {
    const file = await clusterFile(false)
    // A kubelet that has never run has no certificate of its own: that is told whatever is asked.
    const codeOf = async (...args: readonly string[]) =>
      (await slipway('certs', 'check', '-c', file, ...args)).code
    expect(await codeOf()).toBe(0)
    const { code, stdout } = await slipway('certs', 'check', '-c', file, '--warn', '366d')
    expect(code).toBe(3)
    expect(stdout).toContain(`slipway certs renew --all -c ${file}`)
    expect(stdout).toMatch(/^missing: cp1 kubelet\/pki\/kubelet-client-current\.pem$/m)
    expect(await codeOf('--warn', 'soon')).toBe(2)
  })
})
