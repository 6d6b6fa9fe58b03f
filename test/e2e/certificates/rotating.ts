/**
 * Every CA and the service account key are replaced while the cluster is used: who uses the API meets restarts of the one API server
 * and nothing else; afterwards what was before is worth nothing, and everything works.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { authorityRows } from '../../../src/pki/table.ts'
import { readAndWrite } from '../../support/api-traffic.ts'
import { checkExpiration } from '../../support/check-expiration.ts'
import type { ClusterInUse, Used } from '../../support/cluster-in-use.ts'
import { filesWith } from '../../support/files-with.ts'
import { distrusted, outages } from '../../support/gaps.ts'
import { onCluster } from '../../support/kubeadm-host.ts'
import { findHost } from '../../support/lab.ts'
import { nodesAreReady } from '../../support/nodes.ts'
import { eventually, kubectl, onHost } from '../../support/on-host.ts'
import { apiServerRestarts, eventsOf, messagesOf, nextOf } from '../../support/run-events.ts'
import { kubeletSerials, type Served, servedIn, signedPlaces } from '../../support/served.ts'
import { type Ended, slipway } from '../../support/slipway.ts'

type Earlier = {
  readonly cas: readonly string[]
  readonly kubeconfig: string
  readonly token: string
  readonly kubelets: readonly string[]
  readonly served: Served
}

const refused = /Unauthorized|must be logged in/

export const rotating = (cluster: ClusterInUse): void => {
  const { lab, folder, kubeconfig, whileUsed } = cluster
  const seen: { earlier?: Earlier; used?: Used<Ended> } = {}
  const earlier = (): Earlier => {
    if (!seen.earlier) throw new Error('nothing was looked at before')
    return seen.earlier
  }
  const used = (): Used<Ended> => {
    if (!seen.used) throw new Error('the rotation did not come to its end')
    return seen.used
  }
  const events = () => eventsOf(used().ended.stdout)
  const readCas = (): Promise<readonly string[]> =>
    Promise.all(authorityRows.map(({ file }) => readFile(join(folder(), `pki/${file}.crt`), 'utf8')))

  beforeAll(async () => {
    seen.earlier = {
      cas: await readCas(),
      kubeconfig: await readFile(kubeconfig(), 'utf8'),
      token: (await kubectl(lab(), 'create token default --duration=1h')).trim(),
      kubelets: await kubeletSerials(lab()),
      served: await servedIn(lab()),
    }
    seen.used = await whileUsed('certs rotate-ca all', () =>
      slipway('certs', 'rotate-ca', 'all', '-c', lab().clusterFile, '--output', 'json'),
    )
  })

  test('comes to its end, and tells every stage and what is still trusted', () => {
    expect(used().ended.code, used().ended.stderr).toBe(0)
    const said = messagesOf(events())
    for (const stage of ['1 of 4: trust', '2 of 4: issue', '3 of 4: refresh', '4 of 4: drop'])
      expect(said).toContain(`stage ${stage}`)
    const next = nextOf(events()).join('\n')
    expect(next).toMatch(/still trusted: tokens that the old key has signed may live until/)
  })

  test('takes the API away only while its one server is restarted, from outside as from inside', () => {
    const restarts = apiServerRestarts(events())
    // To trust both, and to trust the new alone, when it also begins to sign with the new key.
    expect(restarts).toBeLessThanOrEqual(2)
    for (const traffic of [used().outside, used().inside]) {
      expect(traffic.used).toBeGreaterThan(5)
      expect(distrusted(traffic)).toEqual([])
      expect(outages(traffic)).toBeLessThanOrEqual(restarts)
      expect(traffic.gaps.every(({ seconds }) => Number.isFinite(seconds))).toBe(true)
    }
  })

  test('replaces and restarts no pod of a user', () => {
    expect(used().pods.after).toBe(used().pods.before)
  })

  test('makes all three CAs others, what is served of them too, and the old ones are in no file on any host', async () => {
    const after = await readCas()
    const served = await servedIn(lab())
    for (const at of signedPlaces(lab())) expect(served[at], at).not.toBe(earlier().served[at])
    for (const [at, old] of earlier().cas.entries()) {
      expect(after[at]).not.toBe(old)
      // A kubelet takes what a pod was shown away some time after the pod.
      for (const { name } of lab().hosts)
        await eventually('the old one is gone', async () =>
          expect(await filesWith(lab(), name, old), name).toBe(''),
        )
    }
    // That they would be found: the new ones are.
    expect(await filesWith(lab(), 'w1', after[0] ?? '')).toContain('/etc/kubernetes/kubelet.conf\n')
  })

  test('a client with a certificate of the old CA is refused; the kubeconfig of this machine works', async () => {
    // Without verifying the server, which it would refuse first: the question is what the server says of the client.
    const path = '/root/before.conf'
    const untrusting = earlier().kubeconfig.replace(
      /certificate-authority-data: .*/,
      'insecure-skip-tls-verify: true',
    )
    await onHost(lab(), 'cp1', `umask 077; cat >${path}`, untrusting)
    const said = await onHost(lab(), 'cp1', `kubectl --kubeconfig ${path} get nodes 2>&1; rm ${path}`)
    expect(said).toMatch(refused)
    await readAndWrite(kubeconfig())(1)
  })

  test('every kubelet has another certificate, and its node is Ready', async () => {
    const after = await kubeletSerials(lab())
    expect(after.filter((serial) => earlier().kubelets.includes(serial))).toEqual([])
    await nodesAreReady(lab())
  })

  test('apply has nothing to do, and kubeadm finds every certificate in order', async () => {
    expect(await onCluster(lab(), 'apply')).toContain('Nothing to do')
    const table = await checkExpiration(lab())
    expect(table).not.toMatch(/MISSING|invalid/i)
    for (const { file } of authorityRows)
      expect(table).toMatch(new RegExp(`^${file.replace('/', '-')} .*`, 'm'))
  })

  test('a token of before works until its key is dropped, and not after', async () => {
    const server = `--server https://${findHost(lab(), 'cp1').address}:6443`
    const trusting = '--kubeconfig /dev/null --certificate-authority /etc/kubernetes/pki/ca.crt'
    const withToken = (): Promise<string> =>
      kubectl(lab(), `--token=${earlier().token} ${server} ${trusting} auth whoami 2>&1 || true`)
    expect(await withToken()).toContain('system:serviceaccount:default:default')
    await onCluster(lab(), 'certs', 'rotate-ca', 'sa', '--tokens-live', '0m')
    await eventually('the token is refused', async () => expect(await withToken()).toMatch(refused))
    expect(await onHost(lab(), 'cp1', 'grep -c BEGIN /etc/kubernetes/pki/sa.pub')).toBe('1\n')
  })

  test('one more worker joins', async () => {
    await cluster.addWorker('w3')
    expect(await kubectl(lab(), 'get node w3 --no-headers')).toMatch(/^w3\s/)
  })
}
