/** A machine that has the cluster's folder, here one of its workers, renews by a timer; one that would fail says so while somebody is there. */
import { beforeAll, expect, test } from 'vitest'
import { defaultBundle } from '../../../src/bundle/default-bundle.ts'
import { carryCluster, carrySlipway } from '../../support/carry-slipway.ts'
import type { ClusterInUse } from '../../support/cluster-in-use.ts'
import { onHost } from '../../support/on-host.ts'

export const unattended = ({ lab }: ClusterInUse): void => {
  const autoRenew = (): Promise<string> =>
    onHost(lab(), 'w1', `slipway certs auto-renew -c ${lab().clusterFile} 2>&1 || true`)
  const unit = (): string => `slipway-renew-${lab().name}`

  beforeAll(async () => {
    await carrySlipway(lab(), 'w1')
    const bundle = defaultBundle('1.37.1', ['amd64'])
    await carryCluster(lab(), 'w1', bundle)
    const asked = `bundle: { file: ${bundle} }\ncertificates: { autoRenew: { olderThan: 30d } }`
    await onHost(lab(), 'w1', `cat >>${lab().clusterFile}`, `${asked}\n`)
  })

  test('is a timer, which is tried at once', async () => {
    expect(await autoRenew()).toContain(`${unit()}.timer is installed, and has been tried`)
    const journal = `journalctl --no-pager -u ${unit()}.service`
    expect(await onHost(lab(), 'w1', journal)).toContain('Nothing to do')
    expect(await onHost(lab(), 'w1', `systemctl list-timers --no-legend ${unit()}.timer`)).toContain(unit())
    expect(await autoRenew()).toContain('is as it should be')
  })

  test('is said not to work while somebody is there', async () => {
    const key = lab().identityFile
    await onHost(lab(), 'w1', `mv ${key} ${key}.away`)
    expect(await autoRenew()).toContain('renewing does not work unattended')
    await onHost(lab(), 'w1', `mv ${key}.away ${key}`)
  })

  test('is removed when the cluster file does not ask for it any more', async () => {
    await onHost(lab(), 'w1', `sed -i '/^certificates:/d' ${lab().clusterFile}`)
    expect(await autoRenew()).toContain('is removed')
    expect(await onHost(lab(), 'w1', 'ls /etc/systemd/system')).not.toContain(unit())
  })
}
