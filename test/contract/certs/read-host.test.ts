/** read-host.sh for real, with each of the shells and tools that a host may have: every certificate comes back, and no key ever does. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readHostCertificates } from '../../../src/certs/read-host.ts'
import type { Found } from '../../../src/certs/types.ts'
import { HostError } from '../../../src/errors.ts'
import type { ExecResult, Host } from '../../../src/host/types.ts'
import type { Authorities } from '../../../src/pki/authorities.ts'
import { mintClient } from '../../../src/pki/client.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, filesOf, issueFor, placeFiles, someday } from '../../support/pki.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const config = clusterConfig()
const made: { authorities?: Authorities } = {}
beforeAll(async () => {
  made.authorities = await authoritiesFor(config)
})

type Relocated = { readonly host: Host; readonly answers: ExecResult[] }

/** The same host, with Kubernetes' folders elsewhere: the script is sent with other paths, and answers with the usual ones. */
const relocated = (shell: ShellHost): Relocated => {
  const answers: ExecResult[] = []
  const exec: Host['exec'] = async (request) => {
    const input = String(request.input).replaceAll(
      /\/(etc\/kubernetes|var\/lib\/kubelet)/g,
      `${shell.root}/$1`,
    )
    const result = await shell.exec({ ...request, input })
    answers.push(result)
    return { ...result, stdout: result.stdout.replaceAll(shell.root, '') }
  }
  return { host: { ...shell, exec }, answers }
}

const place = (host: ShellHost, path: string, content: string): void => {
  mkdirSync(dirname(join(host.root, path)), { recursive: true })
  writeFileSync(join(host.root, path), content)
}

const paths = (found: readonly Found[]): readonly string[] =>
  found.map((each) => {
    if (each.place.kind === 'port') throw new Error('no port was asked')
    const holds = each.place.kind === 'kubeconfig' ? ` ${each.place.holds}` : ''
    return `${each.place.path}${holds}${each.certificate ? '' : ' (none)'}`
  })

const filled = async (shell: ShellHost): Promise<string> => {
  if (!made.authorities) throw new Error('there are no CAs')
  placeFiles(shell.root, filesOf(await issueFor(config, made.authorities), 'cp1'))
  const { certPem, keyPem } = await mintClient({
    authorities: made.authorities,
    commonName: 'system:node:cp1',
    organizations: ['system:nodes'],
    seconds: 3600,
    now: someday,
  })
  place(shell, '/var/lib/kubelet/pki/kubelet-client-current.pem', certPem + keyPem)
  // One that was cut off: its key follows a certificate that never ends.
  place(shell, '/var/lib/kubelet/pki/kubelet.crt', certPem.slice(0, 200) + keyPem)
  return certPem
}

describe.each(shells)('%s', (shell) => {
  test('gives what is in every file, in one channel, CAs first and each file once', async () => {
    const host = shellHost(shell)
    const certPem = await filled(host)
    const found = await readHostCertificates(relocated(host).host)
    expect(host.channels()).toBe(1)
    const all = paths(found)
    expect(all.slice(0, 3)).toEqual(
      ['ca', 'front-proxy-ca', 'etcd/ca'].map((name) => `/etc/kubernetes/pki/${name}.crt`),
    )
    expect(new Set(all).size).toBe(all.length)
    for (const name of ['admin', 'controller-manager', 'kubelet', 'scheduler'])
      expect(all).toEqual(
        expect.arrayContaining([`/etc/kubernetes/${name}.conf client`, `/etc/kubernetes/${name}.conf trust`]),
      )
    // Three CAs with a bundle each, seven leaves, the kubelet's two, and two in each of four kubeconfigs.
    expect(all).toHaveLength(3 * 2 + 7 + 2 + 4 * 2)
    expect(all.filter((path) => path.endsWith('(none)'))).toEqual(['/var/lib/kubelet/pki/kubelet.crt (none)'])
    const own = found.find((each) => paths([each])[0]?.includes('client-current'))
    expect(own?.certificate?.toString()).toBe(certPem)
  })

  test('gives no key away, whatever the files look like', async () => {
    const host = shellHost(shell)
    await filled(host)
    const secret = 'c2VjcmV0c2VjcmV0c2VjcmV0'
    const key = `-----BEGIN EC PRIVATE KEY-----\n${secret}\n`
    place(
      host,
      '/etc/kubernetes/pki/both.crt',
      `${key}-----END EC PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n`,
    )
    place(host, '/etc/kubernetes/pki/open.crt', `-----BEGIN CERTIFICATE-----\n${key}`)
    const flow = `users: [{ user: { client-certificate-data: AAAA, client-key-data: ${secret} } }]\n`
    const odd = `client-certificate-data: AAAA, client-key-data: ${secret}\n    client-key-data: ${secret}\n`
    place(host, '/etc/kubernetes/odd.conf', flow + odd)
    const { host: moved, answers } = relocated(host)
    await readHostCertificates(moved)
    const said = answers.map(({ stdout, stderr }) => stdout + stderr).join('')
    expect(said).toMatch(/both\.crt[\s\S]*odd\.conf/)
    expect(said).not.toContain(secret)
    expect(said).not.toMatch(/PRIVATE|client-key/)
  })

  test('of a bare host, gives nothing', async () => {
    expect(await readHostCertificates(relocated(shellHost(shell)).host)).toEqual([])
  })
})

test('an answer that was cut off is an error that names the host, not a host without certificates', async () => {
  const shell = shellHost('dash')
  const cutOff: Host = {
    ...shell,
    exec: async (request) => ({ ...(await shell.exec(request)), stdout: '/etc/kubernetes/pki/ca.crt\n' }),
  }
  const failure = await readHostCertificates(cutOff).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(HostError)
  expect(failure).toMatchObject({ failure: { host: 'dash' } })
})
