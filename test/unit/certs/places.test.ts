import { beforeAll, describe, expect, it } from 'vitest'
import { readAnswer, readKubeconfigCertificates } from '../../../src/certs/places.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor } from '../../support/pki.ts'

const made = { ca: '', etcdCa: '' }
beforeAll(async () => {
  const { ca, etcdCa } = await authoritiesFor(clusterConfig())
  Object.assign(made, { ca: ca.certPem, etcdCa: etcdCa.certPem })
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('a kubeconfig', () => {
  const holds = (text: string): readonly string[] =>
    readKubeconfigCertificates('/k.conf', text).map(({ place, certificate }) =>
      [place.kind === 'kubeconfig' ? place.holds : '', certificate?.subject ?? 'none'].join(' '),
    )

  it.each([
    ['as kubeadm writes it', '    certificate-authority-data: ', ''],
    ['in quotes', 'certificate-authority-data: "', '"'],
    ['first in a list', '  - certificate-authority-data: ', ''],
    ['with Windows line ends', 'certificate-authority-data: ', '\r'],
  ])('%s', (_, before, after) => {
    expect(holds(`${before}${base64(made.ca)}${after}\n`)).toEqual(['trust CN=kubernetes'])
  })

  it('of several clusters and users gives all of them, and all that one trusts', () => {
    const user = (pem: string): string => `    client-certificate-data: ${base64(pem)}\n`
    const trust = `    certificate-authority-data: ${base64(made.ca + made.etcdCa)}\n`
    expect(holds(trust + user(made.ca) + user(made.etcdCa))).toEqual([
      'trust CN=kubernetes',
      'trust CN=etcd-ca',
      'client CN=kubernetes',
      'client CN=etcd-ca',
    ])
  })

  it('with something else in its place holds none', () => {
    expect(holds('client-certificate-data: aGVsbG8=\n')).toEqual(['client none'])
    expect(holds('client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n')).toEqual([])
  })
})

describe('the answer of a host', () => {
  const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, ' ')
  const whole = (): string =>
    `/etc/kubernetes/pki/ca.crt\n${indented(made.ca)}/etc/kubernetes/pki/empty.crt\n/etc/kubernetes/admin.conf\n client-certificate-data: ${base64(made.ca)}\nend\n`

  it('has each file with what it holds', () => {
    expect(readAnswer(whole())?.map(({ place, certificate }) => [place, certificate?.subject])).toEqual([
      [{ kind: 'file', path: '/etc/kubernetes/pki/ca.crt' }, 'CN=kubernetes'],
      [{ kind: 'file', path: '/etc/kubernetes/pki/empty.crt' }, undefined],
      [{ kind: 'kubeconfig', path: '/etc/kubernetes/admin.conf', holds: 'client' }, 'CN=kubernetes'],
    ])
  })

  it('that was cut off anywhere is none', () => {
    const text = whole()
    for (let length = 0; length < text.length - 2; length += 7)
      expect(readAnswer(text.slice(0, length))).toBeUndefined()
  })

  it('of a bare host is empty', () => {
    expect(readAnswer('end\n')).toEqual([])
  })
})
