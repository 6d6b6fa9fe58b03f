/** `slipway kubeconfig` as a user runs it: what is printed, what is written and how, and what openssl says of who it is. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { readKubeconfig } from '../../../src/pki/read-kubeconfig.ts'
import { clusterFolder, openStore } from '../../../src/pki/store.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, openssl, verifyWithOpenssl } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const program = fileURLToPath(new URL('../../../bin/slipway.js', import.meta.url))

const made = { folder: '', caPem: '' }
const inFolder = (name: string): string => join(made.folder, name)

/** A cluster that was made: nothing here asks any host. */
beforeEach(async () => {
  made.folder = scratchDirectory('kubeconfig')
  const { apiVersion, kind, name, kubernetes, hosts } = clusterConfig()
  writeFileSync(inFolder('cluster.yaml'), stringify({ apiVersion, kind, name, kubernetes, hosts }))
  const authorities = await authoritiesFor(clusterConfig(), new Date())
  await openStore(clusterFolder(inFolder('cluster.yaml'), name)).save(authorities)
  made.caPem = authorities.ca.certPem
})

const kubeconfig = (...args: readonly string[]) => {
  const ended = spawnSync(process.execPath, [program, 'kubeconfig', ...args], {
    cwd: made.folder,
    encoding: 'utf8',
    env: { ...process.env, HOME: made.folder, KUBECONFIG: inFolder('mine') },
  })
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr }
}

const modeOf = (path: string): number => statSync(path).mode & 0o777

/** As openssl reads it, once it has found the certificate good. */
const subjectIn = (text: string): string => {
  const { certPem = '' } = readKubeconfig(text) ?? {}
  expect(verifyWithOpenssl(certPem, made.caPem, new Date())).toContain('OK')
  return openssl(['x509', '-noout', '-subject', '-nameopt', 'RFC2253'], certPem).trim()
}

const secondsLeft = (text: string): number => {
  const end = openssl(['x509', '-noout', '-enddate'], readKubeconfig(text)?.certPem).trim()
  return (Date.parse(end.replace('notAfter=', '')) - Date.now()) / 1000
}

describe('the administrator’s', () => {
  test.each([['get'], ['-c', 'cluster.yaml']])('is printed by %j', (...args) => {
    const { code, stdout, stderr } = kubeconfig(...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(subjectIn(stdout)).toBe('subject=CN=kubernetes-admin,O=kubeadm:cluster-admins')
    expect(parse(stdout)['current-context']).toBe('kubernetes-admin@demo')
  })

  test.each([['merge'], ['--merge', 'mine']])('is merged by %j, once', (...args) => {
    writeFileSync(inFolder('mine'), 'contexts: [{ name: theirs, context: { user: me } }] # kept\n')
    chmodSync(inFolder('mine'), 0o644)
    const { code, stderr } = kubeconfig(...args)
    expect(code).toBe(0)
    expect(stderr).toContain('mine.slipway-backup')
    expect(stderr).toContain('kubectl config use-context kubernetes-admin@demo')
    expect([modeOf(inFolder('mine')), modeOf(inFolder('mine.slipway-backup'))]).toEqual([0o600, 0o600])
    const text = readFileSync(inFolder('mine'), 'utf8')
    expect(text).toContain('# kept')
    expect(kubeconfig(...args).stderr).toContain('nothing to do')
    expect(readFileSync(inFolder('mine'), 'utf8')).toBe(text)
    const listed = kubeconfig('list').stdout.split('\n')
    expect(listed[1]).toMatch(/^ +theirs +none +me +no login$/)
    expect(listed[2]).toMatch(
      /^\* +kubernetes-admin@demo +https:\/\/10\.0\.0\.11:6443 +\S+ +\d{4}-\d\d-\d\dT/,
    )
  })

  test('is merged beside another cluster of that name, under a name of its own', () => {
    writeFileSync(inFolder('mine'), 'clusters: [{ name: demo, cluster: { server: "https://other" } }]\n')
    const refused = kubeconfig('merge')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('another cluster "demo", at https://other')
    expect(kubeconfig('merge', '--name', 'lab').code).toBe(0)
    expect(JSON.parse(kubeconfig('list', '--output', 'json').stdout)).toMatchObject([
      { context: 'kubernetes-admin@lab', server: 'https://10.0.0.11:6443', login: 'certificate' },
    ])
  })
})

describe('somebody else’s', () => {
  test('has the name and groups that were asked for, for so long', () => {
    const { code, stdout, stderr } = kubeconfig('user', 'jane', '--group', 'dev', '--group', 'ops')
    expect(code).toBe(0)
    expect(subjectIn(stdout)).toBe('subject=CN=jane,O=ops+O=dev')
    expect(secondsLeft(stdout)).toBeGreaterThan(8 * 3600 - 60)
    expect(secondsLeft(stdout)).toBeLessThanOrEqual(8 * 3600)
    expect(stderr).toMatch(/^jane@demo, until \S+Z; a certificate cannot be taken back before\n$/)
  })

  test('goes into a file, 0600, which is made again and holds nothing else', () => {
    const make = () => kubeconfig('user', 'jane', '--ttl', '30m', '-o', 'deep/jane')
    expect(make()).toMatchObject({ code: 0, stdout: '' })
    const first = readFileSync(inFolder('deep/jane'), 'utf8')
    expect(modeOf(inFolder('deep/jane'))).toBe(0o600)
    expect(make().code).toBe(0)
    expect(readFileSync(inFolder('deep/jane'), 'utf8')).not.toBe(first)
    const other = kubeconfig('user', 'joe', '-o', 'deep/jane')
    expect(other.code).toBe(2)
    expect(other.stderr).toContain('deep/jane holds jane@demo, which would be lost')
  })

  test.each([
    [['system:node:w1'], 'is one of Kubernetes itself'],
    [['jane', '--ttl', 'soon'], '--ttl soon is not a duration'],
  ])('is refused before anything is read: %j', (args, why) => {
    const { code, stdout, stderr } = kubeconfig('user', ...args, '-c', 'missing.yaml')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(why)
  })

  test('is a node’s where that is said to be meant', () => {
    const { stdout } = kubeconfig('user', 'system:node:w1', '--group', 'system:nodes', '--system')
    expect(subjectIn(stdout)).toBe('subject=CN=system:node:w1,O=system:nodes')
  })
})

test('break-glass is for an hour, in a file that only its owner reads, with a warning', () => {
  const { code, stdout, stderr } = kubeconfig('break-glass')
  expect(code).toBe(0)
  const path = stdout.trim()
  expect(path).toBe(join(clusterFolder(inFolder('cluster.yaml'), 'demo'), 'break-glass'))
  const text = readFileSync(path, 'utf8')
  expect(modeOf(path)).toBe(0o600)
  expect(subjectIn(text)).toBe('subject=CN=kubernetes-super-admin,O=system:masters')
  expect(secondsLeft(text)).toBeLessThanOrEqual(3600)
  expect(stderr).toContain('nothing takes that back')
  expect(stdout + stderr).not.toContain('client-key-data')
})
