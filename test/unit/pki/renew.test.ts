import { X509Certificate } from 'node:crypto'
import { expect, it } from 'vitest'
import { readKubeconfig } from '../../../src/pki/read-kubeconfig.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, type Contents, contentsOf, filesOf, issueFor, someday } from '../../support/pki.ts'

const config = clusterConfig()
const nextDay = new Date('2026-11-22T12:00:00Z')
const pki = '/etc/kubernetes/pki'

/** What stands on cp1, and after somebody has asked for others there. */
const renewed = async (renew: (file: string, host: string) => boolean) => {
  const authorities = await authoritiesFor(config)
  const before = contentsOf(filesOf(await issueFor(config, authorities), 'cp1'))
  const files = filesOf(await issueFor(config, authorities, { cp1: before }, nextDay, renew), 'cp1')
  const changed = files.filter(({ path, content }) => before[path] !== content)
  return { before, after: contentsOf(files), changed, authorities }
}

const serialOf = (contents: Contents, path: string): string =>
  new X509Certificate(contents[path] ?? '').serialNumber

it('what is asked for is issued anew, key and all, though nothing is wrong with it; the rest is as it was', async () => {
  const { before, after, changed } = await renewed((file) => file === 'etcd/server' || file === 'admin.conf')
  expect(changed.map(({ path }) => path)).toEqual([
    `${pki}/etcd/server.key`,
    `${pki}/etcd/server.crt`,
    '/etc/kubernetes/admin.conf',
  ])
  expect(new Set(changed.map(({ why }) => why))).toEqual(new Set(['a new one is asked for']))
  expect(serialOf(after, `${pki}/etcd/server.crt`)).not.toBe(serialOf(before, `${pki}/etcd/server.crt`))
})

it('its new time begins now, and its CA is the same', async () => {
  const { after, authorities } = await renewed(() => true)
  const { certPem, caPem } = readKubeconfig(after['/etc/kubernetes/scheduler.conf'] ?? '') ?? {}
  const validFrom = new X509Certificate(certPem ?? '').validFromDate
  expect(nextDay.getTime() - validFrom.getTime()).toBe(5 * 60_000)
  expect(caPem).toBe(authorities.ca.certPem)
  expect(after[`${pki}/ca.crt`]).toBe(authorities.ca.certPem)
  expect(after[`${pki}/sa.key`]).toBe(authorities.sa.privatePem)
})

it('asking for one host leaves the others alone', async () => {
  const { changed } = await renewed((_file, host) => host === 'w1')
  expect(changed).toEqual([])
})

it('a certificate that is wrong says what is wrong with it, asked for or not', async () => {
  const authorities = await authoritiesFor(config, someday)
  const files = filesOf(await issueFor(config, authorities, { cp1: {} }, someday, () => true), 'cp1')
  expect(files.find(({ path }) => path.endsWith('apiserver.crt'))?.why).toBe('there is none yet')
})
