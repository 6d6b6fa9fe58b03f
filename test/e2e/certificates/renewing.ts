/** Everything is renewed while the cluster is used, and nobody notices; also where the run was killed in its middle. */
import { X509Certificate } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import type { Lab } from '../../../src/lab/types.ts'
import { isIssuedBy } from '../../../src/pki/read-certificate.ts'
import { renewalNames } from '../../../src/pki/renewal.ts'
import { authorityRows, certificateRows } from '../../../src/pki/table.ts'
import { readAndWrite } from '../../support/api-traffic.ts'
import { checkExpiration } from '../../support/check-expiration.ts'
import type { ClusterInUse, Used } from '../../support/cluster-in-use.ts'
import { refusals } from '../../support/gaps.ts'
import { isFile, killAt } from '../../support/kill-at.ts'
import { onCluster } from '../../support/kubeadm-host.ts'
import { findHost } from '../../support/lab.ts'
import { onHost } from '../../support/on-host.ts'
import { kubeletSerials, leafsOf, type Served, servedIn } from '../../support/served.ts'
import { type Ended, slipway } from '../../support/slipway.ts'

type Standing = {
  readonly served: Served
  readonly serials: readonly string[]
  readonly kubelets: readonly string[]
  /** The containers of the API server and of etcd. */
  readonly servers: string
}

const standingOf = async (lab: Lab): Promise<Standing> => ({
  served: await servedIn(lab),
  serials: (await leafsOf(lab)).map((pem) => new X509Certificate(pem).serialNumber),
  kubelets: await kubeletSerials(lab),
  servers: await onHost(lab, 'cp1', 'crictl ps -q --name kube-apiserver; crictl ps -q --name etcd'),
})

const expectNobodyNoticed = ({ outside, inside, pods }: Used<unknown>): void => {
  for (const traffic of [outside, inside]) {
    expect(traffic.used).toBeGreaterThan(5)
    expect(refusals(traffic)).toEqual([])
    expect(traffic.gaps.every(({ seconds }) => Number.isFinite(seconds))).toBe(true)
  }
  expect(pods.after).toBe(pods.before)
}

const pki = '/etc/kubernetes/pki'

export const renewing = ({ lab, kubeconfig, whileUsed }: ClusterInUse): void => {
  const seen: { before?: Standing; after?: Standing; used?: Used<Ended> } = {}
  beforeAll(async () => {
    seen.before = await standingOf(lab())
    seen.used = await whileUsed('certs renew --all', () =>
      slipway('certs', 'renew', '--all', '-c', lab().clusterFile),
    )
    seen.after = await standingOf(lab())
  })

  test('comes to its end, and nobody who uses the API notices: no pod of a user is replaced or restarted', () => {
    if (!seen.used) throw new Error('the renewal did not come to its end')
    expect(seen.used.ended.code, seen.used.ended.stderr).toBe(0)
    expectNobodyNoticed(seen.used)
  })

  test('restarts neither the API server nor etcd: what they read again they are not restarted for', () => {
    expect(seen.after?.servers).toBe(seen.before?.servers)
  })

  test('makes every certificate another one, and so is every one that is served', () => {
    const [before, after] = [seen.before, seen.after]
    expect(after?.serials.filter((serial) => before?.serials.includes(serial))).toEqual([])
    expect(after?.kubelets.filter((serial) => before?.kubelets.includes(serial))).toEqual([])
    const served = Object.entries(after?.served ?? {})
    // Six on the control plane, and each worker's kubelet.
    expect(served).toHaveLength(6 + lab().hosts.length - 1)
    for (const [at, fingerprint] of served) {
      expect(fingerprint, at).toMatch(/^[0-9A-F:]{95}$/)
      expect(fingerprint, at).not.toBe(before?.served[at])
    }
  })

  test('OpenSSL, Go and Node take each for good', async () => {
    const cas = await Promise.all(
      authorityRows.map(({ file }) => onHost(lab(), 'cp1', `cat ${pki}/${file}.crt`)),
    )
    for (const [at, pem] of (await leafsOf(lab())).entries()) {
      const row = certificateRows[at]
      const authority = authorityRows.findIndex(({ id }) => id === row?.issuer)
      expect(isIssuedBy(pem, cas[authority] ?? ''), row?.file).toBe(true)
      const ca = `${pki}/${authorityRows[authority]?.file}.crt`
      const verify = `openssl verify -x509_strict -CAfile ${ca} ${pki}/${row?.file}.crt`
      expect(await onHost(lab(), 'cp1', verify)).toMatch(/: OK$/m)
    }
    const table = await checkExpiration(lab())
    expect(table).not.toMatch(/MISSING|invalid/i)
    for (const name of renewalNames.filter((each) => !each.startsWith('kube')))
      expect(table).toMatch(new RegExp(`^${name} .* 364d`, 'm'))
    await readAndWrite(kubeconfig())(1)
  })

  test('leaves nothing to do for apply, nor for renewing what is older than an hour', async () => {
    for (const command of [['apply'], ['certs', 'renew', '--older-than', '1h']])
      expect(await onCluster(lab(), ...command)).toContain('Nothing to do')
  })

  test('one certificate on one host is renewed alone, and the server that reads it again stays', async () => {
    const [before, leafs] = [await standingOf(lab()), await leafsOf(lab())]
    await onCluster(lab(), 'certs', 'renew', 'apiserver', '--host', 'cp1')
    const [now, leafsNow] = [await standingOf(lab()), await leafsOf(lab())]
    const changed = certificateRows.filter((_, at) => leafs[at] !== leafsNow[at]).map(({ file }) => file)
    expect(changed).toEqual(['apiserver'])
    // What is on 127.0.0.1 signs for itself whenever it starts, also for reasons of its own.
    const ports = Object.keys(before.served).filter(
      (at) => !at.startsWith('127.') && now.served[at] !== before.served[at],
    )
    expect(ports).toEqual([`${findHost(lab(), 'cp1').address}:6443`])
    expect(now.kubelets).toEqual(before.kubelets)
    expect(now.servers).toBe(before.servers)
  })

  test('killed in its middle, it is brought to its end by the next run, and nobody notices that either', async () => {
    const renew = ['certs', 'renew', '-c', lab().clusterFile]
    const used = await whileUsed('certs renew --all, killed and run again', async () => {
      // The pods of before are still there, and the kubelets have their old certificates.
      const killed = await killAt(isFile(undefined, '/kube-scheduler.yaml'), ...renew, '--all')
      return { killed, again: await slipway(...renew, '--older-than', '1h') }
    })
    const { killed, again } = used.ended
    expect(killed.reached, killed.stderr).toBe(true)
    expect(killed.code).toBeNull()
    expect(again.code, again.stderr).toBe(0)
    expect(again.stdout).not.toContain('Nothing to do')
    expectNobodyNoticed(used)
    expect(await onCluster(lab(), 'apply')).toContain('Nothing to do')
  })
}
