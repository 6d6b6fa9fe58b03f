/** Every certificate has expired and everything is off, as after a year in a cellar: that is told, and one command brings it back. */
import { beforeAll, expect, test } from 'vitest'
import { readAndWrite } from '../../support/api-traffic.ts'
import { checkExpiration } from '../../support/check-expiration.ts'
import type { ClusterInUse } from '../../support/cluster-in-use.ts'
import { expireEverything } from '../../support/expired.ts'
import { onCluster } from '../../support/kubeadm-host.ts'
import { nodesAreReady } from '../../support/nodes.ts'
import { eventually, onHost } from '../../support/on-host.ts'
import { servedIn } from '../../support/served.ts'
import { slipway } from '../../support/slipway.ts'

export const rescuing = ({ lab, kubeconfig }: ClusterInUse): void => {
  beforeAll(() => expireEverything(lab()))

  test('lets nobody in, and does not come up by itself', async () => {
    await eventually('the API refuses everybody', async () => {
      await expect(readAndWrite(kubeconfig())(0)).rejects.toThrow()
      for (const { name } of lab().hosts)
        expect(await onHost(lab(), name, 'systemctl is-active kubelet || true')).not.toBe('active\n')
    })
  })

  test('is told of, though it is off', async () => {
    const { code, stdout } = await slipway('certs', 'check', '--warn', '30d', '-c', lab().clusterFile)
    expect(code).toBe(3)
    expect(stdout).toMatch(/^cp1 +pki\/apiserver\.crt .* expired$/m)
    expect(stdout).toMatch(/^w1 +kubelet\/pki\/kubelet\.crt .* expired$/m)
    expect(stdout).toContain('slipway certs rescue')
    expect(stdout).toMatch(/^cp1 serves nothing on 6443 \(kube-apiserver\), 2379 \(etcd\)/m)
  })

  test('is brought back by one command', async () => {
    const started = Date.now()
    const { code, stderr } = await slipway('certs', 'rescue', '-c', lab().clusterFile)
    process.stderr.write(`certs rescue: ${((Date.now() - started) / 1000).toFixed(0)} s\n`)
    expect(code, stderr).toBe(0)
    await nodesAreReady(lab())
    for (const [at, fingerprint] of Object.entries(await servedIn(lab())))
      expect(fingerprint, at).toMatch(/^[0-9A-F:]{95}$/)
    for (const { name } of lab().hosts)
      await onHost(lab(), name, 'openssl x509 -checkend 3600 -noout -in /var/lib/kubelet/pki/kubelet.crt')
    await readAndWrite(kubeconfig())(1)
  })

  test('and then has nothing left to do, for rescue as for apply', async () => {
    for (const command of [['certs', 'rescue'], ['apply']])
      expect(await onCluster(lab(), ...command)).toContain('Nothing to do')
    expect(await checkExpiration(lab())).not.toMatch(/MISSING|invalid/i)
  })
}
